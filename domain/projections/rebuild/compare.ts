// Compares the live rows with the rows that the log gives. One scan subtracts the hashes of live rows from those of the
// fold. If windows differ, two more scans look up each of their rows: live rows in the new generation, and the reverse.
import { readHead } from '../../log/head.ts';
import { slicesOf } from '../../concurrency.ts';
import { liveCheckpoints, type Generations } from '../catalog.ts';
import type { ProjectorContext } from '../catch-up.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowStore } from '../rows/row-store.ts';
import { nextKey } from '../rows/row-keys.ts';
import type { RowVersion } from '../rows/row.ts';
import { emptyDrift, withComparedVersions, type Drift } from './drift.ts';
import { partitionOwners, WindowHashes } from './window-hashes.ts';
import type { ComparisonProgress, Comparison, Rebuild } from './rebuild-record.ts';
import { liveRows } from './unreadable-rows.ts';

export function startComparison(
  generations: Generations,
  versions: Rebuild['versions'],
): Pick<Rebuild, 'comparison' | 'compared'> {
  const { live } = generations;
  if (live === undefined) return {};
  const known = Object.entries(liveCheckpoints(generations) ?? {});
  const same = known.filter(([name, { version }]) => version === versions[name]);
  const upTo = Object.fromEntries(same.map(([name, { next }]) => [name, next]));
  const drift = emptyDrift(Math.max(0, ...Object.values(upTo)) - 1);
  return {
    comparison: { against: live, upTo, isWhole: same.length === known.length },
    compared: { scan: 'sums', read: 0, expected: 0, sums: '', drift },
  };
}

/**
 * A step reads at least this many versions, and a scan takes at most about this many steps, because each stores the
 * sums.
 */
const MIN_STEP_ROWS = 100_000;
const MAX_STEPS = 16;

export interface ComparisonContext extends ProjectorContext {
  readonly id: number;
  readonly models: readonly ReadModel[];
  /** Returns false if the step must end soon. */
  readonly mayContinue: () => boolean;
}

/** Takes one step. Returns the progress of the comparison, or the report after the last step. */
export async function advanceComparison(
  context: ComparisonContext,
  comparison: Comparison,
  before: ComparisonProgress,
): Promise<ComparisonProgress | { readonly report: Drift }> {
  const { scan, expected } = before;
  const [live, built] = [liveRows(context.rows, comparison.against), context.rows.open(context.id)];
  const sums = new WindowHashes(comparison.upTo, before.sums);
  const visit =
    scan === 'sums'
      ? subtracting(context, comparison, sums)
      : lookingUpIn(context, comparison, sums, scan === 'live' ? built : live, scan);
  const maxRows = Math.max(MIN_STEP_ROWS, expected / MAX_STEPS);
  const from = before.read;
  let { after, read, drift } = before;
  do {
    const page = await (scan === 'built' ? built : live).scan(after);
    drift = await visit(drift, page.versions);
    after = page.next;
    read += page.versions.length;
  } while (after !== undefined && read - from < maxRows && context.mayContinue());
  const now = { scan, read, expected, sums: sums.text(), drift };
  if (after !== undefined) return { ...now, after };
  if (scan === 'built' || now.sums === '') return { report: drift };
  return { ...now, scan: scan === 'sums' ? 'live' : 'built', read: 0 };
}

type Visit = (drift: Drift, versions: readonly RowVersion[]) => Promise<Drift>;

/** Subtracts the hashes of rows. Rows that no event of the log or no read model can have written are drift. */
function subtracting(context: ComparisonContext, { upTo, isWhole }: Comparison, sums: WindowHashes): Visit {
  const ownerOf = partitionOwners(context.models);
  return async (before, versions) => {
    let drift = before;
    const subtractedBefore = sums.subtracted;
    const later: RowVersion[] = [];
    for (const version of versions) {
      const name = ownerOf(version.partition)?.name ?? '';
      if (version.position < (upTo[name] ?? 0)) sums.subtract(name, version);
      else if (name === '' && isWhole) drift = withExtra(drift, version);
      else later.push(version);
    }
    if (later.length > 0) {
      // The page was read before the head, so all events folded into it are published by now.
      const { published } = await readHead(context.state);
      for (const version of later) if (version.position >= published) drift = withExtra(drift, version);
    }
    return { ...drift, rows: drift.rows + sums.subtracted - subtractedBefore };
  };
}

const withExtra = (drift: Drift, version: RowVersion): Drift => {
  const counted = withComparedVersions(drift, version, undefined);
  return { ...counted, rows: counted.rows + 1 };
};

/** Looks up the rows of differing windows in the other store. */
function lookingUpIn(
  { models }: ComparisonContext,
  { upTo }: Comparison,
  sums: WindowHashes,
  other: RowStore,
  scan: 'live' | 'built',
): Visit {
  const ownerOf = partitionOwners(models);
  return async (before, versions) => {
    let drift = before;
    const differing = versions.filter(({ partition, position }) => {
      const name = ownerOf(partition)?.name ?? '';
      return position < (upTo[name] ?? 0) && sums.differs(name, position);
    });
    for (const [, wave] of slicesOf(differing)) {
      const others = await Promise.all(wave.map((version) => lookUp(other, version)));
      for (const [index, version] of wave.entries()) {
        if (scan === 'live') drift = withComparedVersions(drift, version, others[index]);
        else if (!others[index])
          drift = withComparedVersions({ ...drift, rows: drift.rows + 1 }, undefined, version);
      }
    }
    return drift;
  };
}

/** Returns the version of the same key and position. A tombstone exists if it hides an earlier version. */
async function lookUp(store: RowStore, version: RowVersion): Promise<RowVersion | undefined> {
  const { partition, sort, position } = version;
  const current = await newestAt(store, version, position);
  if (current) return current.position === position ? { partition, ...current } : undefined;
  const earlier = position > 0 && (await newestAt(store, version, position - 1));
  return earlier ? { partition, sort, position } : undefined;
}

async function newestAt(store: RowStore, { partition, sort }: RowVersion, at: number) {
  for await (const row of store.range(partition, { from: sort, below: nextKey(sort), at })) return row;
  return undefined;
}
