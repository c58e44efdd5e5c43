// Publishes a random history in steps with the deployed sequencer, and compares the rows with those of an undisturbed
// fold of the same log in memory.
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { inParallel } from '../../../adapters/dynamodb/parallel.ts';
import { versionsIn } from '../../../adapters/dynamodb/row-item.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import { s3Client } from '../../../adapters/s3/s3-client.ts';
import { readGenerations } from '../../../domain/projections/catalog.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { readEventHeader } from '../../../events/envelope.ts';
import { ROWS_PREFIX, type Deployed } from './deployed.ts';
import { emulated } from '../servers/dynalite.ts';
import { memoryRowStores } from '../stores/memory-row-store.ts';
import { memoryTable } from '../stores/memory-table.ts';
import { randomHistory } from './random-history.ts';

const APPENDS_AT_ONCE = 16;

export interface DeployedHistory {
  /** Returns the number of published events. */
  readonly size: () => number;
  /** Appends the next events, and runs the sequencer. */
  readonly publish: (events: number) => Promise<void>;
  /** Returns the number of the live generation. */
  readonly live: () => Promise<number>;
  /** Compares the live generation's table with the undisturbed fold: row versions that only one of them has. */
  readonly drift: () => Promise<{
    readonly rows: number;
    readonly extra: string[];
    readonly missing: string[];
  }>;
  readonly close: () => void;
}

/** Makes a history of this many events. The archive must be empty, so that the first generation becomes live. */
export async function deployedHistory(
  deployed: Deployed,
  seed: number,
  events: number,
): Promise<DeployedHistory> {
  const { client, tables } = deployed.dynamodb;
  const s3 = s3Client({ endpoint: deployed.s3, forcePathStyle: true, ...emulated });
  const store = dynamodbEventStore(client, tables.events);
  const undisturbed = {
    store,
    log: s3BlobStore(s3, { bucket: 'test-log' }),
    state: dynamodbTable(client, tables.state),
    catalog: memoryTable(),
    rows: memoryRowStores(),
  };
  const entries = randomHistory(seed, events);
  const revisions = new Map<string, number>();
  let size = 0;

  await deployed.projector.invoke({ Records: [] });
  await catchUp(undisturbed);

  async function record(stream: string, own: readonly Uint8Array[]): Promise<void> {
    for (const bytes of own) {
      const revision = (revisions.get(stream) ?? 0) + 1;
      revisions.set(stream, revision);
      await store.append({ stream, revision, events: [bytes] });
    }
  }

  const live = async (): Promise<number> =>
    (await readGenerations(dynamodbTable(client, tables.catalog))).live ?? 0;

  return {
    size: () => size,
    live,
    async publish(more) {
      const next = entries.slice(size, size + more);
      if (next.length < more)
        throw new Error(`the history has ${entries.length} events: no ${more} after ${size}`);
      const streams = Map.groupBy(next, (bytes) => readEventHeader(bytes).subject);
      await inParallel(APPENDS_AT_ONCE, [...streams], ([stream, own]) => record(stream, own));
      const Records = [...streams.keys()].map((stream, index) => ({
        eventName: 'INSERT',
        dynamodb: { Keys: { stream: { S: stream }, revision: { N: '1' } }, SequenceNumber: String(index) },
      }));
      await deployed.sequencer.invoke({ Records });
      size += more;
    },
    async drift() {
      const actual = new Set<string>();
      const pages = paginateScan({ client }, { TableName: `${ROWS_PREFIX}${await live()}` });
      for await (const { Items = [] } of pages)
        for (const { body, ...key } of Items.flatMap(versionsIn))
          actual.add(textOf({ ...key, body: body() }));
      await catchUp(undisturbed);
      const expected = new Set(undisturbed.rows.of(1).text().split('\n'));
      return {
        rows: expected.size,
        extra: [...actual].filter((line) => !expected.has(line)),
        missing: [...expected].filter((line) => !actual.has(line)),
      };
    },
    close: () => s3.destroy(),
  };
}

/** Formats a row version as the store in memory does. */
const textOf = ({
  partition,
  sort,
  position,
  body,
}: { [Key in keyof RowVersion]: RowVersion[Key] | undefined }): string =>
  JSON.stringify([partition, sort, position, body && JSON.stringify(body)]);
