// Tests concurrent sequencers on DynamoDB Local and the S3 test server, each with its own clients, while commits arrive.
// Hints are repeated, unordered or lost.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbSweep } from '../../adapters/dynamodb/sweep.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { createTables, tableNames, type TableNames } from '../../adapters/dynamodb/tables.ts';
import { s3BlobStore } from '../../adapters/s3/blob-store.ts';
import { s3Client } from '../../adapters/s3/s3-client.ts';
import { readHead } from '../../domain/log/head.ts';
import { sequencedRevision, positionOf } from '../../domain/log/positions.ts';
import { sequence, type Sequencer } from '../../domain/log/sequencer.ts';
import { verifyLog } from '../../domain/log/verify/verify-log.ts';
import { emulated, type Emulator } from '../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../support/servers/dynamodb-local.ts';
import { realIdentity } from '../support/logs/identity.ts';
import { startS3Server, type S3Server } from '../support/servers/s3-server.ts';
import { seeded, type Seeded } from '../support/seeded.ts';
import { eventOf } from '../support/logs/signed-log.ts';

// The test takes as long as it needs, regardless of the machine's speed.
vi.setConfig({ testTimeout: 900_000 });

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`Sequencers at once are not tested on DynamoDB Local: ${why}`);

const STREAMS = 50;
const REVISIONS = 200;
/** The number of streams without any hint. */
const FORGOTTEN = 5;
const WRITERS = 16;
/** The number of hints for which a sequencer waits while more may come. */
const WINDOW = 600;

const nameOf = (stream: number): string => `meeting-${stream}`;
const failing = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error });
};

/** Returns every stream once for each of its commits, in an order that the seed decides. */
function shuffled(random: Seeded): number[] {
  const all = Array.from({ length: STREAMS * REVISIONS }, (_, index) => index % STREAMS);
  for (let at = all.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [all[at], all[other]] = [all[other] ?? 0, all[at] ?? 0];
  }
  return all;
}

describe.skipIf(why !== undefined)('concurrent sequencers on DynamoDB Local', () => {
  let dynamodb: Emulator;
  let s3: S3Server;
  beforeAll(async () => {
    [dynamodb, s3] = await Promise.all([startDynamodbLocal(), startS3Server()]);
  });
  afterAll(() => Promise.all([dynamodb?.close(), s3?.close()]));

  function opened(tables: TableNames): Sequencer & { readonly close: () => void } {
    const client = dynamodbClient({ endpoint: dynamodb.endpoint, ...emulated });
    const objects = s3Client({ endpoint: s3.endpoint, forcePathStyle: true, ...emulated });
    return {
      store: dynamodbEventStore(client, tables.events),
      state: dynamodbTable(client, tables.state),
      log: s3BlobStore(objects, { bucket: `${tables.events}-log` }),
      identity: realIdentity,
      alarm: failing,
      close: () => {
        client.destroy();
        objects.destroy();
      },
    };
  }

  test.each([2, 4])(
    '%i concurrent sequencers put 10,000 commits into one order, each once, and the sweep finds streams without hints',
    async (count) => {
      const tables = tableNames(`at-once-${count}-`);
      await createTables(dynamodb.client, tables);
      const random = seeded(count);
      const queues: string[][] = Array.from({ length: count }, () => []);
      const writer = opened(tables);
      const sequencers = queues.map(() => opened(tables));
      try {
        const writing = { done: false };
        const written = write(writer, random, queues).finally(() => (writing.done = true));
        const sequenced = sequencers.map(async (each, index) => {
          const queue = queues[index] ?? [];
          while (!writing.done || queue.length > 0) {
            // A sequencer starts after enough hints, or with the remaining ones.
            if (!writing.done && queue.length < WINDOW) await setTimeout(20);
            // The last hints are used first.
            else await sequence(each, queue.splice(-2 * WINDOW).toReversed());
          }
        });
        await Promise.all([written, ...sequenced]);
        const before = await readHead(writer.state);
        expect(before.size).toBeGreaterThan(0);
        expect(before.size).toBeLessThan(STREAMS * REVISIONS);
        const named = await sweep(tables, sequencers[0] ?? writer);
        for (let stream = 0; stream < FORGOTTEN; stream++) expect(named).toContain(nameOf(stream));
        await expectWhole(writer);
      } finally {
        for (const each of [writer, ...sequencers]) each.close();
      }
    },
  );

  /** Appends every commit, many concurrently and each stream in order, and gives some hints. */
  async function write({ store }: Sequencer, random: Seeded, queues: readonly string[][]): Promise<void> {
    const order = shuffled(random);
    const revisions = new Map<number, number>();
    const busy = new Set<number>();
    const hint = (stream: number): void => {
      if (random.chance(0.2) || stream < FORGOTTEN) return;
      for (let times = random.chance(0.2) ? 2 : 1; times > 0; times--) {
        const queue = random.pick(queues);
        queue.splice(random.below(queue.length + 1), 0, nameOf(stream));
      }
    };
    const one = async (): Promise<void> => {
      while (order.length > 0) {
        const at = order.findLastIndex((stream) => !busy.has(stream));
        const [stream = 0] = order.splice(at, 1);
        const revision = (revisions.get(stream) ?? 0) + 1;
        revisions.set(stream, revision);
        busy.add(stream);
        const events = [eventOf(nameOf(stream), revision)];
        // If the client repeated a put after a lost answer, the existing commit is its own.
        const standing = await store.append({ stream: nameOf(stream), revision, events });
        for (const each of standing?.events ?? []) expect(Buffer.compare(each, events[0] ?? each)).toBe(0);
        busy.delete(stream);
        hint(stream);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, one));
  }

  async function sweep({ events, state }: TableNames, sequencer: Sequencer): Promise<Set<string>> {
    const step = dynamodbSweep(dynamodb.client, { events, state });
    const named = new Set<string>();
    for (let from: string | undefined; ;) {
      const { streams, next } = await step(from);
      for (const stream of streams) named.add(stream);
      await sequence(sequencer, streams);
      if (next === undefined) return named;
      from = next;
    }
  }

  async function expectWhole({ state, log }: Sequencer): Promise<void> {
    const total = STREAMS * REVISIONS;
    const { version: _, root, time, ...head } = await readHead(state);
    expect(head).toEqual({ size: total, published: total });
    const at = new Map<string, number>();
    const verdict = await verifyLog(async (path) => (await log.get(path))?.bytes, {
      verifiers: realIdentity.verifiers,
      entry: (position, bytes) => {
        const { id } = JSON.parse(Buffer.from(bytes).toString()) as { id: string };
        at.set(id, position);
      },
    });
    // Every event is there once, positions are dense, and each stream is in order.
    expect(verdict).toMatchObject({ findings: [], faults: 0, streams: STREAMS });
    expect(verdict.checkpoint).toMatchObject({ size: total });
    expect(at.size).toBe(total);
    for (let stream = 0; stream < STREAMS; stream += 7) {
      expect(await sequencedRevision(state, nameOf(stream))).toBe(REVISIONS);
      for (let revision = 1; revision <= REVISIONS; revision++)
        expect(await positionOf(state, nameOf(stream), revision)).toBe(
          at.get(`${nameOf(stream)}_${revision}-1`),
        );
    }
  }
});
