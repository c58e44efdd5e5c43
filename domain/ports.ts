// What the domain needs of the world, and the contract that every adapter of it keeps.
// test/contract has one suite per port; an adapter is right when it passes that suite unchanged.

/** Several events of one stream that stand or fall together. */
export interface Commit {
  readonly stream: string;
  /** From 1, without gaps. */
  readonly revision: number;
  /** Canonical bytes, one per event, in order. */
  readonly events: readonly Uint8Array[];
  /** What to answer a retry of the command; kept beside the events and no part of history. */
  readonly receipt?: Receipt;
}

export interface Receipt {
  /** Digest of the command as sent. */
  readonly command: string;
  /** Ids of near-duplicates that the first answer named. */
  readonly similar?: readonly string[];
  /** What the first answer told the recorder to look at again. */
  readonly notes?: readonly string[];
}

export interface EventStore {
  /**
   * Puts a commit where none is. When it resolves to undefined, the commit is durable. Where the revision is taken,
   * resolves to the commit that stands there, and nothing is written. It does not look at other revisions: the
   * caller has read `revision - 1`. May reject although the commit is durable (the answer was lost): the caller
   * finds out by reading. Rejects with TooLarge, before anything is written, what the store can't hold.
   */
  append(commit: Commit): Promise<Commit | undefined>;
  /** The commit of that revision, if there is one: strongly consistent. */
  get(stream: string, revision: number): Promise<Commit | undefined>;
  /** The commits above revision `after`, in order, all that were durable when it began: strongly consistent, whole. */
  read(stream: string, after?: number): AsyncIterable<Commit>;
}

/** A commit that is over what the store can hold; nothing was written. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  readonly bytes: number;
  readonly limit: number;
  constructor(what: string, bytes: number, limit: number) {
    super(`${what} has ${bytes} bytes; the limit is ${limit}`);
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** Finds streams that no hint named. */
export interface Sweep {
  /**
   * Streams that may have commits which are not sequenced, and where to go on; without `next` the sweep is done.
   * Every stream that is behind when a sweep begins is named before it ends.
   */
  (from?: string): Promise<{ readonly streams: readonly string[]; readonly next?: string }>;
}

/** One item of a table: JSON of at most 350 KB under a partition and a sort key. */
export interface Item {
  readonly partition: string;
  readonly sort: string;
  readonly body: unknown;
}

export interface StoredItem extends Item {
  /** 1 after the first write by compareAndPut, one more after each. Of items written by batchPut it says nothing. */
  readonly version: number;
}

export interface Range {
  /** Sort keys from this one on, itself included. */
  readonly from?: string;
  /** Sort keys below this one, itself excluded. */
  readonly below?: string;
  readonly descending?: boolean;
}

/**
 * A small table of the archive's state, or of the catalog of read models. Keys sort by their UTF-8 bytes. Once a write has rejected,
 * nothing of it is under way.
 */
export interface Table {
  /** Strongly consistent. */
  get(partition: string, sort: string): Promise<StoredItem | undefined>;
  /** Writes where the item's version is still `version` (0: where there is none); false where it isn't. Durable. */
  compareAndPut(item: Item, version: number): Promise<boolean>;
  /** Writes without a condition, the last one winning. Durable when it resolves; not one transaction. */
  batchPut(items: readonly Item[]): Promise<void>;
  batchDelete(keys: readonly Pick<Item, 'partition' | 'sort'>[]): Promise<void>;
  /** The items of a partition, in the order of their sort keys; strongly consistent page by page, and whole. */
  range(partition: string, range?: Range): AsyncIterable<StoredItem>;
}

/** Objects under keys: the articles' bytes, the log's files. */
export interface BlobStore {
  get(key: string): Promise<StoredBlob | undefined>;
  /**
   * Puts where nothing is. 'created': durable. Else what stands there is compared: 'same' bytes (and durable), or
   * 'different', and nothing is written. Of any number of puts at once, exactly one is 'created'.
   */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'same' | 'different'>;
  /** Puts where the object still has this `etag` (undefined: where there is none); false where it hasn't. Durable. */
  replace(key: string, bytes: Uint8Array, etag: string | undefined): Promise<boolean>;
}

export interface StoredBlob {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** A key that signs the log's checkpoints, wherever it lies. What it signs is never taken back. */
export interface Signer {
  /** The log's origin: its URL without scheme, no spaces, no plus signs. */
  readonly name: string;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
  /** The Ed25519 signature of these bytes: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** UTC milliseconds since 1970. */
export type Clock = () => number;

export interface Ids {
  /** A UUIDv7. */
  fresh(): string;
  /** The same UUID for the same name, unguessably different for another. */
  derived(name: string): string;
}

/** SHA-256 in lower-case hex. */
export type Digest = (bytes: Uint8Array) => string;

/** Tells whoever sequences that a stream moved. Only a hint: it may be lost, doubled or late. */
export type Hint = (stream: string) => void;
