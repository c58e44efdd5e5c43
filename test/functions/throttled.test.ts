// The bundled projector while DynamoDB throttles the rows of one view: the handler fails, the same process is invoked
// again, and the rows are those of an undisturbed fold.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../adapters/s3/blob-store.ts';
import { s3Client } from '../../adapters/s3/client.ts';
import { shardPartitions } from '../../domain/generation.ts';
import type { Item, Table } from '../../domain/ports.ts';
import { catchUp } from '../../domain/project.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import { readPlace } from '../../events/envelope.ts';
import { deploy, type Deployed } from '../support/deployed.ts';
import { emulated } from '../support/dynalite.ts';
import { whyNoDynamodbLocal } from '../support/dynamodb-local.ts';
import { memoryTable } from '../support/memory-table.ts';
import { apart, linesOf } from '../support/projected.ts';
import { randomHistory } from '../support/random-history.ts';

/** `CHANCERY_TEST_ROUNDS=50` runs fifty; each takes some seconds, in which the SDK gives up. */
const ROUNDS = Number(process.env['CHANCERY_TEST_ROUNDS'] ?? 2);
/** Events of a round before the throttling, and while it lasts. */
const BEFORE = 150;
const MEANWHILE = 20;

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`The projector is not tested under throttling: ${why}`);

describe.skipIf(why !== undefined)('a projector whose writes of one view are throttled', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy();
  }, 600_000);
  afterAll(() => deployed?.close());

  const entries = randomHistory(1, ROUNDS * (BEFORE + MEANWHILE) + 10);
  let appended = 0;
  const revisions = new Map<string, number>();

  /** Records the next events of the history, and lets the sequencer publish them. */
  async function publish(events: number): Promise<void> {
    const store = dynamodbEventStore(deployed.dynamodb.client, deployed.dynamodb.tables.events);
    const streams = new Set<string>();
    for (const bytes of entries.slice(appended, appended + events)) {
      const { subject: stream } = readPlace(bytes);
      const revision = (revisions.get(stream) ?? 0) + 1;
      revisions.set(stream, revision);
      await store.append({ stream, revision, events: [bytes] });
      streams.add(stream);
    }
    appended += events;
    const records = [...streams].map((stream, index) => ({
      eventName: 'INSERT',
      dynamodb: { Keys: { stream: { S: stream }, revision: { N: '1' } }, SequenceNumber: String(index) },
    }));
    await deployed.sequencer.invoke({ Records: records });
  }

  async function rowsIn(table: Table, { name: view }: View): Promise<Item[]> {
    const items: Item[] = [];
    for (const part of ['live', 'past'] as const)
      for (const partition of shardPartitions({ view, number: 1 }, part))
        for await (const { version: _, ...item } of table.range(partition)) items.push(item);
    return items;
  }

  /** Rows that differ from those of a fold in memory of the same log. */
  async function drift(view: View): Promise<number> {
    const { client, tables } = deployed.dynamodb;
    const s3 = s3Client({ endpoint: deployed.s3, forcePathStyle: true, ...emulated });
    const undisturbed = memoryTable();
    const stores = {
      state: dynamodbTable(client, tables.state),
      store: dynamodbEventStore(client, tables.events),
      log: s3BlobStore(s3, { bucket: 'test-log' }),
    };
    expect(await catchUp({ ...stores, views: undisturbed }, view)).toBeUndefined();
    s3.destroy();
    const linesIn = async (table: Table) => linesOf(apart(await rowsIn(table, view))).split('\n');
    const actual = await linesIn(dynamodbTable(client, tables.views));
    const expected = await linesIn(undisturbed);
    expect(expected.length).toBeGreaterThan(10);
    const lacks = (lines: string[], others: string[]) => {
      const known = new Set(others);
      return lines.filter((line) => !known.has(line)).length;
    };
    return lacks(actual, expected) + lacks(expected, actual) + Math.abs(actual.length - expected.length);
  }

  test(
    `leaves the rows of an undisturbed fold when it is invoked again, in ${ROUNDS} of ${ROUNDS} rounds`,
    async () => {
      const drifted: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const view = views[round % views.length] as View;
        await publish(BEFORE);
        let refused = 0;
        let begun: () => void = () => {};
        const throttled = new Promise<void>((resolve) => (begun = resolve));
        deployed.faults.set('projector', ({ operation, body }) => {
          if (operation !== 'BatchWriteItem' || !body.includes(`"${view.name}~1/live/`)) return undefined;
          refused++;
          begun();
          return 'throttle';
        });
        const failing = deployed.projector.invoke({ Records: [] });
        failing.catch(() => {});
        await throttled;
        // The next invocation folds more events than the one that fails, so late writes of the latter would lose history.
        await publish(MEANWHILE);
        await expect(failing).rejects.toThrow('not every view');
        deployed.faults.delete('projector');
        await deployed.projector.invoke({ Records: [] });
        // What the first invocation left behind would be sent now.
        await setTimeout(LATE_MS);
        drifted.push(await drift(view));
        console.log(
          `round ${round + 1}: ${view.name}, ${refused} requests refused, ${drifted.at(-1)} rows differ`,
        );
      }
      expect(drifted).toEqual(drifted.map(() => 0));
    },
    ROUNDS * 120_000,
  );

  test('sends nothing past its deadline', async () => {
    await publish(10);
    // Half a second is left for batches to begin; the deadline of writes is twenty seconds later.
    const projector = await deployed.start('projector', { FUNCTION_MS: '30500' });
    const tries = new Map<string, number>();
    let after = 0;
    let over = false;
    deployed.faults.set('projector', ({ operation, body }) => {
      if (operation !== 'BatchWriteItem') return undefined;
      if (over) after++;
      const text = body.toString();
      tries.set(text, (tries.get(text) ?? 0) + 1);
      return 'stall';
    });
    await expect(projector.invoke({ Records: [] })).rejects.toThrow('not every view');
    over = true;
    await setTimeout(LATE_MS);
    deployed.faults.delete('projector');
    await projector.stop();
    // The SDK tries six times where nothing aborts it, each for five seconds.
    expect(Math.max(...tries.values())).toBeLessThan(6);
    expect(after).toBe(0);
    await deployed.projector.invoke({ Records: [] });
    for (const view of views) expect(await drift(view), view.name).toBe(0);
  });
});

/** The SDK waits no longer than this before it sends a throttled request once more. */
const LATE_MS = 5_000;
