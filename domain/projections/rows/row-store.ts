// Ports to the row versions of read models: one store for each generation. test/contract/row-store.ts tests the promises
// that every adapter keeps.
import type { RowVersion } from './row.ts';

/** The version of a row that is current at a position. */
export interface CurrentRow {
  readonly sort: string;
  /** Position of the event that wrote this version. */
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
  /** Cursor of the next page. Absent on the last page. */
  readonly next?: string;
}

export interface RowStore {
  /** Appends versions, which are durable when it resolves. It leaves versions that exist already as they are. */
  append(versions: readonly RowVersion[]): Promise<void>;
  /**
   * Returns the newest version at or before `at` of each key of a partition, in the order of the sort keys' UTF-8
   * bytes. It leaves out keys whose newest version is a tombstone.
   */
  range(partition: string, range: RowRange): AsyncIterable<CurrentRow>;
  /**
   * Returns a page of all versions of all keys, tombstones included, each once, in an order that the adapter chooses. It
   * may miss versions that were appended during the scan or shortly before. `after` is the `next` of the page before.
   */
  scan(after?: string): Promise<ScanPage>;
}

/** The store of a generation that is being built. `range` may reject until `complete` or `resume` has returned. */
export interface NewRowStore extends RowStore {
  /**
   * Resumes the fold at position `next`. The store may delete versions from there on, because the fold appends them
   * again. If `next` is above 0, `range` returns the versions before it from now on.
   */
  resume(next: number): Promise<void>;
  /** Makes the store ready for readers. Idempotent. */
  complete(): Promise<void>;
}

/** The stores of all generations, by number. */
export interface RowStores {
  /** Returns the store of a generation that was built before. Its methods reject if it does not exist. */
  open(generation: number): RowStore;
  /** Returns the store of a new generation, and creates it if it does not exist. */
  build(generation: number): Promise<NewRowStore>;
  /** Removes a generation with all its rows. It does nothing if the generation does not exist. */
  drop(generation: number): Promise<void>;
  /** Returns the numbers of the generations that exist. */
  list(): Promise<number[]>;
}
