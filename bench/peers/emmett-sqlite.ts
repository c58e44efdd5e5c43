// Measures @event-driven-io/emmett-sqlite on the same workload. Appends run one after another, because most concurrent
// ones are acknowledged but not stored (the last figure). Prints its figures as JSON.
import { join } from 'node:path';
import { getSQLiteEventStore, readMessagesBatch, sqliteConnection } from '@event-driven-io/emmett-sqlite';
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
} from '../workload.ts';

const workload = statements(STREAMS, PER_STREAM);
const event = (data: object) => ({ type: 'StatementMade', data, metadata: {} });
const expecting = (revision: number) => ({
  expectedStreamVersion: revision === 1 ? ('STREAM_DOES_NOT_EXIST' as const) : BigInt(revision - 1),
});

async function countStored(fileName: string): Promise<number> {
  const connection = sqliteConnection({ fileName });
  try {
    const [row] = await connection.query<{ stored: number }>('SELECT count(*) AS stored FROM emt_messages');
    return row?.stored ?? 0;
  } finally {
    connection.close();
  }
}

/** Repeats an append that fails with SQLITE_BUSY, which happens while a connection switches to WAL. */
async function untilDone(append: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await append();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
      retries++;
    }
  }
}
let retries = 0;

/** Appends to a new file. Runs last, because its late uncaught exceptions would end the process. */
const sixteenAtOnce = (): Promise<Figures['sixteen']> =>
  inFreshFolder(async (folder) => {
    const fileName = join(folder, 'emmett.db');
    const store = getSQLiteEventStore({ fileName });
    const escaped = (error: Error) => console.error(`escaped: ${error.message}`);
    process.on('uncaughtException', escaped);
    const answers = await Promise.allSettled(
      Array.from({ length: 16 }, (_, n) =>
        store.appendToStream(streamName(n), [event(workload[n][0])], expecting(1)),
      ),
    );
    const stored = await countStored(fileName);
    return { acknowledged: answers.filter(({ status }) => status === 'fulfilled').length, stored };
  });

async function replay(fileName: string): Promise<number> {
  const connection = sqliteConnection({ fileName });
  let count = 0;
  for (let after = 0n; ; ) {
    const batch = await readMessagesBatch(connection, { after, batchSize: 1_000 });
    if (batch.messages.length === 0) break;
    count += batch.messages.length;
    after = batch.currentGlobalPosition;
  }
  connection.close();
  if (count !== STREAMS * PER_STREAM) throw new Error(`${count} events were replayed`);
  return count;
}

const figures = await inFreshFolder(async (folder): Promise<Omit<Figures, 'sixteen'>> => {
  const fileName = join(folder, 'emmett.db');
  const store = getSQLiteEventStore({ fileName });
  let chain: Promise<unknown> = Promise.resolve();
  const append = (stream: string, revision: number, data: readonly object[]): Promise<void> => {
    const turn = chain.then(() => untilDone(() => store.appendToStream(stream, data.map(event), expecting(revision))));
    chain = turn;
    return turn;
  };
  const atOnce = await pace(AT_ONCE, (stream, revision) =>
    append(streamName(stream), revision, [workload[stream][revision - 1]]),
  );
  const replayed = await rate(() => replay(fileName));
  const tenInOne = await median(30, (n) => append(`statement-group-${n}`, 1, workload[n]));
  const long = workload.flat().slice(0, LONG_STREAM);
  for (const [index, data] of long.entries()) await append('statement-long', index + 1, [data]);
  const readHundred = await median(21, async () => {
    const { events } = await store.readStream('statement-long');
    if (events.length !== LONG_STREAM) throw new Error(`${events.length} events were read`);
  });
  return { atOnce, tenInOne, readHundred, replay: replayed };
});
process.stderr.write(`appends repeated after SQLITE_BUSY: ${retries}\n`);
const sixteen = await sixteenAtOnce();
process.stdout.write(`${JSON.stringify({ ...figures, sixteen })}\n`, () => process.exit());
