// What a read model is: a pure fold, with a name and a version, from events in log order to rows.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { First } from './first.ts';

export interface RowKey {
  readonly partition: string;
  readonly sort: string;
}

/** Opens a row in the place of the one that stood there; without a body it only closes that one. At most 32 KB. */
export interface RowChange extends RowKey {
  readonly body?: object;
  /** No row has ever stood here: nobody needs to look. */
  readonly fresh?: boolean;
}

/** The body of the row that stands at this key just before the event, if any. */
export type ReadRow = <B extends object>(partition: string, sort: string) => B | undefined;

/** Where an event stands in history. */
export interface Place {
  /** In the log. */
  readonly position: number;
  /** The first event of its stream, itself or an earlier one, where it is about a thing. */
  readonly first?: First;
}

export interface View {
  readonly name: string;
  /** Raised whenever the fold gives other rows than before. */
  readonly version: number;
  /** Does the first event of a thing read rows, such as counts? A hint: what is missed is read one by one. */
  readonly firstReads?: true;
  /** What a rebuild of it takes, beside others: 1 without it. A hint, by which they are shared out between threads. */
  readonly weight?: number;
  /**
   * Pure: the same event at the same place and the same rows give the same changes. Throws where it can't fold the
   * event.
   */
  fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[];
}

/**
 * The changes that lead from the rows of a thing before an event to those after it: what is gone is closed, what is
 * new or different is opened.
 */
export function difference(before: readonly RowKey[], after: readonly RowChange[]): readonly RowChange[] {
  if (before.length === 0) return after;
  const kept = new Set(after.map(({ partition, sort }) => `${partition} ${sort}`));
  const gone = before.filter(({ partition, sort }) => !kept.has(`${partition} ${sort}`));
  return [...gone.map(({ partition, sort }) => ({ partition, sort })), ...after];
}
