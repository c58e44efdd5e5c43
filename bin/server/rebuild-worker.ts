// The program of the rebuild thread. It reconciles the generations step by step.
import { reconciler, type Reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import { runSteps, type ThreadStores } from './rebuild-steps.ts';

/** Settings that the serving thread passes. */
export type RebuildSettings = Pick<
  Reconciler,
  'rollbackRetentionMs' | 'removalDelayMs' | 'schedule' | 'alwaysWrites'
>;

await runSteps<RebuildSettings>((context: ThreadStores & RebuildSettings) => reconciler(context));
