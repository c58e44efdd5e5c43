// Makes a client that adds up the capacity units of its requests, as the emulator counts them. A write unit is each started
// KB of an item. A read unit is 4 KB of a strongly consistent read.
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { emulated } from '../servers/dynalite.ts';

export interface Metered {
  readonly client: DynamoDBClient;
  /** Everything so far. */
  readonly units: { reads: number; writes: number };
  readonly requests: string[];
}

export function meteredClient(endpoint: string): Metered {
  const client = dynamodbClient({ endpoint, ...emulated });
  const units = { reads: 0, writes: 0 };
  const requests: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        (args.input as { ReturnConsumedCapacity?: 'TOTAL' }).ReturnConsumedCapacity = 'TOTAL';
        requests.push(commandName.replace('Command', ''));
        const result = await next(args);
        const { ConsumedCapacity: consumed = [] } = result.output as {
          ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
        };
        const took = [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        units[/^(?:Put|BatchWrite)/.test(commandName) ? 'writes' : 'reads'] += took;
        return result;
      },
    { step: 'initialize', name: 'meter' },
  );
  return { client, units, requests };
}

/** Returns the units that `work` takes. */
export async function unitsOf(
  { units }: Metered,
  work: () => Promise<unknown>,
): Promise<{ reads: number; writes: number }> {
  const { reads, writes } = units;
  await work();
  return { reads: units.reads - reads, writes: units.writes - writes };
}
