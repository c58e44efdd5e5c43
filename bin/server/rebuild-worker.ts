// The program of the rebuild thread: it takes what generations need one step after another.
import { reconciler, type Reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import { runSteps, type ThreadStores } from './rebuild-steps.ts';

/** What the serving thread tells it when it starts. */
export type RebuildSettings = Pick<Reconciler, 'graceMs' | 'lateMs' | 'schedule' | 'alwaysWrites'>;

await runSteps<RebuildSettings>((world: ThreadStores & RebuildSettings) => reconciler(world));
