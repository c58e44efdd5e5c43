// The messages that the pages explain are messages that the code can print.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** All source, with an ellipsis in place of what templates insert. */
const source = globSync('{adapters,bin,domain,events,functions}/**/*.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replaceAll(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '…');

/** The literal parts of a message, in whose place for a value a page has an ellipsis or N. */
const partsOf = (message: string): string[] =>
  message
    .split(/…|\bN\b/)
    .map((part) => part.trim().replace(/^[,:]|[,:]$/g, ''))
    .filter((part) => part.includes(' '));

test.each([
  ['docs/operating.md', /^- \*\*(.*?)\*\*/gm, 12],
  ['docs/log.md', /^\| (`.*?) \|/gm, 15],
])('every message that %s explains occurs in the source', (page, explained, least) => {
  const parts = [...readFileSync(page, 'utf8').matchAll(explained)]
    .flatMap(([, heading = '']) => [...heading.matchAll(/`([^`]+)`/g)])
    .flatMap(([, message = '']) => partsOf(message));
  expect(parts.length).toBeGreaterThan(least);
  expect(parts.filter((part) => !source.includes(part))).toEqual([]);
});
