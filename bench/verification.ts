// Measures `chancery verify`: writes a signed log of a made-up history (a million events, or as many as are given) into
// a fresh folder, and verifies it in a process of its own. Puts the figures into bench/README.md.
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
  const { seconds, cpuSeconds, megabytes, things } = figuresOf<VerifyFigures>('verify-entries.ts', folder);
  const paragraphs = [
    `\`node bench/verification.ts${given === undefined ? '' : ` ${given}`}\`, ${machine()}.`,
    [
      '| | |',
      '|---|---|',
      `| events, of so many things | ${events.toLocaleString('en')}, ${things.toLocaleString('en')} |`,
      `| bytes of entries | ${number(bytes / 1_048_576)} MB |`,
      `| verified in | ${number(seconds)} s |`,
      `| processor time | ${number(cpuSeconds)} s |`,
      `| most memory | ${number(megabytes)} MB |`,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('verify', paragraphs);
});

function* bytesOf(entries: Iterable<{ readonly bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of entries) yield bytes;
}
