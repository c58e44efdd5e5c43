// Creates an archive with an invented history in this folder, and folds it into a generation that is live and has its
// index, as `serve` does. Prints the figures as JSON. Called as: <script> <folder> <events>.
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
const { stores, close } = await openEmbeddedArchive(folder);
await catchUp(stores);
const events = await writeHistory(stores, history(SEED, Number(given)));
const took = await spent(() => catchUp(stores));
close();
process.stdout.write(`${JSON.stringify({ ...took, events } satisfies LiveFigures)}\n`);
