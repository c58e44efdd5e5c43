// Measures one system in a separate process: its append rate after a warm-up, or the units of its calls. Prints one
// line of JSON. Called as: <script> <endpoint> pace|costs <variant>.
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
  /** No retries, because they would distort units and times. */
  maxAttempts: 1,
};

export interface Replay {
  readonly perSecond: number;
  readonly reads: number;
  /** Objects read, if the events come from files. */
  readonly objects?: number;
}

/** Rates that a system prints. */
export interface Paced extends Pace {
  readonly writesEach: number;
  /** Processor time of this process per append, in microseconds. */
  readonly cpuEach: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly replay?: Replay;
}

/** Costs that a system prints. It leaves out figures that it does not have. */
export interface Costs {
  /** Write units of ten events in one call. */
  readonly tenInOne?: number;
  /** Read units of a stream of 100 events in 100 commits. */
  readonly hundred?: number;
  /** Read units of a stream of 100 events in ten commits. */
  readonly hundredInTens?: number;
  /** Write units per event, appended and sequenced. */
  readonly inLog?: number;
  /** Number of events that a read of a stream of 1,200 returns. */
  readonly long?: number;
}

/** A system with empty stores. */
export interface OpenedSystem {
  /** Appends the next statement of the workload. */
  readonly append: (stream: number, revision: number, data: Statement) => Promise<unknown>;
  /** Prepares the replay, for instance by an index. Its time is not measured. */
  readonly beforeReplay?: () => Promise<unknown>;
  /** Reads and parses all events. Resolves to their count, and to the objects read if they come from files. */
  readonly replay?: () => Promise<{ count: number; objects?: number }>;
  readonly close: () => Promise<void>;
}

export interface Subject {
  readonly meter: Meter;
  readonly open: () => Promise<OpenedSystem>;
  readonly costs: () => Promise<Costs>;
}

const WARM_UP_STREAMS = 150;

export async function runSubject(subject: Subject): Promise<void> {
  const figures = process.argv[3] === 'costs' ? await subject.costs() : await paceOf(subject);
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
}

async function paceOf({ meter, open }: Subject): Promise<Paced> {
  const workload = Array.from({ length: STREAMS }, (_, stream) => statementsOf(stream + 1, PER_STREAM));
  const run = ({ append }: OpenedSystem, streams: number): Promise<Pace> =>
    pace(
      AT_ONCE,
      async (stream, revision) => {
        const data = workload[stream]?.[revision - 1];
        if (data === undefined) throw new Error(`the workload has no event ${revision} in stream ${stream}`);
        await append(stream, revision, data);
      },
      streams,
    );
  const first = await open();
  await run(first, WARM_UP_STREAMS);
  await first.close();
  const opened = await open();
  globalThis.gc?.();
  let paced: Pace | undefined;
  const cpu = process.cpuUsage();
  const cost = await costOf(meter, async () => (paced = await run(opened, STREAMS)));
  const { user, system } = process.cpuUsage(cpu);
  if (!paced) throw new Error('nothing was measured');
  await opened.beforeReplay?.();
  const replay = opened.replay && (await replayOf(meter, opened.replay));
  await opened.close();
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

async function replayOf(meter: Meter, all: NonNullable<OpenedSystem['replay']>): Promise<Replay> {
  const began = performance.now();
  let found: { count: number; objects?: number } = { count: 0 };
  const { reads } = await costOf(meter, async () => (found = await all()));
  const { count, objects } = found;
  if (count !== STREAMS * PER_STREAM)
    throw new Error(`${count} instead of ${STREAMS * PER_STREAM} events were replayed`);
  const perSecond = (count / (performance.now() - began)) * 1_000;
  return { perSecond, reads, ...(objects === undefined ? {} : { objects }) };
}

const admin = new DynamoDBClient(clientOptions);
let made = 0;

/** Creates a table with these keys, each written as `name:type`. Returns its name. */
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
