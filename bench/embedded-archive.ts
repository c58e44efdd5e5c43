// Runs the workload on Chancery's embedded stores and prints the figures as JSON. Each append makes the envelope and
// the canonical bytes of its event, and counts when it is durable.
import { join } from 'node:path';
import { openBlobs } from '../adapters/files/blob-store.ts';
import { openDatabase, type Database } from '../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../adapters/sqlite/table.ts';
import type { EventStore } from '../domain/ports.ts';
import { replay } from '../domain/log/replay.ts';
import { readHead } from '../domain/log/head.ts';
import { sequence } from '../domain/log/sequencer.ts';
import { canonicalBytes, commitBytes, type CommitHeader } from '../events/envelope.ts';
import type { DataOf } from '../events/vocabulary.ts';
import { realIdentity } from '../test/support/logs/identity.ts';
import {
  AT_ONCE,
  inFreshFolder,
  LONG_STREAM,
  median,
  pace,
  PER_STREAM,
  rate,
  statements,
  streamName,
  STREAMS,
  type Figures,
  type Pace,
} from './workload.ts';

type Statement = DataOf<'StatementMade'>;

/** Returns canonical bytes as the command handler does, with each event checked against its schema. */
function checkedBytes(header: CommitHeader, data: readonly Statement[]): Uint8Array[] {
  const events = data.map((each) => ({ type: 'StatementMade' as const, data: each }));
  return commitBytes(
    header,
    events,
    events.map(() => idIn(header.stream)),
  );
}

/** Returns the same bytes without a schema check, like a library that has no schemas. */
const plainBytes = (
  { stream, revision, time, recordedBy }: CommitHeader,
  data: readonly Statement[],
): Uint8Array[] =>
  data.map((each, index) =>
    canonicalBytes({
      specversion: '1.0',
      id: idIn(stream),
      source: '/statements',
      subject: stream,
      type: 'StatementMade',
      time,
      datacontenttype: 'application/json',
      dataschema: 'urn:chancery:event:StatementMade:1',
      recordedby: recordedBy,
      revision,
      n: index + 1,
      of: data.length,
      data: each,
    }),
  );

const idIn = (stream: string): string => `${stream}_${crypto.randomUUID()}`;

async function append(
  store: EventStore,
  stream: string,
  revision: number,
  data: readonly Statement[],
  bytes = plainBytes,
): Promise<void> {
  const header = { stream, revision, time: '2026-03-15T09:30:00.000Z', recordedBy: 'desk-editor' };
  const existing = await store.append({ stream, revision, events: bytes(header, data) });
  if (existing !== undefined) throw new Error(`revision ${revision} of ${stream} exists already`);
}

const withDatabase = <T>(use: (database: Database, folder: string) => Promise<T>): Promise<T> =>
  inFreshFolder(async (folder) => {
    const database = openDatabase(join(folder, 'chancery.db'));
    try {
      return await use(database, folder);
    } finally {
      database.close();
    }
  });

const workload = statements(STREAMS, PER_STREAM);
const appendAll = (store: EventStore, atOnce: number, bytes = plainBytes): Promise<Pace> =>
  pace(atOnce, (stream, revision) => {
    const data = workload[stream]?.[revision - 1];
    if (data === undefined) throw new Error(`the workload has no event ${revision} in stream ${stream}`);
    return append(store, streamName(stream), revision, [data], bytes);
  });

const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

async function readAll(store: EventStore, stream: string): Promise<number> {
  let count = 0;
  for await (const { events } of store.read(stream)) count += events.map(parse).length;
  return count;
}

function alarm(what: string, error: unknown): never {
  throw new Error(what, { cause: error });
}

/** Sequences all appended events, then replays them from the log. */
async function history(store: EventStore, database: Database, folder: string) {
  const log = await openBlobs(join(folder, 'blobs'));
  const state = sqliteTable(database, 'state');
  const sequenced = await rate(async () => {
    await sequence(
      { store, state, log, identity: realIdentity, alarm },
      workload.map((_, stream) => streamName(stream)),
    );
    return (await readHead(state)).published;
  });
  const { published } = await readHead(state);
  const replayed = await rate(async () => {
    let count = 0;
    for await (const { bytes } of replay(log, 0, published)) if (parse(bytes) !== null) count++;
    if (count !== STREAMS * PER_STREAM)
      throw new Error(`${count} instead of ${STREAMS * PER_STREAM} events were replayed`);
    return count;
  });
  return { sequence: sequenced, replay: replayed };
}

/** Counts acknowledged events, and events that the file has when it is opened again. */
const sixteenAtOnce = (): Promise<Figures['sixteen']> =>
  inFreshFolder(async (folder) => {
    const path = join(folder, 'chancery.db');
    const database = openDatabase(path);
    const store = sqliteEventStore(database);
    const streams = Array.from({ length: 16 }, (_, n) => streamName(n));
    const answers = await Promise.allSettled(
      streams.map((stream, n) => append(store, stream, 1, workload[n]?.slice(0, 1) ?? [])),
    );
    database.close();
    const reopened = openDatabase(path);
    const again = sqliteEventStore(reopened);
    let stored = 0;
    for (const stream of streams) stored += await readAll(again, stream);
    reopened.close();
    return { acknowledged: answers.filter(({ status }) => status === 'fulfilled').length, stored };
  });

const sixteen = await sixteenAtOnce();
const oneByOne = await withDatabase((database) => appendAll(sqliteEventStore(database), 1));
const checked = await withDatabase((database) =>
  appendAll(sqliteEventStore(database), AT_ONCE, checkedBytes),
);
const figures = await withDatabase(async (database, folder): Promise<Figures> => {
  const store = sqliteEventStore(database);
  const atOnce = await appendAll(store, AT_ONCE);
  const inOrder = await history(store, database, folder);
  const tenInOne = await median(30, (n) => append(store, `statement-group-${n}`, 1, workload[n] ?? []));
  const long = workload.flat().slice(0, LONG_STREAM);
  for (const [index, data] of long.entries()) await append(store, 'statement-long', index + 1, [data]);
  const readHundred = await median(21, () => readAll(store, 'statement-long'));
  return { atOnce, checked, oneByOne, tenInOne, readHundred, ...inOrder, sixteen };
});
process.stdout.write(`${JSON.stringify(figures)}\n`);
