// The contract of every writing call behind proxies that let requests fail: an acknowledged write is stored once, and a
// client recognizes its own write after a lost answer.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../support/servers/dynalite.ts';
import { faults, type Fault } from '../support/servers/fault-proxy.ts';
import { startFaultyStores, type FaultyStores, type Stores } from '../support/stores/faulty-stores.ts';
import { seeded } from '../support/seeded.ts';
import { bytes, commitOf, isOwn, many, text, writes } from '../support/stores/writes.ts';

/** The time limit of a request, which faults without an answer use up. */
const REQUEST_MS = 2_500;

/** Runs `count` concurrent writers. Each of them writes until `each` writes are acknowledged. */
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
/** Calls like a client that received no answer: the caller checks the result and repeats the call. */
const attempt = async <T>(call: () => Promise<T>): Promise<T | undefined> => call().catch(() => undefined);
const insist = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    const done = await attempt(async () => [await call()] as const);
    if (done) return done[0];
  }
};

export function faultContract(name: string, start: () => Promise<Emulator>): void {
  describe(`through a proxy before ${name}`, () => {
    let faulty: FaultyStores;
    /** The stores without a proxy. */
    let direct: Stores;
    beforeAll(async () => {
      faulty = await startFaultyStores(REQUEST_MS, start);
      ({ direct } = faulty);
    });
    afterAll(() => faulty.close());

    describe('a write whose first request fails in any way is done once and acknowledged', () => {
      const left = new Map<string, Fault>();
      beforeAll(() => {
        faulty.plan(({ operation, body }) => {
          const name = [...left.keys()].find((each) => operation.includes(each) || body.includes(each));
          const fault = name === undefined ? undefined : left.get(name);
          if (name !== undefined) left.delete(name);
          return fault;
        });
      });

      test.concurrent.each(Object.entries(writes))(
        '%s',
        async (_, { before, write, answer, there, expected }) => {
          const cases = faults.map((fault) => ({ fault, name: `meeting-${randomUUID()}` }));
          const answers = await Promise.all(
            cases.map(async ({ fault, name }) => {
              await before?.(name, direct);
              left.set(name, fault);
              return { fault, answer: await write(name, faulty.connect(), direct) };
            }),
          );
          expect(answers).toEqual(faults.map((fault) => ({ fault, answer })));
          expect(cases.filter(({ name }) => left.has(name))).toEqual([]);
          // Delayed requests have taken effect by then, and changed nothing.
          await faulty.settled();
          for (const { fault, name } of cases)
            expect({ fault, there: await there(name, direct) }).toEqual({ fault, there: expected });
        },
      );
    });

    describe.each([1, 2])('if a fifth of all requests fails (seed %i)', (seed) => {
      beforeAll(() => {
        const random = seeded(seed);
        faulty.plan(() => (random.chance(0.2) ? random.pick(faults) : undefined));
      });

      test.concurrent('acknowledged commits are stored once, in streams without gaps', async () => {
        const through = faulty.connect();
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
        await faulty.settled();
        const stored: string[] = [];
        for (const writer of [0, 1, 2, 3]) {
          const commits = await Array.fromAsync(direct.store.read(streamOf(writer)));
          expect(commits.map(({ revision }) => revision)).toEqual(commits.map((_, index) => index + 1));
          stored.push(...commits.map(({ events: [event] }) => JSON.parse(text(event) ?? '') as string));
        }
        expect(stored.sort()).toEqual(ids);
      });

      test.concurrent('an item that many writers change loses no write and applies each write once', async () => {
        const through = faulty.connect();
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
        await faulty.settled();
        const item = await direct.table.get(partition, 'head');
        expect(item).toMatchObject({ version: ids.length });
        expect([...((item?.body ?? []) as string[])].sort()).toEqual(ids);
      });

      test.concurrent('an object that many writers replace loses no write and applies each write once', async () => {
        const through = faulty.connect();
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
        await faulty.settled();
        const blob = await direct.blobs.get(key);
        expect((JSON.parse(text(blob?.bytes) ?? '') as string[]).toSorted()).toEqual(ids);
      });

      test.concurrent('items that are written and deleted in batches are stored and absent', async () => {
        const through = faulty.connect();
        const run = randomUUID();
        const partitions = Array.from({ length: 4 }, (_, n) => `${run}/${n}`);
        await Promise.all(
          partitions.map(async (partition) => {
            await insist(() => through.table.batchPut(many(partition)));
            // Late puts must not take effect after the following deletes.
            await faulty.settled();
            await insist(() => through.table.batchDelete(many(partition).slice(7)));
          }),
        );
        await faulty.settled();
        for (const partition of partitions)
          expect(await Array.fromAsync(direct.table.range(partition))).toHaveLength(7);
      });

      test.concurrent('created objects are stored completely', async () => {
        const through = faulty.connect();
        const run = randomUUID();
        const keys = Array.from({ length: 24 }, (_, n) => `${run}/${n}`);
        const answers = await Promise.all(
          keys.map((key) => insist(() => through.blobs.create(key, bytes(key)))),
        );
        expect(answers).not.toContain('different');
        await faulty.settled();
        for (const key of keys) expect(text((await direct.blobs.get(key))?.bytes)).toBe(JSON.stringify(key));
      });
    });
  });
}
