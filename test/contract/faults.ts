// Every call that writes, through proxies that let requests fail as they do in the world: what is acknowledged is
// there once, a lost answer is known for our own, and nothing is doubled.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../support/servers/dynalite.ts';
import { faults, type Fault } from '../support/servers/fault-proxy.ts';
import { startFaultyStores, type FaultyStores, type Stores } from '../support/stores/faulty-stores.ts';
import { seeded } from '../support/seeded.ts';
import { bytes, commitOf, isOwn, many, text, writes } from '../support/stores/writes.ts';

/** The faults that give no answer take as long. */
const REQUEST_MS = 2_500;

/** So many writers at once, each of which writes until so many of its own are acknowledged. */
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
/** As a caller does who was told nothing: looks, and tries again. */
const attempt = async <T>(call: () => Promise<T>): Promise<T | undefined> => call().catch(() => undefined);
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

    describe('whatever becomes of its first request, it is done once and known to be', () => {
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
        '%s',
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
          // What was held back until the client gave up has landed by then, and changed nothing.
          await world.settled();
          for (const { fault, name } of cases)
            expect({ fault, there: await there(name, direct) }).toEqual({ fault, there: expected });
        },
      );
    });

    describe.each([1, 2])('where a fifth of all requests fails (seed %i)', (seed) => {
      beforeAll(() => {
        const random = seeded(seed);
        world.plan(() => (random.chance(0.2) ? random.pick(faults) : undefined));
      });

      test.concurrent('commits that are acknowledged are there once, in streams without gaps', async () => {
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

      test.concurrent('an item that many write to loses no write and doubles none', async () => {
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

      test.concurrent('an object that many replace loses no write and doubles none', async () => {
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

      test.concurrent('items written and removed in batches are there and gone', async () => {
        const through = world.connect();
        const run = randomUUID();
        const partitions = Array.from({ length: 4 }, (_, n) => `${run}/${n}`);
        await Promise.all(
          partitions.map(async (partition) => {
            await insist(() => through.table.batchPut(many(partition)));
            // What is late of the puts must not land upon what follows.
            await world.settled();
            await insist(() => through.table.batchDelete(many(partition).slice(7)));
          }),
        );
        await world.settled();
        for (const partition of partitions)
          expect(await Array.fromAsync(direct.table.range(partition))).toHaveLength(7);
      });

      test.concurrent('objects that are created are there, whole', async () => {
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
