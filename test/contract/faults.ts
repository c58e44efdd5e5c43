// Runs every write through proxies that make requests fail in realistic ways. Acknowledged writes are stored once, and a
// writer recognizes its own write if the answer was lost.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../support/servers/dynalite.ts';
import { faults, type Fault } from '../support/servers/fault-proxy.ts';
import { startFaultyStores, type FaultyStores, type Stores } from '../support/stores/faulty-stores.ts';
import { seeded } from '../support/seeded.ts';
import { bytes, commitOf, isOwn, many, text, writes } from '../support/stores/writes.ts';

/** Time-out of a request. Faults without an answer take this long. */
const REQUEST_MS = 2_500;

/** Runs `count` concurrent writers. Each makes `each` writes. Returns the ids of all writes, sorted. */
const writers = async (count: number, each: number, write: (writer: number, id: string) => Promise<void>) => {
  const ids: string[] = [];
  const writer = async (_: unknown, number: number) => {
    for (let n = 0; n < each; n++) {
      const id = `${number}-${n}`;
      await write(number, id);
      ids.push(id);
    }
  };
  await Promise.all(Array.from({ length: count }, writer));
  return ids.sort();
};
/** Returns undefined if the call fails. */
const attempt = async <T>(call: () => Promise<T>): Promise<T | undefined> => call().catch(() => undefined);
/** Repeats a call until it succeeds. */
const insist = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    const done = await attempt(async () => [await call()] as const);
    if (done) return done[0];
  }
};

export function faultContract(name: string, start: () => Promise<Emulator>): void {
  describe(`through a proxy before ${name}`, () => {
    let world: FaultyStores;
    /** The stores without faults. */
    let direct: Stores;
    beforeAll(async () => {
      world = await startFaultyStores(REQUEST_MS, start);
      ({ direct } = world);
    });
    afterAll(() => world.close());

    describe('a write whose first request fails', () => {
      const left = new Map<string, Fault>();
      beforeAll(() => {
        world.plan(({ operation, body }) => {
          const name = [...left.keys()].find((each) => operation.includes(each) || body.includes(each));
          const fault = name === undefined ? undefined : left.get(name);
          if (name !== undefined) left.delete(name);
          return fault;
        });
      });

      test.concurrent.each(Object.entries(writes))(
        '"%s" is applied once and acknowledged, for each fault of its first request',
        async (_, { before, write, answer, there, expected }) => {
          const cases = faults.map((fault) => ({ fault, name: `meeting-${randomUUID()}` }));
          const answers = await Promise.all(
            cases.map(async ({ fault, name }) => {
              await before?.(name, direct);
              left.set(name, fault);
              return { fault, answer: await write(name, world.connect(), direct) };
            }),
          );
          expect(answers).toEqual(faults.map((fault) => ({ fault, answer })));
          expect(cases.filter(({ name }) => left.has(name))).toEqual([]);
          // Requests that were delayed until the client gave up have arrived by then, and changed nothing.
          await world.settled();
          for (const { fault, name } of cases)
            expect({ fault, there: await there(name, direct) }).toEqual({ fault, there: expected });
        },
      );
    });

    describe.each([1, 2])('if a fifth of all requests fails (seed %i)', (seed) => {
      beforeAll(() => {
        const random = seeded(seed);
        world.plan(() => (random.chance(0.2) ? random.pick(faults) : undefined));
      });

      test.concurrent('acknowledged commits are stored once, in streams without gaps', async () => {
        const through = world.connect();
        const run = randomUUID();
        const streamOf = (writer: number) => `meeting-${run}-${writer % 4}`;
        const ids = await writers(8, 4, async (writer, id) => {
          const stream = streamOf(writer);
          for (let done = false; !done;) {
            const commits = await insist(() => Array.fromAsync(through.store.read(stream)));
            done = commits.some(({ events: [event] }) => text(event) === JSON.stringify(id));
            if (done) continue;
            const commit = commitOf(stream, commits.length + 1, id);
            done = (await attempt(async () => isOwn(await through.store.append(commit), commit))) ?? false;
          }
        });
        await world.settled();
        const stored: string[] = [];
        for (const writer of [0, 1, 2, 3]) {
          const commits = await Array.fromAsync(direct.store.read(streamOf(writer)));
          expect(commits.map(({ revision }) => revision)).toEqual(commits.map((_, index) => index + 1));
          stored.push(...commits.map(({ events: [event] }) => JSON.parse(text(event) ?? '') as string));
        }
        expect(stored.sort()).toEqual(ids);
      });

      test.concurrent('an item with concurrent writers has each write exactly once', async () => {
        const through = world.connect();
        const partition = randomUUID();
        const ids = await writers(4, 4, async (_, id) => {
          for (let done = false; !done;) {
            const item = await insist(() => through.table.get(partition, 'head'));
            const written = (item?.body ?? []) as string[];
            done = written.includes(id);
            if (done) continue;
            const next = { partition, sort: 'head', body: [...written, id] };
            done = (await attempt(() => through.table.compareAndPut(next, item?.version ?? 0))) ?? false;
          }
        });
        await world.settled();
        const item = await direct.table.get(partition, 'head');
        expect(item).toMatchObject({ version: ids.length });
        expect([...((item?.body ?? []) as string[])].sort()).toEqual(ids);
      });

      test.concurrent('an object with concurrent writers has each write exactly once', async () => {
        const through = world.connect();
        const key = randomUUID();
        const ids = await writers(4, 4, async (_, id) => {
          for (let done = false; !done;) {
            const blob = await insist(() => through.blobs.get(key));
            const written = JSON.parse(text(blob?.bytes) ?? '[]') as string[];
            done = written.includes(id);
            if (done) continue;
            const next = bytes([...written, id]);
            done = (await attempt(() => through.blobs.replace(key, next, blob?.etag))) ?? false;
          }
        });
        await world.settled();
        const blob = await direct.blobs.get(key);
        expect((JSON.parse(text(blob?.bytes) ?? '') as string[]).toSorted()).toEqual(ids);
      });

      test.concurrent('batches of items are written and deleted as acknowledged', async () => {
        const through = world.connect();
        const run = randomUUID();
        const partitions = Array.from({ length: 4 }, (_, n) => `${run}/${n}`);
        await Promise.all(
          partitions.map(async (partition) => {
            await insist(() => through.table.batchPut(many(partition)));
            // A late put must not arrive after the deletes.
            await world.settled();
            await insist(() => through.table.batchDelete(many(partition).slice(7)));
          }),
        );
        await world.settled();
        for (const partition of partitions)
          expect(await Array.fromAsync(direct.table.range(partition))).toHaveLength(7);
      });

      test.concurrent('created objects are stored whole', async () => {
        const through = world.connect();
        const run = randomUUID();
        const keys = Array.from({ length: 24 }, (_, n) => `${run}/${n}`);
        const answers = await Promise.all(
          keys.map((key) => insist(() => through.blobs.create(key, bytes(key)))),
        );
        expect(answers).not.toContain('different');
        await world.settled();
        for (const key of keys) expect(text((await direct.blobs.get(key))?.bytes)).toBe(JSON.stringify(key));
      });
    });
  });
}
