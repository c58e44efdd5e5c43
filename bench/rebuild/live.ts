// Makes an archive with a made-up history in this folder whose first generation is live, so that it has its index, and
// folds the history into that generation as `serve` does. Prints what that took as JSON.
// Called as: <script> <folder> <events>.
import { openEmbeddedArchive } from '../../bin/server/embedded.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import { history } from '../../test/support/history/generate.ts';
import { writeHistory } from '../../test/support/history/write.ts';
import { spent, type Spent } from './clock.ts';

export interface LiveFigures extends Spent {
  readonly events: number;
}

const SEED = 1;
const [, , folder = '', given] = process.argv;
const { places, close } = await openEmbeddedArchive(folder);
await catchUp(places);
const events = await writeHistory(places, history(SEED, Number(given)));
const took = await spent(() => catchUp(places));
close();
process.stdout.write(`${JSON.stringify({ ...took, events } satisfies LiveFigures)}\n`);
