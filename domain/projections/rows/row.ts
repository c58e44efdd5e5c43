// The rows of read models. A read model maps the state of one stream to rows; the difference between the rows before
// and after an event is a list of row versions. Versions are appended: no version is overwritten, closed or deleted.

export interface RowKey {
  readonly partition: string;
  readonly sort: string;
}

/** A row that follows from one stream alone: it changes and disappears with the state of that stream. */
export interface ValueRow extends RowKey {
  readonly body: object;
  /** Writes a version at each event of the stream, so that its position is always that of the latest event. */
  readonly renewed?: true;
}

/** Adds 1 to the sum of this name at this key, for as long as the stream gives this row. */
export interface Addend extends RowKey {
  readonly adds: string;
}

/** Is written at each event of the stream, under the position of the event, and stays: a journal of one partition. */
export interface RowEntry {
  readonly partition: string;
  readonly entry: object;
}

export type Row = ValueRow | Addend | RowEntry;

/**
 * One version of a row, written by the event at `position`. Without a body it is a tombstone. The same event always
 * gives the same versions, so that a version may be appended any number of times, late, and by several processes.
 */
export interface RowVersion extends RowKey {
  readonly position: number;
  readonly body?: object;
}

/** The key as one text. Partitions and sort keys have no character below a space, except for tabs. */
export const keyText = ({ partition, sort }: RowKey): string => `${partition}\u0001${sort}`;

/** A position as a sort key. */
export const positionKey = (position: number): string => String(position).padStart(12, '0');
