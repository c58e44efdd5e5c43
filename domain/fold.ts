// Folds a batch of events into the rows of a view, in memory. Which rows a fold reads is found by folding: first the
// events that change something are folded each by itself, to read together what they miss; then all, in order. An event
// that misses more is folded again once that is read.
import type { RecordedEvent } from '../events/envelope.ts';
import { same } from './aggregate.ts';
import { keyText, type Generation } from './generation.ts';
import type { Table } from './ports.ts';
import type { Checkpoint } from './projections.ts';
import type { ClosedAt } from './past.ts';
import { rowsBefore, rowsNow, type RowChanges, type StoredRow } from './rows.ts';
import { isFirst } from './views/facts.ts';
import { weigh } from './views/weight.ts';
import type { Place, ReadRow, RowChange, RowKey, View } from './views/view.ts';

export interface Folded extends Place {
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
  /** Whoever folds has written all up to here by itself, and nobody anything beyond: rows stand as the batch finds them. */
  readonly alone?: boolean;
}

/** Rows that a batch closed, and the rows that stand after it. */
export interface Outcome {
  readonly changes: RowChanges;
  readonly next: number;
  readonly stopped?: NonNullable<Checkpoint['stopped']>;
}

const MAX_ROW_BYTES = 32_768;

export async function foldBatch(given: Batch): Promise<Outcome> {
  const { views, view, generation, batch, from, known, alone = false } = given;
  const load = async (missing: Missing): Promise<void> => {
    if (missing.size === 0) return;
    const keys = [...missing.values()];
    const rows = alone
      ? await rowsNow(views, generation, keys)
      : await rowsBefore(views, generation, keys, from);
    for (const { row, ...key } of rows) known.set(keyText(key), row);
  };
  // Rows that say what a thing was, then the rows that its change takes back.
  const later = batch.filter(({ event }) => !(event instanceof Error) && !isFirst(event));
  const unread: Unread = new Map();
  await load(missedBy(view, view.firstReads ? batch : later, known, unread));
  await load(missedBy(view, later, known, unread));

  const changes = new Changes(known, unread);
  for (const folded of batch) {
    const { position, event } = folded;
    try {
      if (event instanceof Error) throw event;
      while (!changes.fold(view, event, folded)) await load(changes.missing);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return changes.outcome(position, { position, reason });
    }
  }
  return changes.outcome((batch.at(-1)?.position ?? from - 1) + 1);
}

type Missing = Map<string, RowKey>;

/** A change, and its key as one text. */
interface Placed {
  readonly text: string;
  readonly change: RowChange;
}

/** What folds have given that read nothing: whatever the rows are, they give it again. */
type Unread = Map<Place, readonly Placed[]>;

const placed = (changes: readonly RowChange[]): Placed[] =>
  changes.map((change) => ({ text: keyText(change), change }));

/** The rows that these events read and that nobody knows yet, as far as each can be folded by itself. */
function missedBy(view: View, events: readonly Folded[], known: Rows, unread: Unread): Missing {
  const missing: Missing = new Map();
  let reads = 0;
  const look = (text: string, key: RowKey): StoredRow | undefined => {
    const row = known.get(text);
    if (!row && !known.has(text)) missing.set(text, key);
    return row;
  };
  const read: ReadRow = <B extends object>(partition: string, sort: string) => {
    reads++;
    const key = { partition, sort };
    return look(keyText(key), key)?.body as B | undefined;
  };
  for (const folded of events) {
    const { event } = folded;
    if (event instanceof Error || unread.has(folded)) continue;
    reads = 0;
    try {
      const changes = placed(view.fold(event, read, folded));
      for (const { text, change } of changes) if (!change.fresh) look(text, change);
      if (reads === 0) unread.set(folded, changes);
    } catch {
      // It goes on with something that another event of the batch begins, or can't be folded, which shows in its turn.
    }
  }
  return missing;
}

/** What a batch has changed so far. */
class Changes {
  readonly missing: Missing = new Map();
  private readonly rows: Rows = new Map();
  private readonly closed: ClosedAt[] = [];
  private readonly known: Rows;
  private readonly unread: Unread;

  constructor(known: Rows, unread: Unread) {
    this.known = known;
    this.unread = unread;
  }

  private standing(text: string, key: RowKey): StoredRow | undefined {
    const changed = this.rows.get(text);
    if (changed || this.rows.has(text)) return changed;
    const row = this.known.get(text);
    if (!row && !this.known.has(text)) this.missing.set(text, key);
    return row;
  }

  /** Folds an event whole, or not at all: false where rows are missing, which must be known before it is tried again. */
  fold(view: View, event: RecordedEvent, at: Place): boolean {
    this.missing.clear();
    const read: ReadRow = <B extends object>(partition: string, sort: string) => {
      const key = { partition, sort };
      return this.standing(keyText(key), key)?.body as B | undefined;
    };
    let changes: readonly Placed[];
    try {
      changes = this.unread.get(at) ?? placed(view.fold(event, read, at));
      for (const { change } of changes) refuseLarge(change);
    } catch (error) {
      if (this.missing.size > 0) return false;
      throw error;
    }
    for (const { text, change } of changes) if (!change.fresh) this.standing(text, change);
    if (this.missing.size > 0) return false;
    for (const { text, change } of changes) this.apply(text, change, at.position);
    return true;
  }

  private apply(text: string, change: RowChange, position: number): void {
    const { body, fresh } = change;
    const before = fresh ? this.rows.get(text) : this.standing(text, change);
    if (before && body && same(before.body, body)) return;
    if (before && before.from < position)
      this.closed.push({ text, row: { from: before.from, to: position, body: before.body } });
    if (before ?? body) this.rows.set(text, body && { from: position, body });
  }

  /** Rows that were read are known as they stand now; fresh ones are seldom read again. */
  outcome(next: number, stopped?: Outcome['stopped']): Outcome {
    for (const [text, row] of this.rows) if (this.known.has(text)) this.known.set(text, row);
    const changes = { closed: this.closed, live: this.rows };
    return { changes, next, ...(stopped ? { stopped } : {}) };
  }
}

function refuseLarge({ partition, sort, body }: RowChange): void {
  if (body === undefined) return;
  const bytes = weigh(body, MAX_ROW_BYTES);
  if (bytes > MAX_ROW_BYTES)
    throw new RangeError(`row ${partition} ${sort} would take ${bytes} bytes; the limit is ${MAX_ROW_BYTES}`);
}
