// Counts the read and write units of requests, as the emulator reports them. Units of transactions and of empty reads
// are calculated by AWS's published rules, because the emulator counts these wrongly.
import type {
  AttributeValue,
  ConsumedCapacity,
  DynamoDBClient,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';

export interface Meter {
  reads: number;
  writes: number;
  requests: Record<string, number>;
}

export interface Index {
  readonly name: string;
  readonly keys: readonly [string, string];
  readonly whole: boolean;
}

type Item = Record<string, AttributeValue>;

/** Indexes by table, for the transactions that write to it. */
export const indexesOf = new Map<string, readonly Index[]>();

/** Adds each request of this client to a new meter. */
export function metered({ middlewareStack }: Pick<DynamoDBClient, 'middlewareStack'>): Meter {
  const meter: Meter = { reads: 0, writes: 0, requests: {} };
  const transactions = transactionMeter();
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as { ReturnConsumedCapacity?: 'TOTAL'; ConsistentRead?: boolean };
        input.ReturnConsumedCapacity = 'TOTAL';
        const result = await next(args);
        const { ConsumedCapacity: consumed = [] } = result.output as {
          ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
        };
        const units = [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        const name = commandName.replace('Command', '');
        meter.requests[name] = (meter.requests[name] ?? 0) + 1;
        if (name === 'TransactWriteItems') meter.writes += transactions(args.input as never);
        else if (/^(?:Put|Update|Delete|BatchWrite)/.test(name)) meter.writes += units;
        else meter.reads += Math.max(units, leastUnits(name, input));
        return result;
      },
    { step: 'initialize', name: 'meter' },
  );
  return meter;
}

/** Returns the minimum units of a read: half a unit, or one if it is strongly consistent. Zero for a batch of gets. */
function leastUnits(name: string, input: { ConsistentRead?: boolean }): number {
  if (!/^(?:GetItem|Query|Scan)$/.test(name)) return 0;
  return input.ConsistentRead ? 1 : 0.5;
}

/** Runs `work` and returns the units and requests that it took. */
export async function costOf(meter: Meter, work: () => Promise<unknown>): Promise<Meter> {
  const { reads, writes, requests } = structuredClone(meter);
  await work();
  const made = Object.entries(meter.requests).map(([name, count]) => [name, count - (requests[name] ?? 0)]);
  return {
    reads: meter.reads - reads,
    writes: meter.writes - writes,
    requests: Object.fromEntries(made) as Record<string, number>,
  };
}

/**
 * Returns a function that counts the write units of a transaction: two per started KB of each item, and those of a
 * plain write for each index. An update counts the new item, so the function remembers all items.
 */
function transactionMeter(): (input: TransactWriteItemsCommandInput) => number {
  const current = new Map<string, Item>();
  return ({ TransactItems = [] }) => {
    let units = 0;
    for (const { Put, Update } of TransactItems) {
      const table = Put?.TableName ?? Update?.TableName ?? '';
      const item: Item = Put?.Item ?? {
        ...(current.get(keyOf(table, Update?.Key ?? {})) ?? Update?.Key),
        ...assigned(Update ?? {}),
      };
      // The only table with updates here has these keys.
      const { pkey, skey } = item;
      if (pkey !== undefined && skey !== undefined) current.set(keyOf(table, { pkey, skey }), item);
      units += 2 * startedKb(itemBytes(item));
      for (const { keys, whole } of indexesOf.get(table) ?? [])
        if (keys.every((key) => item[key] !== undefined)) units += whole ? startedKb(itemBytes(item)) : 1;
    }
    return units;
  };
}

const keyOf = (table: string, key: Item): string => JSON.stringify([table, key]);

function assigned(update: {
  UpdateExpression?: string | undefined;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}): Item {
  const item: Item = {};
  for (const [, name = '', value = ''] of (update.UpdateExpression ?? '').matchAll(
    /([#\w]+)\s*=\s*(:\w+)/g,
  )) {
    const given = update.ExpressionAttributeValues?.[value];
    if (given) item[update.ExpressionAttributeNames?.[name] ?? name] = given;
  }
  return item;
}

const startedKb = (bytes: number): number => Math.ceil(bytes / 1_024);

const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 1;
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 3);
  if (value.M !== undefined) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
}
