// Folds a batch of events into the rows of a view, in memory. Which rows a fold reads is found by folding: a pass that
// misses rows is thrown away, they are read together, and the batch is folded again, until a pass misses none.
import type { RecordedEvent } from '../events/envelope.ts';
import { same } from './aggregate.ts';
import { keyText, type Generation } from './generation.ts';
import type { Table } from './ports.ts';
import type { Checkpoint } from './projections.ts';
import { rowsBefore, type RowAt, type StoredRow } from './rows.ts';
import { weigh } from './views/weight.ts';
import type { ReadRow, RowChange, RowKey, View } from './views/view.ts';

export interface Folded {
  readonly position: number;
  readonly event: RecordedEvent | Error;
}

/** Rows by the text of their keys as they stand before a batch; undefined where none stands. */
export type Rows = Map<string, StoredRow | undefined>;

export interface Batch {
  readonly views: Table;
  readonly view: View;
  readonly generation: Generation;
  readonly batch: readonly Folded[];
  /** Position of the batch's first event. */
  readonly from: number;
  /** What is known of the rows already; afterwards, of the rows as they stand after the batch. */
  readonly known: Rows;
}

/** Rows that a batch closed, and the rows that stand after it. */
export interface Outcome {
  readonly changes: { readonly closed: readonly RowAt[]; readonly live: readonly RowAt[] };
  readonly next: number;
  readonly stopped?: NonNullable<Checkpoint['stopped']>;
}

const MAX_ROW_BYTES = 32_768;

export async function foldBatch({ views, view, generation, batch, from, known }: Batch): Promise<Outcome> {
  for (;;) {
    const missing = new Map<string, RowKey>();
    const outcome = foldOnce(view, batch, from, known, missing);
    if (missing.size === 0) {
      for (const { row, ...key } of outcome.changes.live) known.set(keyText(key), row);
      return outcome;
    }
    for (const { row, ...key } of await rowsBefore(views, generation, [...missing.values()], from))
      known.set(keyText(key), row);
  }
}

function foldOnce(
  view: View,
  batch: readonly Folded[],
  from: number,
  known: Rows,
  missing: Map<string, RowKey>,
): Outcome {
  const rows = new Map<string, RowAt>();
  const closed: RowAt[] = [];
  const standing = (text: string, key: RowKey): StoredRow | undefined => {
    const changed = rows.get(text);
    if (changed) return changed.row;
    const row = known.get(text);
    if (row === undefined && !known.has(text)) missing.set(text, key);
    return row;
  };
  const read: ReadRow = <B extends object>(partition: string, sort: string) => {
    const key = { partition, sort };
    return standing(keyText(key), key)?.body as B | undefined;
  };

  const apply = ({ partition, sort, body, fresh }: RowChange, position: number): void => {
    const key = { partition, sort };
    const text = keyText(key);
    const before = fresh && !rows.has(text) ? undefined : standing(text, key);
    if (before && body && same(before.body, body)) return;
    if (before && before.from < position) closed.push({ ...key, row: { ...before, to: position } });
    if (before ?? body) rows.set(text, { ...key, row: body && { from: position, body } });
  };

  for (const { position, event } of batch) {
    try {
      if (event instanceof Error) throw event;
      const changes = view.fold(event, read, position);
      // An event is folded whole or not at all.
      for (const change of changes) refuseLarge(change);
      for (const change of changes) apply(change, position);
    } catch (error) {
      if (missing.size > 0) continue;
      const reason = error instanceof Error ? error.message : String(error);
      return { changes: { closed, live: [...rows.values()] }, next: position, stopped: { position, reason } };
    }
  }
  return { changes: { closed, live: [...rows.values()] }, next: (batch.at(-1)?.position ?? from - 1) + 1 };
}

function refuseLarge({ partition, sort, body }: RowChange): void {
  if (body === undefined) return;
  const bytes = weigh(body, MAX_ROW_BYTES);
  if (bytes > MAX_ROW_BYTES)
    throw new RangeError(`row ${partition} ${sort} would take ${bytes} bytes; the limit is ${MAX_ROW_BYTES}`);
}
