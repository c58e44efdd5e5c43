// Measures `chancery verify` on an archive with its articles: writes a made-up one of a million passages, or as many as
// are named, into a fresh folder, and verifies it in a process of its own. Puts the figures into bench/README.md.
import { join } from 'node:path';
import { figuresOf, machine, number, putBetween } from './markdown.ts';
import { quotations } from './quotation-search.ts';
import { writeLog } from './signed-folder.ts';
import type { VerifyFigures } from './verify-entries.ts';
import { inFreshFolder } from './workload.ts';

const [, , given] = process.argv;
const passages = Number(given ?? 1_000_000);

await inFreshFolder(async (folder) => {
  let events = 0;
  const counted = function* (): Generator<Uint8Array> {
    for (const entry of quotations(join(folder, 'articles'), passages)) {
      events++;
      yield entry;
    }
  };
  const bytes = await writeLog(join(folder, 'log'), counted());
  const figures = figuresOf<VerifyFigures>('verify-entries.ts', folder);
  const { seconds, cpuSeconds, megabytes } = figures;
  const paragraphs = [
    `\`node bench/verify-articles.ts${given === undefined ? '' : ` ${given}`}\`, ${machine()}.`,
    [
      '| | |',
      '|---|---|',
      `| passages, in so many articles | ${figures.passages.toLocaleString('en')}, ${figures.articles.toLocaleString('en')} |`,
      `| contents | ${figures.contents.toLocaleString('en')} |`,
      `| events | ${events.toLocaleString('en')}, ${number(bytes / 1_048_576)} MB |`,
      `| verified in | ${number(seconds)} s: ${number(figures.passages / seconds)} passages a second |`,
      `| processor time | ${number(cpuSeconds)} s |`,
      `| most memory | ${number(megabytes)} MB |`,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('verify-articles', paragraphs);
});
