// What a read model is: a pure fold, with a name and a version, from events in log order to rows.
import type { RecordedEvent } from '../../events/envelope.ts';

export interface RowKey {
  readonly partition: string;
  readonly sort: string;
}

/** Opens a row in the place of the one that stood there; without a body it only closes that one. At most 32 KB. */
export interface RowChange extends RowKey {
  readonly body?: object;
}

/** The body of the row that stands at this key just before the event, if any. */
export type ReadRow = <B extends object>(partition: string, sort: string) => B | undefined;

export interface View {
  readonly name: string;
  /** Raised whenever the fold gives other rows than before. */
  readonly version: number;
  /**
   * Pure: the same event at the same position of the log and the same rows give the same changes. Throws where it
   * can't fold the event.
   */
  fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[];
}

/** The changes that lead from these rows to those: what is gone is closed, what is new or different is opened. */
export function difference(
  before: readonly RowKey[],
  after: readonly (RowKey & { body: object })[],
): RowChange[] {
  const keyOf = ({ partition, sort }: RowKey) => JSON.stringify([partition, sort]);
  const kept = new Set(after.map(keyOf));
  return [
    ...before.filter((row) => !kept.has(keyOf(row))).map(({ partition, sort }) => ({ partition, sort })),
    ...after,
  ];
}
