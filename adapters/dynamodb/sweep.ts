// Finds streams whose hints were lost: a rolling scan of the events' keys, compared with the cursors, a bounded piece
// at a time. The backstop of the table's stream, which forgets after a day.
import {
  QueryCommand,
  ScanCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Sweep } from '../../domain/ports.ts';
import { revisionKey } from '../../domain/log/positions.ts';
import { inParallel } from './parallel.ts';

export interface SweepOptions {
  /**
   * Read units that one call may take, 200 if not given. A scan reads whole items whatever it asks for: 1 unit for
   * 4 KB, and half a unit for each stream looked up. Kept exactly where items have at most 4 KB on average; beyond
   * that, the page that passes it (1 MB, 256 units at most) is the last.
   */
  readonly units?: number;
  /** Told what each call took. */
  readonly consumed?: (units: number) => void;
}

const UNITS = 200;
/** One item of 4 KB, and the look-up of its stream. */
const UNITS_AN_ITEM = 1.5;
const LOOKUPS_AT_ONCE = 8;

/** Sweeps `events` for what the position items of `state` (partition `positions/<stream>`) don't reach. */
export function dynamodbSweep(
  client: DynamoDBClient,
  { events, state }: { readonly events: string; readonly state: string },
  { units = UNITS, consumed }: SweepOptions = {},
): Sweep {
  if (units < UNITS_AN_ITEM)
    throw new RangeError(`a sweep needs at least ${UNITS_AN_ITEM} read units a call`);

  async function isBehind(stream: string, revision: number): Promise<{ behind: boolean; units: number }> {
    const { Count, ConsumedCapacity } = await client.send(
      new QueryCommand({
        TableName: state,
        KeyConditionExpression: '#partition = :partition AND #sort >= :sort',
        ExpressionAttributeNames: { '#partition': 'partition', '#sort': 'sort' },
        ExpressionAttributeValues: {
          ':partition': { S: `positions/${stream}` },
          ':sort': { S: revisionKey(revision) },
        },
        Limit: 1,
        // An old answer names a stream too often, never too rarely.
        ConsistentRead: false,
        Select: 'COUNT',
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    return { behind: Count === 0, units: unitsOf(ConsumedCapacity) };
  }

  return async (from) => {
    const streams: string[] = [];
    let next = from;
    let left = units;
    do {
      const page: ScanCommandOutput = await client.send(
        new ScanCommand({
          TableName: events,
          ProjectionExpression: '#stream, #revision',
          ExpressionAttributeNames: { '#stream': 'stream', '#revision': 'revision' },
          Limit: Math.floor(left / UNITS_AN_ITEM),
          // All that stood in the table when the scan began.
          ConsistentRead: true,
          ExclusiveStartKey: next === undefined ? undefined : keyOf(next),
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      const lookups = await inParallel(LOOKUPS_AT_ONCE, [...lastOf(page)], async ([stream, revision]) => {
        const { behind, units: took } = await isBehind(stream, revision);
        if (behind) streams.push(stream);
        return took;
      });
      left -= lookups.reduce((sum, took) => sum + took, unitsOf(page.ConsumedCapacity));
      next = page.LastEvaluatedKey && tokenOf(page.LastEvaluatedKey);
      // What is left over would make for small pages, each a round trip.
    } while (next !== undefined && left >= Math.max(UNITS_AN_ITEM, units / 4));
    consumed?.(units - left);
    return next === undefined ? { streams } : { streams, next };
  };
}

const unitsOf = (consumed: ConsumedCapacity | undefined): number => consumed?.CapacityUnits ?? 0;

/** The highest revision of each stream on this page. */
function lastOf({ Items = [] }: ScanCommandOutput): Map<string, number> {
  const last = new Map<string, number>();
  for (const { stream, revision } of Items) {
    const name = stream?.S ?? '';
    last.set(name, Math.max(last.get(name) ?? 0, Number(revision?.N)));
  }
  return last;
}

type Key = NonNullable<ScanCommandOutput['LastEvaluatedKey']>;

const tokenOf = ({ stream, revision }: Key): string =>
  Buffer.from(JSON.stringify([stream?.S, revision?.N])).toString('base64url');

function keyOf(token: string): Key {
  const [stream, revision] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, string];
  return { stream: { S: stream }, revision: { N: revision } };
}
