// One step of comparing the live rows with what the log gives: first by sums of hashes, then row by row where they differ.
import type { Clock, Table } from '../../ports.ts';
import type { History } from '../fold-batch.ts';
import { liveCheckpoints, type Generations } from '../catalog.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowStores } from '../rows/row-store.ts';
import { isEmpty } from './drift.ts';
import type { Progress, Rebuild } from './rebuild-record.ts';
import { compareMore, nothingCompared, type PassMemory } from './row-comparison.ts';
import {
  beginScan,
  comparedUpTo,
  differingWindows,
  scanMore,
  type Comparison,
  type Scan,
  type ScanMemory,
} from './scan.ts';
import { liveRows } from './unreadable-rows.ts';

/** What a step made of a record. Without `after` there is nothing to do until something else happens. */
export interface Step {
  readonly after?: Rebuild;
  readonly count?: Pick<Progress, 'unit' | 'done' | 'total'>;
}

/** What one process keeps between its steps. */
export interface ComparisonMemory extends ScanMemory, PassMemory {}

export interface Comparing extends History {
  readonly catalog: Table;
  readonly rows: RowStores;
  readonly clock: Clock;
  readonly models: readonly ReadModel[];
  readonly goOn: () => boolean;
  readonly memory: ComparisonMemory;
}

export async function compare(world: Comparing, rebuild: Rebuild, generations: Generations): Promise<Step> {
  const { catalog, models, rows, memory, goOn } = world;
  const { id, comparison, checkpoints, versions } = rebuild;
  if (!comparison) return { after: { ...rebuild, phase: 'switching' } };
  const live = liveRows(rows, comparison.against);
  const { scan } = comparison;
  if (!scan) {
    const upTo = comparedUpTo(comparison.upTo, liveCheckpoints(generations) ?? {}, versions, checkpoints);
    const begun = await beginScan(catalog, id, upTo);
    return counted(rebuild, { ...comparison, scan: begun });
  }
  if (!scan.done)
    return counted(rebuild, {
      ...comparison,
      scan: await scanMore({ catalog, models, goOn }, id, live, scan, memory),
    });
  const differing = await differingWindows(catalog, id, scan);
  if (rebuild.phase === 'checking')
    return { after: checked(rebuild, scan, differing.length > 0, world.clock()) };
  const built = rows.open(id);
  const result = await compareMore({ ...world, live, built }, id, scan, differing, comparison.pass, memory);
  if ('drift' in result) {
    const { drift } = result;
    return { after: { ...rebuild, phase: isEmpty(drift) ? 'switching' : 'drifted', drift } };
  }
  const left = differing.filter(([window]) => window >= result.pass.from);
  return {
    after: { ...rebuild, comparison: { ...comparison, pass: result.pass } },
    count: { unit: 'windows', done: differing.length - left.length, total: differing.length },
  };
}

/** Without drift nothing is written. With drift, the log is folded again, into a new generation. */
function checked(rebuild: Rebuild, scan: Scan, differs: boolean, now: number): Rebuild {
  if (differs) return { ...rebuild, phase: 'folding', checkpoints: {} };
  return { ...rebuild, phase: 'unchanged', endedAt: now, drift: nothingCompared(scan) };
}

const counted = (rebuild: Rebuild, comparison: Comparison & { readonly scan: Scan }): Step => ({
  after: { ...rebuild, comparison },
  count: { unit: 'rows', done: comparison.scan.rows, total: comparison.scan.total },
});
