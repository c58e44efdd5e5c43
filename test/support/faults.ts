// Makes calls of stores fail as they fail in the world: not persisted; persisted, but the answer lost; landing late,
// after the caller gave up; in part, where a call is no transaction; or with the whole process gone, at any await.
import { setImmediate } from 'node:timers/promises';
import type { LogIdentity } from '../../domain/log/log-identity.ts';
import type { BlobStore, EventStore, Table } from '../../domain/ports.ts';
import type { RowStore, RowStores } from '../../domain/projections/rows/row-store.ts';

/** The end of a process: nothing that it calls comes through any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** One call failed, as its caller sees it; what became of it, the caller can't know. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

export const fates = {
  /** Of any call. `crash` comes before it had an effect, `crash-after` once it had. */
  read: ['pass', 'fail', 'crash', 'crash-after'],
  write: ['pass', 'fail', 'lose', 'late', 'crash', 'crash-after'],
  /** Of a write of many that is no transaction: some of it is written. */
  many: ['pass', 'fail', 'lose', 'part', 'crash', 'crash-part', 'crash-after'],
  /** Of rows that are appended: some of them are written, or they land late. */
  append: ['pass', 'fail', 'lose', 'late', 'part', 'crash', 'crash-part', 'crash-after'],
} as const;

export type Kind = keyof typeof fates;
export type Fate = (typeof fates)[Kind][number];

export interface Call {
  /** From 1, counted over all of a process's stores. */
  readonly number: number;
  readonly kind: Kind;
  readonly what: string;
}

export interface Conditions {
  /** What becomes of a call. */
  readonly fate: (call: Call) => Fate;
  /** Which of so many are written where a write of many breaks off: the first ones by number. */
  readonly part?: (of: number) => number;
  /** How many turns an answer takes, drawn before and after each call: orders calls that are under way at once. */
  readonly turns?: () => number;
  /** Sees the world after each call, whatever became of it. */
  readonly observe?: () => Promise<void>;
}

/** Conditions under which the write of this number meets this fate, if a write of its kind can; and how many there were. */
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

/** What is under way and belongs to no process any more. */
export interface Late {
  readonly hold: (write: () => Promise<unknown>) => void;
  /** Lets all that is under way land; a write that is refused now is no matter. */
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
  /** Calls so far. */
  readonly calls: () => number;
  readonly table: (table: Table) => Table;
  readonly blobs: (blobs: BlobStore) => BlobStore;
  readonly store: (store: EventStore) => EventStore;
  readonly rows: (stores: RowStores) => RowStores;
  /** Its keys answer, or they don't. */
  readonly identity: (identity: LogIdentity) => LogIdentity;
}

/** One process under these conditions; the stores that it is given may be shared with others. */
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
    if (!(fates[kind] as readonly Fate[]).includes(fate)) throw new Error(`${what} cannot ${fate}`);
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

  const part = <T>(of: readonly T[]): readonly T[] => of.slice(0, conditions.part?.(of.length) ?? 0);
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
        call('write', `putIf ${item.partition}`, () => table.compareAndPut(item, version)),
      batchPut: (items) =>
        call(
          'many',
          'putAll',
          () => table.batchPut(items),
          () => table.batchPut(part(items)),
        ),
      batchDelete: (keys) =>
        call(
          'many',
          'removeAll',
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

/** What `run` rejected with where that was a fault of this file's making, or undefined; anything else is thrown on. */
export async function faultOf(run: Promise<unknown>): Promise<Crash | CallFailed | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof Crash || error instanceof CallFailed) return error;
    throw error;
  }
}
