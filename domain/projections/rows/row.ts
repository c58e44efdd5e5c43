// Rows of read models. A read model maps the state of one stream to rows. The difference between the rows before and
// after an event is a list of row versions, which are appended and never changed. Keys are in row-keys.ts.
import type { RowKey } from './row-keys.ts';

/** A row that depends on one stream. It changes and disappears with the state of that stream. */
export interface ValueRow extends RowKey {
  readonly body: object;
  /** Writes a version at each event of the stream, so that the row has the position of the latest event. */
  readonly writtenAtEachEvent?: true;
}

/** Adds 1 to the sum of this name at this key, as long as the state of the stream has this row. */
export interface SumIncrement extends RowKey {
  readonly adds: string;
}

/** A journal entry: written at each event of the stream under the position of the event, and never removed. */
export interface JournalEntry {
  readonly partition: string;
  readonly entry: object;
}

export type Row = ValueRow | SumIncrement | JournalEntry;

/**
 * A version of a row, written by the event at `position`. It is a tombstone if it has no body. An event always gives the
 * same versions, so several processes may append them, repeatedly and late.
 */
export interface RowVersion extends RowKey {
  readonly position: number;
  readonly body?: object;
}
