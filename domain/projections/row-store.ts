// The port to the row versions of one generation. test/contract/row-store.ts states what every adapter keeps.
import type { RowVersion } from './row.ts';

/** The version of a row that is current at a position. */
export interface CurrentRow {
  readonly sort: string;
  /** Of the event that wrote this version. */
  readonly position: number;
  readonly body: object;
}

export interface RowRange {
  /** Includes versions of events up to this position. */
  readonly at: number;
  /** Lowest sort key, inclusive. */
  readonly from?: string;
  /** Highest sort key, exclusive. */
  readonly below?: string;
  readonly descending?: boolean;
}

export interface RowStore {
  /** Appends versions; they are durable when it resolves. Versions that exist already are left as they are. */
  append(versions: readonly RowVersion[]): Promise<void>;
  /**
   * Returns the newest version at or before `at` of each key of a partition, in the order of the sort keys' UTF-8
   * bytes. Keys whose newest version is a tombstone are left out.
   */
  range(partition: string, range: RowRange): AsyncIterable<CurrentRow>;
}
