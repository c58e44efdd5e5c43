// The glossary has each term once, in order, in one or two sentences. Pages use one word for a refusal.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const terms = [
  ...readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| \*\*(.+?)\*\*.*? \| (.+) \|$/gm),
].map(([, term = '', meaning = '']) => ({ term: term.toLowerCase(), meaning }));

test('the glossary has each term once, in alphabetical order', () => {
  expect(terms.length).toBeGreaterThan(80);
  const names = terms.map(({ term }) => term);
  expect(names).toEqual([...new Set(names)].toSorted());
});

test('the glossary defines each term in one or two sentences', () => {
  const long = terms.filter(({ meaning }) => {
    const sentences = meaning.split(/(?<=[.:]) (?=[A-Z])/);
    return sentences.length > 2 || sentences.some((sentence) => sentence.split(' ').length > 30);
  });
  expect(long).toEqual([]);
});

test('the pages say that a request is refused, and never that it is rejected', () => {
  const pages = globSync(['*.md', 'docs/**/*.md']);
  expect(pages.length).toBeGreaterThan(25);
  // `rejects` is also a relation between two records.
  const rejecting = pages.filter((page) =>
    /\breject/i.test(readFileSync(page, 'utf8').replaceAll(/`[^`\n]+`/g, '')),
  );
  expect(rejecting).toEqual([]);
});
