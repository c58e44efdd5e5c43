// Tests the costs of read models on DynamoDB in billed units, as AWS's emulator counts them.
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { history } from '../../support/history/generate.ts';
import { writeHistory } from '../../support/history/write.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { tableDefinition } from '../../../adapters/dynamodb/table-lifecycle.ts';
import { readHead, swapHead } from '../../../domain/log/head.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { readRebuild } from '../../../domain/projections/rebuild/rebuild-record.ts';
import { startRebuild } from '../../../domain/projections/rebuild/requests.ts';
import { reconciler, type Reconciler } from '../../../domain/projections/rebuild/reconciler.ts';
import { WINDOW_POSITIONS } from '../../../domain/projections/rows/sums.ts';
import { openReadings } from '../../../domain/queries/open-readings.ts';
import { listTimeline, timelineViews } from '../../../domain/queries/timeline/timeline-list.ts';
import type { Emulator } from '../../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../../support/servers/dynamodb-local.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';
import { memoryStore } from '../../support/stores/memory-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { meteredClient, unitsOf, type Metered } from '../../support/stores/meter.ts';

const missing = whyNoDynamodbLocal();
if (missing !== undefined) console.warn(`What read models cost on DynamoDB is not tested: ${missing}.`);

// The test writes tens of thousands of items and takes as long as it needs.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const BATCH = 100;
const BEFORE = WINDOW_POSITIONS;
const EVENTS = 2 * WINDOW_POSITIONS;
const CATALOG = 'costs-read-models';

const inMemory = { store: memoryStore(), state: memoryTable(), log: memoryBlobs() };

describe.skipIf(missing !== undefined)('read models on DynamoDB', () => {
  let emulator: Emulator;
  let metered: Metered;
  let of: Reconciler;
  beforeAll(async () => {
    emulator = await startDynamodbLocal();
    metered = meteredClient(emulator.endpoint);
    const shape = tableDefinition(CATALOG, ['partition', 'S'], ['sort', 'S']);
    await emulator.client.send(new CreateTableCommand(shape));
    await waitUntilTableExists({ client: emulator.client, maxWaitTime: 60 }, { TableName: CATALOG });
    of = {
      ...inMemory,
      catalog: dynamodbTable(metered.client, CATALOG),
      rows: dynamodbRowStores(metered.client, { prefix: 'costs-rows-' }),
      clock: () => 0,
      rollbackRetentionMs: 0,
      removalDelayMs: 0,
      alarm: (what, error) => {
        throw new Error(what, { cause: error });
      },
    };
    await catchUp(of);
    await writeHistory(inMemory, history(1, EVENTS));
    await publish(BEFORE);
    await catchUp(of);
  });
  afterAll(async () => {
    metered?.client.destroy();
    await emulator?.close();
  });

  async function publish(size: number): Promise<void> {
    const { version, ...head } = await readHead(of.state);
    await swapHead(of.state, { ...head, size, published: size }, version);
  }

  test('a window of events in batches of 100 costs at most 13 write units an event', async () => {
    const { writes } = await unitsOf(metered, async () => {
      for (let size = BEFORE; size < EVENTS;) {
        size = Math.min(EVENTS, size + BATCH);
        await publish(size);
        await catchUp(of);
      }
    });
    expect(writes / (EVENTS - BEFORE)).toBeGreaterThan(5);
    expect(writes / (EVENTS - BEFORE)).toBeLessThanOrEqual(13);
  });

  test('a scheduled rebuild without drift costs at most 0.01 write units and 1 read unit an event', async () => {
    const { reads, writes } = await unitsOf(metered, async () => {
      const { id } = await startRebuild(of, { by: 'schedule', reason: 'scheduled', checks: true });
      const tend = reconciler(of);
      while (await tend());
      expect(await readRebuild(of.catalog, id)).toMatchObject({ phase: 'unchanged' });
    });
    expect(writes / EVENTS).toBeLessThanOrEqual(0.01);
    expect(reads / EVENTS).toBeGreaterThan(0.1);
    expect(reads / EVENTS).toBeLessThanOrEqual(1);
  });

  test('a timeline page of 100 rows costs at most 45 read units in a process that has read before', async () => {
    const open = openReadings({ ...of, ...inMemory });
    const read = async () => listTimeline(await open(timelineViews), {}, { limit: 100 });
    await read();
    const { reads } = await unitsOf(metered, read);
    expect(reads).toBeGreaterThan(20);
    expect(reads).toBeLessThanOrEqual(45);
  });
});
