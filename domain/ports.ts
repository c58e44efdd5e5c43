// The ports of the domain: the interfaces of its stores, keys and clocks, which every adapter implements.
// test/contract has one suite for each port. An adapter is correct if it passes that suite unchanged.

/** Events of one stream that are written atomically. */
export interface Commit {
  readonly stream: string;
  /** From 1, without gaps. */
  readonly revision: number;
  /** Canonical bytes, one per event, in order. */
  readonly events: readonly Uint8Array[];
  /** Answers a retry of the command. It is stored with the events and is not part of the history. */
  readonly receipt?: Receipt;
}

export interface Receipt {
  /** Digest of the command as the client sent it. */
  readonly command: string;
  /** Ids of the near-duplicates that the first answer named. */
  readonly similar?: readonly string[];
  /** Doubts in the first answer, for the recorder to check. */
  readonly notes?: readonly string[];
}

export interface EventStore {
  /**
   * Appends a commit if its revision is free, and then resolves to undefined: the commit is durable.
   * If the revision is taken, resolves to the commit that has it and writes nothing.
   * Does not check other revisions, so the caller must have read `revision - 1`.
   * May reject although the commit is durable, because an answer can be lost. The caller reads the revision to find out.
   * @throws TooLarge before anything is written, if the store cannot hold the commit
   */
  append(commit: Commit): Promise<Commit | undefined>;
  /** Returns the commit of a revision, or undefined if the revision is free. Strongly consistent. */
  get(stream: string, revision: number): Promise<Commit | undefined>;
  /**
   * Yields all commits above revision `after` (default 0), in ascending order. Strongly consistent: it includes every
   * commit that was durable when the read began.
   */
  read(stream: string, after?: number): AsyncIterable<Commit>;
}

/** Reports a commit or an item that exceeds the store's limit. Nothing was written. Sizes are in bytes. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  readonly bytes: number;
  readonly limit: number;
  constructor(what: string, bytes: number, limit: number) {
    super(`${what} has ${bytes} bytes; the limit is ${limit}: make it smaller`);
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** Finds streams that have unsequenced commits, because hints can be lost. */
export interface Sweep {
  /**
   * Returns one page of streams that may have unsequenced commits. `next` is the cursor of the next page; the last
   * page has no `next`. A complete sweep names every stream that had unsequenced commits when the sweep began.
   */
  (from?: string): Promise<{ readonly streams: readonly string[]; readonly next?: string }>;
}

/** One item of a table: a JSON body of at most 350 KB under a partition key and a sort key. */
export interface Item {
  readonly partition: string;
  readonly sort: string;
  readonly body: unknown;
}

export interface StoredItem extends Item {
  /** Counts the writes by `compareAndPut`, from 1. It is meaningless for items that `batchPut` wrote. */
  readonly version: number;
}

export interface Range {
  /** The lowest sort key, inclusive. */
  readonly from?: string;
  /** The upper bound of the sort keys, exclusive. */
  readonly below?: string;
  readonly descending?: boolean;
}

/**
 * A small table of the archive's state, or of the catalog of read models. Keys sort by their UTF-8 bytes.
 * A write that has rejected is over: no part of it can still take effect.
 */
export interface Table {
  /** Returns an item, or undefined if the table does not have it. Strongly consistent. */
  get(partition: string, sort: string): Promise<StoredItem | undefined>;
  /**
   * Writes an item durably if its stored version equals `version`, and returns true. Version 0 means that no item is
   * stored. Returns false, and writes nothing, if the versions differ.
   */
  compareAndPut(item: Item, version: number): Promise<boolean>;
  /** Writes items unconditionally; the last write of a key wins. Durable when it resolves, but not atomic. */
  batchPut(items: readonly Item[]): Promise<void>;
  batchDelete(keys: readonly Pick<Item, 'partition' | 'sort'>[]): Promise<void>;
  /** Yields all items of a partition in the order of their sort keys. Each page of them is strongly consistent. */
  range(partition: string, range?: Range): AsyncIterable<StoredItem>;
}

/** Stores objects by key: the bytes of the articles, and the files of the log. */
export interface BlobStore {
  get(key: string): Promise<StoredBlob | undefined>;
  /**
   * Stores an object if the key is free, and returns 'created'. If the key is taken, writes nothing and returns 'same'
   * or 'different', by comparing the bytes. 'created' and 'same' bytes are durable.
   * Exactly one of several concurrent calls returns 'created'.
   */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'same' | 'different'>;
  /**
   * Replaces an object durably if its etag equals `etag`, and returns true. Undefined means that no object is stored.
   * Returns false, and writes nothing, if the etags differ.
   */
  replace(key: string, bytes: Uint8Array, etag: string | undefined): Promise<boolean>;
}

export interface StoredBlob {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** The key that signs the checkpoints of the log. A signed checkpoint can never be revoked. */
export interface Signer {
  /** The origin of the log: its URL without the scheme. It contains no spaces and no plus signs. */
  readonly name: string;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
  /** Returns the Ed25519 signature of a message: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** UTC milliseconds since 1970. */
export type Clock = () => number;

export interface Ids {
  /** Returns a new UUIDv7. */
  fresh(): string;
  /** Returns the UUID of a name: always the same for one name, and unpredictable without the secret key. */
  derived(name: string): string;
}

/** Returns the SHA-256 of bytes in lower-case hex. */
export type Digest = (bytes: Uint8Array) => string;

/** Tells the sequencer that a stream has a new commit. A hint may be lost, late or repeated. */
export type Hint = (stream: string) => void;
