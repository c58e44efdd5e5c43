// Finds streams whose hints were lost, by a rolling scan of the commits' keys in bounded pages. It is needed because
// the table's DynamoDB stream keeps records for one day only.
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
   * The maximum number of read units of a call; the default is 200. A scan reads whole items and takes 1 unit for 4 KB,
   * and the lookup of a stream takes half a unit. If items exceed 4 KB on average, the last page may exceed the maximum
   * by up to 256 units.
   */
  readonly units?: number;
  /** Receives the read units of each call. */
  readonly consumed?: (units: number) => void;
}

const UNITS = 200;
/** The read units of an item of 4 KB and of the lookup of its stream. */
const UNITS_AN_ITEM = 1.5;
const LOOKUPS_AT_ONCE = 8;

/** Finds commits in `events` that have no position in `state` (partition `positions/<stream>`). @throws RangeError */
export function dynamodbSweep(
  client: DynamoDBClient,
  { events, state }: { readonly events: string; readonly state: string },
  { units = UNITS, consumed }: SweepOptions = {},
): Sweep {
  if (units < UNITS_AN_ITEM)
    throw new RangeError(`a call of the sweep needs at least ${UNITS_AN_ITEM} read units, not ${units}`);

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
        // An eventually consistent read may name a stream too often, but never misses one.
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
          // The scan includes all commits that were durable when it began.
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
      // The last quarter is not used, because small pages cost a round trip each.
    } while (next !== undefined && left >= Math.max(UNITS_AN_ITEM, units / 4));
    consumed?.(units - left);
    return next === undefined ? { streams } : { streams, next };
  };
}

const unitsOf = (consumed: ConsumedCapacity | undefined): number => consumed?.CapacityUnits ?? 0;

/** Returns the highest revision of each stream on a page. */
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
