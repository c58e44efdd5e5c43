// The lower bound of a rebuild's processor time: reads, validates and folds the events of an archive, and keeps no
// rows. Prints the times of reading and of folding as JSON. Called as: <script> <folder>.
import { readEvent } from '../../events/envelope.ts';
import { openEmbeddedArchive } from '../../bin/server/embedded.ts';
import { readHead } from '../../domain/log/head.ts';
import { readModels } from '../../domain/projections/views/read-models.ts';
import { foldLogEvents } from '../../domain/projections/fold-batch.ts';
import { WINDOW_POSITIONS } from '../../domain/projections/rows/sums.ts';
import { replay } from '../../domain/log/replay.ts';
import { spent, type Spent } from './clock.ts';

export interface FoldFigures {
  readonly events: number;
  readonly reading: Spent;
  readonly folding: Spent;
}

const [, , folder = ''] = process.argv;
const { stores, close } = await openEmbeddedArchive(folder);
const { published: events } = await readHead(stores.state);
const reading = await spent(async () => {
  for await (const { bytes } of replay(stores.log, 0, events)) readEvent(bytes);
});
const folding = await spent(async () => {
  for (let from = 0; from < events; from += WINDOW_POSITIONS) {
    const folded = await foldLogEvents(stores, readModels, from, Math.min(events, from + WINDOW_POSITIONS));
    for (const [{ name }, { stopped }] of folded)
      if (stopped) throw new Error(`${name} stopped at position ${stopped.position}: ${stopped.reason}`);
  }
});
close();
process.stdout.write(`${JSON.stringify({ events, reading, folding } satisfies FoldFigures)}\n`);
