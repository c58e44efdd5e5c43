// Measures `chancery verify` on an invented archive with its articles, in a separate process. Called as:
// verify-articles.ts [passages]. Without a number it uses a million and writes the figures into bench/README.md.
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
      `| passages, articles | ${figures.passages.toLocaleString('en')}, ${figures.articles.toLocaleString('en')} |`,
      `| contents | ${figures.contents.toLocaleString('en')} |`,
      `| events | ${events.toLocaleString('en')}, ${number(bytes / 1_048_576)} MB |`,
      `| verified in | ${number(seconds)} s: ${number(figures.passages / seconds)} passages a second |`,
      `| processor time | ${number(cpuSeconds)} s |`,
      `| peak memory | ${number(megabytes)} MB |`,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('verify-articles', paragraphs);
});
