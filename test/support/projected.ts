// An archive in memory whose log has been written by the sequencer, for tests of read models; what a view's rows were
// as of a position, and what a plain fold of the same events gives: two ways to one answer.
import { canonicalBytes, readEvent } from '../../events/envelope.ts';
import type { Item } from '../../domain/ports.ts';
import {
  closedUnder,
  keyOf as rowKeyOf,
  keyOfClosed,
  positionKey,
  shardPartitions,
} from '../../domain/generation.ts';
import { closedRows } from '../../domain/past.ts';
import type { Projector } from '../../domain/project.ts';
import type { StoredRow } from '../../domain/rows.ts';
import type { View } from '../../domain/views/view.ts';
import type { FaultyProcess } from './faults.ts';
import { memoryTable, type MemoryTable } from './memory-table.ts';
import { world, type World } from './sequenced.ts';
import { type Published } from './publishing.ts';
import { placed } from './view-rows.ts';

export { publish, publishAtOnce, published, type Published } from './publishing.ts';

export interface Projected extends World, Projector {
  readonly store: World['store'];
  readonly state: World['state'];
  readonly log: World['log'];
  readonly views: MemoryTable;
}

export const projected = (): Projected => ({ ...world(), views: memoryTable() });

/** The same stores, as a process reaches them whose calls may fail. */
export const reachedBy = (
  process: FaultyProcess,
  { store, state, log }: ReturnType<Published['upTo']>,
  views: MemoryTable,
): Projector => ({
  store: process.store(store),
  state: process.table(state),
  log: process.blobs(log),
  views: process.table(views),
});

/** Items of a view, each closed row by itself: how many lie in one item depends on the batches in which they were closed. */
export function apart(items: readonly Item[]): Item[] {
  return items.flatMap((item) => {
    const { partition, sort } = item;
    if (!partition.includes('/past/')) return [item];
    return closedRows(item).map((row) => ({
      partition,
      sort: closedUnder(keyOfClosed(sort)) + positionKey(row.from),
      ...row,
    }));
  });
}

/**
 * Each row once. A checkpoint that is written late lets a batch begin in the midst of one that was folded before; a row
 * that both closed then lies in two items. Rows of one key and position that differ are both kept.
 */
export function distinct(rows: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const text = JSON.stringify([row.partition, row.sort, row.from, row.to, row.body]);
    return !seen.has(text) && seen.add(text);
  });
}

export interface PlacedRow extends StoredRow {
  readonly partition: string;
  readonly sort: string;
}

/** All rows of a generation of a view, those that stand and those that were closed. */
export function rowsOf(views: MemoryTable, view: View, number = 1): PlacedRow[] {
  const partitions = new Set(
    (['live', 'past'] as const).flatMap((part) => shardPartitions({ view: view.name, number }, part)),
  );
  return apart(views.items().filter(({ partition }) => partitions.has(partition))).map(
    ({ sort, body, from = 0, to }) => ({
      ...rowKeyOf(sort),
      from,
      ...(to === undefined ? {} : { to }),
      body: body as object,
    }),
  );
}

/** Gives, for a position, the rows that stood once the event there was folded: as text, one a line. */
export function standing(rows: readonly PlacedRow[]): (position: number) => string {
  const lines = rows.map(({ from, to = Infinity, ...row }) => ({ from, to, line: lineOf(row) }));
  return (position) =>
    textOf(lines.filter(({ from, to }) => from <= position && position < to).map(({ line }) => line));
}

/** The same by folding the events plainly, one after another, for each position. */
export function foldPlainly(view: View, entries: readonly Uint8Array[]): string[] {
  const rows = new Map<string, { readonly json: string; readonly line: string }>();
  return [...placed(entries.map(readEvent))].map(([event, place]) => {
    const read = <B extends object>(partition: string, sort: string): B | undefined => {
      const row = rows.get(keyOf(partition, sort));
      return row && (JSON.parse(row.json) as B);
    };
    for (const { partition, sort, body } of view.fold(event, read, place)) {
      if (!body) rows.delete(keyOf(partition, sort));
      else {
        const line = lineOf({ partition, sort, body });
        rows.set(keyOf(partition, sort), { json: JSON.stringify(body), line });
      }
    }
    return textOf([...rows.values()].map(({ line }) => line));
  });
}

const keyOf = (partition: string, sort: string): string => JSON.stringify([partition, sort]);

/** Items as text, one a line, to compare many at once. */
export const linesOf = (items: readonly Item[]): string => items.map((item) => lineOf(item)).join('\n');

const lineOf = ({ partition, sort, body }: Item): string =>
  `${partition} ${sort} ${Buffer.from(canonicalBytes(body)).toString()}`;

const textOf = (lines: readonly string[]): string => lines.toSorted().join('\n');
