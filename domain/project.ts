// Projects the history into read models: each view from its own checkpoint, in bounded batches, rows folded in memory
// and written together. Applying a batch twice changes nothing, because a fold reads every row as it stood before.
import { readEvent, type RecordedEvent } from '../events/envelope.ts';
import { TILE_WIDTH } from '../events/log/paths.ts';
import { same } from './aggregate.ts';
import type { BlobStore, Item, Table } from './ports.ts';
import { replay } from './replay.ts';
import { readHead } from './sequence.ts';
import type { ReadRow, RowChange, RowKey, View } from './views/view.ts';

export interface Projector {
  readonly state: Table;
  readonly views: Table;
  readonly log: BlobStore;
}

/** How far a view is. */
export interface Checkpoint {
  /** Position of the next event to fold: so many are folded. */
  readonly next: number;
  /** The event that it could not fold, and why; it serves what it has and tries again. */
  readonly stopped?: { readonly position: number; readonly reason: string };
}

/** A row as stored: made by the event at position `from`; closed by the one at `to`. */
export interface StoredRow {
  readonly from: number;
  readonly to?: number;
  readonly body: object;
}

/** Whole bundles: of the last one that a batch reads, only the width that is published is sure to be there. */
const BATCH = 2 * TILE_WIDTH;
const MAX_ROW_BYTES = 32_768;

/** Rows that stand, and rows that were closed, lie apart, so that reading the present never wades through the past. */
export const livePartition = (view: View, partition: string): string =>
  `${view.name}@${view.version}/live/${partition}`;
export const pastPartition = (view: View, partition: string): string =>
  `${view.name}@${view.version}/past/${partition}`;
const pastSort = (sort: string, from: number): string => `${sort}!${String(from).padStart(12, '0')}`;

const checkpointKey = (view: View) => ({ partition: 'checkpoints', sort: `${view.name}@${view.version}` });

export async function readCheckpoint(views: Table, view: View): Promise<Checkpoint & { version: number }> {
  const { partition, sort } = checkpointKey(view);
  const item = await views.get(partition, sort);
  return item ? { ...(item.body as Checkpoint), version: item.version } : { next: 0, version: 0 };
}

/** Folds what is published and not yet folded; gives the event that stopped the view, where one did. */
export async function catchUp(projector: Projector, view: View): Promise<Checkpoint['stopped']> {
  for (;;) {
    const { published } = await readHead(projector.state);
    const { version, ...checkpoint } = await readCheckpoint(projector.views, view);
    if (checkpoint.next >= published) return undefined;
    const end = checkpoint.next - (checkpoint.next % TILE_WIDTH) + BATCH;
    const batch = await readBatch(projector.log, checkpoint.next, Math.min(published, end));
    const { changes, next, stopped } = await foldBatch(projector.views, view, batch, checkpoint.next);
    await writeRows(projector.views, view, changes);
    // A crash here leaves rows from beyond the checkpoint; folding them again writes the same rows.
    const body: Checkpoint = { next, ...(stopped ? { stopped } : {}) };
    if (next > checkpoint.next || !same(stopped, checkpoint.stopped)) {
      await projector.views.putIf({ ...checkpointKey(view), body }, version);
    }
    if (stopped) return stopped;
  }
}

interface Folded {
  readonly position: number;
  readonly event: RecordedEvent | Error;
}

async function readBatch(log: BlobStore, from: number, to: number): Promise<Folded[]> {
  const batch: Folded[] = [];
  for await (const { position, bytes } of replay(log, from, to))
    batch.push({ position, event: readOr(bytes) });
  return batch;
}

function readOr(bytes: Uint8Array): RecordedEvent | Error {
  try {
    return readEvent(bytes);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

const idOf = ({ partition, sort }: RowKey): string => JSON.stringify([partition, sort]);

interface RowAt extends RowKey {
  row: StoredRow | undefined;
}

/** Rows that a batch closed, and the rows that stand after it. */
interface BatchOutcome {
  readonly changes: { readonly closed: readonly RowAt[]; readonly live: readonly RowAt[] };
  readonly next: number;
  readonly stopped?: NonNullable<Checkpoint['stopped']>;
}

/**
 * Folds in memory. Which rows a fold reads is found by folding: a pass that misses rows is thrown away, they are read
 * together, and the batch is folded again, until a pass misses none.
 */
async function foldBatch(
  views: Table,
  view: View,
  batch: readonly Folded[],
  next: number,
): Promise<BatchOutcome> {
  const known = new Map<string, StoredRow | undefined>();
  for (;;) {
    const missing = new Map<string, RowKey>();
    const outcome = foldOnce(view, batch, next, known, missing);
    if (missing.size === 0) return outcome;
    await load(views, view, [...missing.values()], next, known);
  }
}

function foldOnce(
  view: View,
  batch: readonly Folded[],
  next: number,
  known: ReadonlyMap<string, StoredRow | undefined>,
  missing: Map<string, RowKey>,
): BatchOutcome {
  const rows = new Map<string, RowAt>();
  const closed: RowAt[] = [];
  const standing = (key: RowKey): StoredRow | undefined => {
    const id = idOf(key);
    const changed = rows.get(id);
    if (changed) return changed.row;
    if (!known.has(id)) missing.set(id, key);
    return known.get(id);
  };
  const read: ReadRow = <B extends object>(partition: string, sort: string) =>
    standing({ partition, sort })?.body as B | undefined;
  for (const { position, event } of batch) {
    try {
      if (event instanceof Error) throw event;
      const changes = view.fold(event, read, position);
      // An event is folded whole or not at all.
      for (const { body, ...key } of changes) if (body) refuseLarge(key, body);
      for (const change of changes) apply(change, position);
    } catch (error) {
      if (missing.size > 0) continue;
      const reason = error instanceof Error ? error.message : String(error);
      return { changes: { closed, live: [...rows.values()] }, next: position, stopped: { position, reason } };
    }
  }
  return { changes: { closed, live: [...rows.values()] }, next: (batch.at(-1)?.position ?? next - 1) + 1 };

  function apply({ partition, sort, body }: RowChange, position: number): void {
    const key = { partition, sort };
    const before = standing(key);
    if (before && body && same(before.body, body)) return;
    if (before && before.from < position) closed.push({ ...key, row: { ...before, to: position } });
    if (before ?? body) rows.set(idOf(key), { ...key, row: body && { from: position, body } });
  }
}

function refuseLarge(key: RowKey, body: object): void {
  const json = JSON.stringify(body);
  if (json.length * 3 <= MAX_ROW_BYTES) return;
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > MAX_ROW_BYTES)
    throw new RangeError(`row ${idOf(key)} would take ${bytes} bytes; the limit is ${MAX_ROW_BYTES}`);
}

/** Reads rows as they stood before position `next`, whatever an interrupted run of this batch has written since. */
async function load(
  views: Table,
  view: View,
  keys: readonly RowKey[],
  next: number,
  known: Map<string, StoredRow | undefined>,
): Promise<void> {
  for (const key of keys) known.set(idOf(key), undefined);
  const items = await views.getAll(
    keys.map(({ partition, sort }) => ({ partition: livePartition(view, partition), sort })),
  );
  const live = new Map(items.map((item) => [idOf(item), item.body as StoredRow]));
  for (const key of keys) {
    const row = live.get(idOf({ partition: livePartition(view, key.partition), sort: key.sort }));
    known.set(idOf(key), row && row.from < next ? row : await pastRow(views, view, key, next));
  }
}

/** The row that stood here before position `next` and was closed at or after it. */
async function pastRow(
  views: Table,
  view: View,
  { partition, sort }: RowKey,
  next: number,
): Promise<StoredRow | undefined> {
  const range = { from: `${sort}!`, below: pastSort(sort, next), descending: true };
  for await (const { body } of views.range(pastPartition(view, partition), range)) {
    const { to = Infinity, ...row } = body as StoredRow;
    return to >= next ? row : undefined;
  }
  return undefined;
}

/** Closed rows first: a crash between leaves each row readable, here or there. */
async function writeRows(views: Table, view: View, { closed, live }: BatchOutcome['changes']): Promise<void> {
  const past: Item[] = closed.flatMap(({ partition, sort, row }) =>
    row ? [{ partition: pastPartition(view, partition), sort: pastSort(sort, row.from), body: row }] : [],
  );
  if (past.length > 0) await views.putAll(past);
  const standing: Item[] = live.flatMap(({ partition, sort, row }) =>
    row ? [{ partition: livePartition(view, partition), sort, body: row }] : [],
  );
  if (standing.length > 0) await views.putAll(standing);
  const gone = live
    .filter(({ row }) => !row)
    .map(({ partition, sort }) => ({ partition: livePartition(view, partition), sort }));
  if (gone.length > 0) await views.removeAll(gone);
}
