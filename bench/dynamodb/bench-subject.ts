// What each system is asked for, in a process of its own: either its pace, after a warm-up, or what its calls cost.
// Prints one line of JSON. Called as: <script> <endpoint> pace|costs <variant>.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { AT_ONCE, pace, PER_STREAM, STREAMS, type Pace } from '../workload.ts';
import { costOf, indexesOf, type Index, type Meter } from './metering.ts';
import { statementsOf, type Statement } from './segments.ts';

export const [, , endpoint = '', , variant = ''] = process.argv;
export const clientOptions = {
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  /** Another try that nobody sees would spoil both units and times. */
  maxAttempts: 1,
};

export interface Replay {
  readonly perSecond: number;
  readonly reads: number;
  /** Objects read, where the events come from files. */
  readonly objects?: number;
}

/** What a system prints of its pace. */
export interface Paced extends Pace {
  readonly writesEach: number;
  /** Microseconds of this process's CPU an append, on whichever core. */
  readonly cpuEach: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly replay?: Replay;
}

/** What a system prints of its costs. A figure that it can't give is left out. */
export interface Costs {
  /** Write units of ten events in one call. */
  readonly tenInOne?: number;
  /** Read units of a stream of 100 events that came one by one, and in tens. */
  readonly hundred?: number;
  readonly hundredInTens?: number;
  /** Write units an event, put into one order as well. */
  readonly inLog?: number;
  /** How many of 1,200 events of a stream come back. */
  readonly long?: number;
}

/** An empty place to append to. */
export interface Place {
  /** `data` is the statement that is due in the workload. */
  readonly append: (stream: number, revision: number, data: Statement) => Promise<unknown>;
  /** What a system does after its appends, on its own, so that they can be replayed. Its time is not measured. */
  readonly beforeReplay?: () => Promise<unknown>;
  /** All events in an order, parsed; resolves to their count. `objects` where they come from files. */
  readonly replay?: () => Promise<{ count: number; objects?: number }>;
  readonly close: () => Promise<void>;
}

export interface Subject {
  readonly meter: Meter;
  readonly open: () => Promise<Place>;
  readonly costs: () => Promise<Costs>;
}

const WARM_UP_STREAMS = 150;

export async function runSubject(subject: Subject): Promise<void> {
  const figures = process.argv[3] === 'costs' ? await subject.costs() : await paceOf(subject);
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
}

async function paceOf({ meter, open }: Subject): Promise<Paced> {
  const workload = Array.from({ length: STREAMS }, (_, stream) => statementsOf(stream + 1, PER_STREAM));
  const run = ({ append }: Place, streams: number): Promise<Pace> =>
    pace(
      AT_ONCE,
      async (stream, revision) => {
        const data = workload[stream]?.[revision - 1];
        if (data === undefined) throw new Error('the workload has no such event');
        await append(stream, revision, data);
      },
      streams,
    );
  const first = await open();
  await run(first, WARM_UP_STREAMS);
  await first.close();
  const place = await open();
  globalThis.gc?.();
  let paced: Pace | undefined;
  const cpu = process.cpuUsage();
  const cost = await costOf(meter, async () => (paced = await run(place, STREAMS)));
  const { user, system } = process.cpuUsage(cpu);
  if (!paced) throw new Error('nothing was measured');
  await place.beforeReplay?.();
  const replay = place.replay && (await replayOf(meter, place.replay));
  await place.close();
  const events = STREAMS * PER_STREAM;
  const each = Object.entries(cost.requests).map(([name, count]) => [name, count / events]);
  return {
    ...paced,
    writesEach: cost.writes / events,
    cpuEach: (user + system) / events,
    requests: Object.fromEntries(each) as Record<string, number>,
    ...(replay ? { replay } : {}),
  };
}

async function replayOf(meter: Meter, all: NonNullable<Place['replay']>): Promise<Replay> {
  const began = performance.now();
  let found: { count: number; objects?: number } = { count: 0 };
  const { reads } = await costOf(meter, async () => (found = await all()));
  const { count, objects } = found;
  if (count !== STREAMS * PER_STREAM) throw new Error(`${count} events were replayed`);
  const perSecond = (count / (performance.now() - began)) * 1_000;
  return { perSecond, reads, ...(objects === undefined ? {} : { objects }) };
}

const admin = new DynamoDBClient(clientOptions);
let made = 0;

/** A new table with these keys, each written as `name:type`; gives its name. */
export async function createTable(
  keys: readonly string[],
  indexes: readonly (Index & { readonly types: readonly string[] })[] = [],
): Promise<string> {
  const name = `bench-${process.pid}-${++made}`;
  const types = new Map([...keys, ...indexes.flatMap((index) => index.types)].map((key) => split(key)));
  await admin.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: schemaOf(keys.map((key) => split(key)[0])),
      AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: schemaOf(index.keys),
          Projection: { ProjectionType: index.whole ? 'ALL' : 'KEYS_ONLY' },
        })),
      }),
    }),
  );
  indexesOf.set(name, indexes);
  await waitUntilTableExists(
    { client: admin, minDelay: 0.05, maxDelay: 1, maxWaitTime: 60 },
    { TableName: name },
  );
  return name;
}

const schemaOf = (names: readonly string[]) =>
  names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' }) as const);

const split = (key: string): [string, 'S' | 'N'] => key.split(':') as [string, 'S' | 'N'];

export async function dropTable(name: string): Promise<void> {
  await admin.send(new DeleteTableCommand({ TableName: name }));
}
