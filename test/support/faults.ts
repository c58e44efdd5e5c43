// Makes calls of stores fail in realistic ways. A write is lost, persisted without an answer, applied late, or applied in
// part if it is no transaction; or the process crashes at any await.
import { setImmediate } from 'node:timers/promises';
import type { LogIdentity } from '../../domain/log/log-identity.ts';
import type { BlobStore, EventStore, Table } from '../../domain/ports.ts';
import type { RowStore, RowStores } from '../../domain/projections/rows/row-store.ts';

/** The process has crashed: later calls have no effect. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A call failed. Its caller cannot know whether it had an effect. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

export const fates = {
  /** Fates of a read. `crash` happens before the call has an effect, `crash-after` afterwards. */
  read: ['pass', 'fail', 'crash', 'crash-after'],
  write: ['pass', 'fail', 'lose', 'late', 'crash', 'crash-after'],
  /** Fates of a write of many items that is no transaction. `part` writes some of them. */
  many: ['pass', 'fail', 'lose', 'part', 'crash', 'crash-part', 'crash-after'],
  /** Fates of an append of rows: it may also be applied in part or late. */
  append: ['pass', 'fail', 'lose', 'late', 'part', 'crash', 'crash-part', 'crash-after'],
} as const;

export type Kind = keyof typeof fates;
export type Fate = (typeof fates)[Kind][number];

export interface Call {
  /** Number of the call among all calls of the process, from 1. */
  readonly number: number;
  readonly kind: Kind;
  readonly what: string;
}

export interface Conditions {
  /** Decides the fate of a call. */
  readonly fate: (call: Call) => Fate;
  /** Returns how many of `total` items are written if the call is applied in part. */
  readonly part?: (total: number) => number;
  /** Returns how many turns to wait before and after each call, which orders concurrent calls. */
  readonly turns?: () => number;
  /** Runs after each call, regardless of its fate. */
  readonly observe?: () => Promise<void>;
}

/** Returns conditions in which the write with this number meets this fate, if its kind of write can, and a counter. */
export function failingAt(
  at: number,
  fate: Fate,
): { readonly counter: { writes: number }; readonly conditions: Conditions } {
  const counter = { writes: 0 };
  const canMeet = (kind: Kind): boolean => (fates[kind] as readonly Fate[]).includes(fate);
  return {
    counter,
    conditions: {
      fate: ({ kind }) => (kind !== 'read' && ++counter.writes === at && canMeet(kind) ? fate : 'pass'),
      part: (many) => Math.ceil(many / 2),
    },
  };
}

/** Writes that are applied late, after their caller gave up. */
export interface Late {
  readonly hold: (write: () => Promise<unknown>) => void;
  /** Applies all held writes. */
  readonly land: () => Promise<void>;
}

export function late(): Late {
  let held: (() => Promise<unknown>)[] = [];
  return {
    hold: (write) => held.push(write),
    land: async () => {
      const landing = held;
      held = [];
      for (const write of landing) await write();
    },
  };
}

export interface FaultyProcess {
  /** Returns the number of calls. */
  readonly calls: () => number;
  readonly table: (table: Table) => Table;
  readonly blobs: (blobs: BlobStore) => BlobStore;
  readonly store: (store: EventStore) => EventStore;
  readonly rows: (stores: RowStores) => RowStores;
  /** Its signing keys fail like stores. */
  readonly identity: (identity: LogIdentity) => LogIdentity;
}

/** Wraps the stores of one process. Processes may share the same stores. */
export function faultyProcess(conditions: Conditions, under: Late = late()): FaultyProcess {
  let number = 0;
  let dead = false;

  async function call<T>(
    kind: Kind,
    what: string,
    run: () => Promise<T>,
    part: () => Promise<unknown> = run,
  ): Promise<T> {
    await wait();
    const fate = conditions.fate({ number: ++number, kind, what });
    const done = await meet(fate, kind, what, run, part);
    await conditions.observe?.();
    await wait();
    if (done) return done.value;
    throw dead ? new Crash(what) : new CallFailed(what);
  }

  async function meet<T>(
    fate: Fate,
    kind: Kind,
    what: string,
    run: () => Promise<T>,
    part: () => Promise<unknown>,
  ): Promise<{ value: T } | undefined> {
    if (!(fates[kind] as readonly Fate[]).includes(fate))
      throw new Error(`${what}: a call of kind ${kind} cannot have the fate ${fate}`);
    if (fate === 'pass') return { value: await run() };
    dead ||= fate.startsWith('crash');
    if (fate === 'late') under.hold(run);
    if (fate === 'lose' || fate === 'crash-after') await run();
    if (fate === 'part' || fate === 'crash-part') await part();
    return undefined;
  }

  async function wait(): Promise<void> {
    if (dead) throw new Crash('this process has ended');
    const turns = conditions.turns?.() ?? 0;
    if (turns > 20) await setImmediate();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    if (dead) throw new Crash('this process has ended');
  }

  async function* each<T>(what: string, items: AsyncIterable<T>): AsyncGenerator<T> {
    await call('read', what, async () => undefined);
    for await (const item of items) yield await call('read', what, async () => item);
  }

  const part = <T>(items: readonly T[]): readonly T[] => items.slice(0, conditions.part?.(items.length) ?? 0);
  const rowStore = <S extends RowStore>(store: S, generation: number): RowStore => ({
    append: (versions) =>
      call(
        'append',
        `append to generation ${generation}`,
        () => store.append(versions),
        () => store.append(part(versions)),
      ),
    range: (partition, range) => each(`range ${partition}`, store.range(partition, range)),
    scan: (after) => call('read', `scan ${generation}`, () => store.scan(after)),
  });
  return {
    calls: () => number,
    table: (table) => ({
      get: (partition, sort) => call('read', `get ${partition}`, () => table.get(partition, sort)),
      compareAndPut: (item, version) =>
        call('write', `compareAndPut ${item.partition}`, () => table.compareAndPut(item, version)),
      batchPut: (items) =>
        call(
          'many',
          'batchPut',
          () => table.batchPut(items),
          () => table.batchPut(part(items)),
        ),
      batchDelete: (keys) =>
        call(
          'many',
          'batchDelete',
          () => table.batchDelete(keys),
          () => table.batchDelete(part(keys)),
        ),
      range: (partition, range) => each(`range ${partition}`, table.range(partition, range)),
    }),
    blobs: (blobs) => ({
      get: (key) => call('read', `get ${key}`, () => blobs.get(key)),
      create: (key, bytes) => call('write', `create ${key}`, () => blobs.create(key, bytes)),
      replace: (key, bytes, etag) => call('write', `replace ${key}`, () => blobs.replace(key, bytes, etag)),
    }),
    identity: (identity) => ({
      ...identity,
      signers: identity.signers.map((signer) => ({
        ...signer,
        sign: (message) => call('read', 'sign', () => signer.sign(message)),
      })),
    }),
    rows: (stores) => ({
      open: (generation) => rowStore(stores.open(generation), generation),
      build: async (generation) => {
        const store = await call('write', `build ${generation}`, () => stores.build(generation));
        return {
          ...rowStore(store, generation),
          resume: (next) => call('write', `resume ${generation}`, () => store.resume(next)),
          complete: () => call('write', `complete ${generation}`, () => store.complete()),
        };
      },
      drop: (generation) => call('write', `drop ${generation}`, () => stores.drop(generation)),
      list: () => call('read', 'list', () => stores.list()),
    }),
    store: (store) => ({
      append: (commit) => call('write', `append ${commit.stream}`, () => store.append(commit)),
      get: (stream, revision) => call('read', `get ${stream}`, () => store.get(stream, revision)),
      read: (stream, after) => each(`read ${stream}`, store.read(stream, after)),
    }),
  };
}

/** Returns the injected fault with which `run` rejects; undefined if it resolves. @throws any other error of `run`. */
export async function faultOf(run: Promise<unknown>): Promise<Crash | CallFailed | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof Crash || error instanceof CallFailed) return error;
    throw error;
  }
}
