// Every call of the ports that writes: how to make it, what it answers, and what then stands there. For suites that let
// its requests fail.
import type { Commit } from '../../../domain/ports.ts';
import type { Stores } from './faulty-stores.ts';

export const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
export const text = (of: Uint8Array | undefined): string | undefined => of && Buffer.from(of).toString();
export const commitOf = (stream: string, revision: number, id: unknown): Commit => ({
  stream,
  revision,
  events: [bytes(id)],
});
export const isOwn = (standing: Commit | undefined, commit: Commit): boolean =>
  standing === undefined || text(standing.events[0]) === text(commit.events[0]);
export const many = (partition: string) =>
  Array.from({ length: 60 }, (_, n) => ({ partition, sort: String(n).padStart(2, '0'), body: n }));

export interface Write {
  /** Of something that no other write touches. */
  readonly before?: (name: string, direct: Stores) => Promise<unknown>;
  readonly write: (name: string, through: Stores, direct: Stores) => Promise<unknown>;
  readonly answer: unknown;
  /** Reads the stored state after the call. */
  readonly there: (name: string, direct: Stores) => Promise<unknown>;
  readonly expected: unknown;
}

const head = (partition: string) => ({ partition, sort: 'head' });
export const writes: Readonly<Record<string, Write>> = {
  'append of an event store': {
    write: async (name, through) =>
      isOwn(await through.store.append(commitOf(name, 1, 'ours')), commitOf(name, 1, 'ours')),
    answer: true,
    there: async (name, direct) =>
      (await Array.fromAsync(direct.store.read(name))).map(({ events }) => events.map(text)),
    expected: [['"ours"']],
  },
  'compareAndPut of a table, where nothing is': {
    write: (name, through) => through.table.compareAndPut({ ...head(name), body: 'ours' }, 0),
    answer: true,
    there: async (name, direct) => [
      (await direct.table.get(name, 'head'))?.body,
      (await direct.table.get(name, 'head'))?.version,
    ],
    expected: ['ours', 1],
  },
  'compareAndPut of a table, over a version': {
    before: (name, direct) => direct.table.compareAndPut({ ...head(name), body: 'old' }, 0),
    write: (name, through) => through.table.compareAndPut({ ...head(name), body: 'ours' }, 1),
    answer: true,
    there: async (name, direct) => [
      (await direct.table.get(name, 'head'))?.body,
      (await direct.table.get(name, 'head'))?.version,
    ],
    expected: ['ours', 2],
  },
  'batchPut of a table': {
    write: (name, through) => through.table.batchPut(many(name)),
    answer: undefined,
    there: async (name, direct) => (await Array.fromAsync(direct.table.range(name))).map(({ body }) => body),
    expected: many('').map(({ body }) => body),
  },
  'batchDelete of a table': {
    before: (name, direct) => direct.table.batchPut(many(name)),
    write: (name, through) => through.table.batchDelete(many(name).slice(1)),
    answer: undefined,
    there: async (name, direct) => (await Array.fromAsync(direct.table.range(name))).map(({ body }) => body),
    expected: [0],
  },
  'create of a blob store': {
    write: (name, through) => through.blobs.create(name, bytes('ours')),
    answer: 'created',
    there: async (name, direct) => text((await direct.blobs.get(name))?.bytes),
    expected: '"ours"',
  },
  'replace of a blob store, where nothing is': {
    write: (name, through) => through.blobs.replace(name, bytes('ours'), undefined),
    answer: true,
    there: async (name, direct) => text((await direct.blobs.get(name))?.bytes),
    expected: '"ours"',
  },
  'replace of a blob store, over an ETag': {
    before: (name, direct) => direct.blobs.create(name, bytes('old')),
    write: async (name, through, direct) =>
      through.blobs.replace(name, bytes('ours'), (await direct.blobs.get(name))?.etag),
    answer: true,
    there: async (name, direct) => text((await direct.blobs.get(name))?.bytes),
    expected: '"ours"',
  },
};
