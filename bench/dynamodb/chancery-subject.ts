// Measures Chancery's event store on DynamoDB. Variant `prepared` appends canonical bytes made before the clock starts.
// Variant `checked` also makes envelope and canonical bytes, and checks the schema, while the clock runs.
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../adapters/s3/blob-store.ts';
import { s3Client } from '../../adapters/s3/s3-client.ts';
import type { BlobStore, EventStore } from '../../domain/ports.ts';
import { replay } from '../../domain/log/replay.ts';
import { readHead } from '../../domain/log/head.ts';
import { sequence, type Sequencer } from '../../domain/log/sequencer.ts';
import { realIdentity } from '../../test/support/logs/identity.ts';
import { startS3Server } from '../../test/support/servers/s3-server.ts';
import { LONG_STREAM, PER_STREAM, STREAMS } from '../workload.ts';
import { openTables as tables } from './archive-tables.ts';
import { costOf, metered } from './metering.ts';
import { eventsOf, receipt, statementsOf, streamName } from './segments.ts';
import { clientOptions, runSubject, variant, type Costs, type OpenedSystem } from './bench-subject.ts';

const client = dynamodbClient(clientOptions);
const meter = metered(client);

const BATCHES = 100;
const BATCH = 100;

interface Opened extends Sequencer {
  readonly objects: () => number;
  readonly close: () => Promise<void>;
}

/** Opens the tables of an archive, and its log on an S3 server in this process. */
async function openTables(): Promise<Opened> {
  const { names, close } = await tables();
  const s3 = await startS3Server();
  const log = counted(
    s3BlobStore(s3Client({ ...clientOptions, endpoint: s3.endpoint }), { bucket: names.events }),
  );
  return {
    store: dynamodbEventStore(client, names.events),
    state: dynamodbTable(client, names.state),
    log: log.blobs,
    identity: realIdentity,
    objects: log.read,
    alarm: (what, error) => {
      throw new Error(what, { cause: error });
    },
    close: async () => {
      await close();
      await s3.close();
    },
  };
}

function counted(blobs: BlobStore): { blobs: BlobStore; read: () => number } {
  let read = 0;
  const get: BlobStore['get'] = (key) => {
    read++;
    return blobs.get(key);
  };
  return { blobs: { ...blobs, get }, read: () => read };
}

const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

async function append(store: EventStore, stream: string, revision: number, events: Uint8Array[]) {
  const existing = await store.append({ stream, revision, events, receipt });
  if (existing !== undefined) throw new Error(`revision ${revision} of ${stream} exists already`);
}

async function open(): Promise<OpenedSystem> {
  const opened = await openTables();
  const names = Array.from({ length: STREAMS }, (_, stream) => streamName(stream));
  const prepared =
    variant === 'prepared' &&
    names.map((name, stream) =>
      statementsOf(stream + 1, PER_STREAM).map((data, index) => eventsOf(name, index + 1, [data])),
    );
  return {
    append: (stream, revision, data) => {
      const name = names[stream] ?? '';
      const events = prepared ? prepared[stream]?.[revision - 1] : undefined;
      return append(opened.store, name, revision, events ?? eventsOf(name, revision, [data]));
    },
    ...(variant === 'prepared' && {
      beforeReplay: () => sequence(opened, names),
      replay: () => replayAll(opened),
    }),
    close: opened.close,
  };
}

async function replayAll({ state, log, objects }: Opened): Promise<{ count: number; objects: number }> {
  const { published } = await readHead(state);
  const before = objects();
  let count = 0;
  for await (const { bytes } of replay(log, 0, published)) if (parse(bytes) !== null) count++;
  return { count, objects: objects() - before };
}

async function readOf(store: EventStore, stream: string): Promise<number> {
  let count = 0;
  for await (const { events } of store.read(stream)) count += events.map(parse).length;
  return count;
}

/** Appends `count` events in commits of `each` events, one after another. */
async function fill(store: EventStore, stream: string, count: number, each: number): Promise<void> {
  const statements = statementsOf(1, count);
  for (let revision = 1; (revision - 1) * each < count; revision++) {
    const due = statements.slice((revision - 1) * each, revision * each);
    await append(store, stream, revision, eventsOf(stream, revision, due));
  }
}

/** Appends and sequences a hundred batches of a hundred events. Returns the write units per event. */
async function inLog(opened: Opened): Promise<number> {
  const { writes } = await costOf(meter, async () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const names = Array.from({ length: BATCH }, (_, at) => streamName(1_000_000 + batch * BATCH + at));
      await Promise.all(
        names.map((name, at) =>
          append(opened.store, name, 1, eventsOf(name, 1, statementsOf(batch * BATCH + at, 1))),
        ),
      );
      await sequence(opened, names);
    }
  });
  const { published } = await readHead(opened.state);
  if (published !== BATCHES * BATCH) throw new Error(`${published} events were published`);
  return writes / published;
}

async function costs(): Promise<Costs> {
  const opened = await openTables();
  const { store } = opened;
  const tens = Array.from({ length: 100 }, (_, stream) => stream + 1);
  const ten = await costOf(meter, async () => {
    for (const stream of tens) {
      const name = streamName(`a${stream}`);
      await append(store, name, 1, eventsOf(name, 1, statementsOf(stream, 10)));
    }
  });
  const [ones, inTens, long] = [streamName('b1'), streamName('b2'), streamName('b3')];
  await fill(store, ones, LONG_STREAM, 1);
  await fill(store, inTens, LONG_STREAM, 10);
  await fill(store, long, 1_200, 1);
  const hundred = await costOf(meter, () => readOf(store, ones));
  const hundredInTens = await costOf(meter, () => readOf(store, inTens));
  const figures = {
    tenInOne: ten.writes / tens.length,
    hundred: hundred.reads,
    hundredInTens: hundredInTens.reads,
    long: await readOf(store, long),
    inLog: await inLog(opened),
  };
  await opened.close();
  return figures;
}

await runSubject({ meter, open, costs });
