// Folds events into the rows of a read model, in memory: the rows that are current after the last one, its sums, and how
// large a row ever became.
import { isDeepStrictEqual } from 'node:util';
import { difference } from '../../../domain/projections/rows/row-difference.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import { sumNameWithoutDate } from '../../../domain/projections/rows/latest-dates.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { idIn, keyText } from '../../../domain/projections/rows/row-keys.ts';
import { evolve, stateName, type StreamState } from '../../../domain/projections/state/stream-state.ts';
import type { Deltas } from '../../../domain/projections/rows/sums.ts';
import type { Entry } from '../entries.ts';
import { logOf } from '../logs/log-of.ts';

export interface CurrentRows {
  /** The rows of a partition in the order of their sort keys. */
  readonly of: (partition: string) => readonly RowVersion[];
  /** The ids of things in a list, in its order. */
  readonly ids: (partition: string) => readonly string[];
  readonly body: (partition: string, sort: string) => unknown;
  /** Without those of deltas. */
  readonly partitions: () => readonly string[];
  /** By sort key and name, those that are 0 included. */
  readonly sums: (partition: string) => Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly largestBytes: number;
}

export function rowsAfter(model: ReadModel, entries: readonly Entry[]): CurrentRows {
  const rows = new Map<string, RowVersion>();
  const sums: SumsOf = new Map();
  let largestBytes = 0;
  for (const version of versionsOf(model, entries)) {
    largestBytes = Math.max(largestBytes, Buffer.byteLength(JSON.stringify(version.body) ?? ''));
    if (version.partition.endsWith('-deltas')) addDeltas(sums, version.body as Deltas);
    else if (version.body) rows.set(keyText(version), version);
    else rows.delete(keyText(version));
  }
  const all = [...rows.values()].sort((a, b) => (a.sort < b.sort ? -1 : 1));
  const of = (partition: string) => all.filter((row) => row.partition === partition);
  return {
    of,
    ids: (partition) => of(partition).map(({ sort }) => idIn(sort)),
    body: (partition, sort) => rows.get(keyText({ partition, sort }))?.body,
    partitions: () => [...new Set(all.map(({ partition }) => partition))].sort(),
    sums: (partition) => sums.get(partition) ?? {},
    largestBytes,
  };
}

/** Yields the row versions of these events. Maps each state to rows twice, because a pure function returns the same. */
function* versionsOf(model: ReadModel, entries: readonly Entry[]): Generator<RowVersion> {
  const states = new Map<string, StreamState>();
  for (const [position, event] of logOf(entries).entries()) {
    const name = stateName(event);
    const before = states.get(name);
    const after = evolve(before, event);
    states.set(name, after);
    if (!isDeepStrictEqual(model.rowsOf(after), model.rowsOf(after)))
      throw new Error(`${model.name} maps the state after ${event.type} to different rows`);
    yield* difference(before ? model.rowsOf(before) : [], model.rowsOf(after), position);
  }
}

/** By partition, sort key and name. */
export type SumsOf = Map<string, Record<string, Record<string, number>>>;

export function addDeltas(sums: SumsOf, deltas: Deltas): void {
  for (const [partition, sort, name, by] of deltas) {
    const bySort = sums.get(partition) ?? {};
    sums.set(partition, bySort);
    const values = (bySort[sort] ??= {});
    const undated = sumNameWithoutDate(name);
    values[undated] = (values[undated] ?? 0) + by;
  }
}
