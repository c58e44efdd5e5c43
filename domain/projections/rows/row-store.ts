// The ports to the row versions of read models: one store for each generation. test/contract/row-store.ts states what
// every adapter keeps.
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

export interface ScanPage {
  readonly versions: readonly RowVersion[];
  /** Where the next page begins; absent on the last page. */
  readonly next?: string;
}

export interface RowStore {
  /** Appends versions; they are durable when it resolves. Versions that exist already are left as they are. */
  append(versions: readonly RowVersion[]): Promise<void>;
  /**
   * Returns the newest version at or before `at` of each key of a partition, in the order of the sort keys' UTF-8
   * bytes. Keys whose newest version is a tombstone are left out.
   */
  range(partition: string, range: RowRange): AsyncIterable<CurrentRow>;
  /**
   * Returns a page of all versions of all keys, tombstones included, each once, in an order of the adapter's own. It
   * may miss versions that were appended a moment ago, or meanwhile. `after` is the `next` of the page before.
   */
  scan(after?: string): Promise<ScanPage>;
}

/** A store that is folded from position 0 before anybody reads it. Until it is complete or resumed, `range` may reject. */
export interface NewRowStore extends RowStore {
  /**
   * Goes on from position `next`: versions from there on may be forgotten, because they are appended again. If that is
   * above 0, `range` returns the versions before it from now on.
   */
  resume(next: number): Promise<void>;
  /** Makes the store ready for readers. Repeating it changes nothing. */
  complete(): Promise<void>;
}

/** The stores of all generations, by their number. */
export interface RowStores {
  /** A generation that was built before. It does not look whether it exists: reading or appending rejects if not. */
  open(generation: number): RowStore;
  /** The store of a new generation, which is created if it does not exist. */
  build(generation: number): Promise<NewRowStore>;
  /** Removes a generation with all its rows; one that does not exist is left. */
  drop(generation: number): Promise<void>;
  /** The generations that exist. */
  list(): Promise<number[]>;
}
