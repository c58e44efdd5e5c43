// Measures `chancery verify` on the signed log of an invented history, in a separate process. Called as:
// verification.ts [events]. Without a number it uses a million events and writes the figures into bench/README.md.
import { history } from '../test/support/history/generate.ts';
import { figuresOf, machine, number, putBetween } from './markdown.ts';
import { writeLog } from './signed-folder.ts';
import type { VerifyFigures } from './verify-entries.ts';
import { inFreshFolder, rate } from './workload.ts';

const SEED = 1;
const [, , given] = process.argv;
const events = Number(given ?? 1_000_000);

await inFreshFolder(async (folder) => {
  let bytes = 0;
  const written = await rate(async () => {
    bytes = await writeLog(folder, bytesOf(history(SEED, events)));
    return events;
  });
  process.stderr.write(
    `${events} events, ${bytes} bytes of entries, written at ${number(written)} a second\n`,
  );
  const { seconds, cpuSeconds, megabytes, streams } = figuresOf<VerifyFigures>('verify-entries.ts', folder);
  const paragraphs = [
    `\`node bench/verification.ts${given === undefined ? '' : ` ${given}`}\`, ${machine()}.`,
    [
      '| | |',
      '|---|---|',
      `| events, streams | ${events.toLocaleString('en')}, ${streams.toLocaleString('en')} |`,
      `| bytes of entries | ${number(bytes / 1_048_576)} MB |`,
      `| verified in | ${number(seconds)} s |`,
      `| processor time | ${number(cpuSeconds)} s |`,
      `| peak memory | ${number(megabytes)} MB |`,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('verify', paragraphs);
});

function* bytesOf(entries: Iterable<{ readonly bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of entries) yield bytes;
}
