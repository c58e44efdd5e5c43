// Stores streams of commits in one SQLite table. An append inserts the next revision, if it does not exist yet.
// Concurrent appends share one transaction.
import { setImmediate } from 'node:timers/promises';
import { TooLarge, type Commit, type EventStore, type Receipt, type Sweep } from '../../domain/ports.ts';
import { packEvents, unpackEvents } from '../packing.ts';
import type { Database } from './database.ts';
import { makeTable } from './table.ts';

/** The limit of a DynamoDB item, so that every commit can move to DynamoDB. */
const MAX_COMMIT_BYTES = 409_600;
const PAGE_COMMITS = 200;
const PAGE_BYTES = 1_048_576;
const SWEEP_ROWS = 500;
const SWEEP_LATE = 500;

interface Row {
  readonly revision: number;
  readonly receipt: string | null;
  readonly events: Uint8Array;
}

/** Returns the event store in the table `commits`, which is created if it does not exist. */
export function sqliteEventStore(database: Database): EventStore {
  makeCommits(database);
  const { connection } = database;
  const insert = connection.prepare(
    'INSERT INTO commits (stream, revision, receipt, events) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = 'SELECT revision, receipt, events FROM commits WHERE stream = ?';
  const standing = connection.prepare(`${select} AND revision = ?`);
  const above = connection.prepare(`${select} AND revision > ? ORDER BY revision LIMIT ${PAGE_COMMITS}`);

  function page(stream: string, after: number): { commits: Commit[]; full: boolean } {
    const commits: Commit[] = [];
    let bytes = 0;
    for (const row of above.iterate(stream, after) as Iterable<unknown> as Iterable<Row>) {
      commits.push(commitOf(stream, row));
      bytes += row.events.length;
      if (bytes >= PAGE_BYTES) return { commits, full: true };
    }
    return { commits, full: commits.length === PAGE_COMMITS };
  }

  function standingAt(stream: string, revision: number): Commit | undefined {
    const row = standing.get(stream, revision) as unknown as Row | undefined;
    return row && commitOf(stream, row);
  }

  return {
    async append({ stream, revision, events, receipt }) {
      const packed = packEvents(events);
      const kept = receipt === undefined ? null : JSON.stringify(receipt);
      const bytes = Buffer.byteLength(stream) + packed.length + (kept === null ? 0 : Buffer.byteLength(kept));
      if (bytes > MAX_COMMIT_BYTES)
        throw new TooLarge(`commit ${revision} of ${stream}`, bytes, MAX_COMMIT_BYTES);
      return database.write(() => {
        if (insert.run(stream, revision, kept, packed).changes === 1) return undefined;
        return standingAt(stream, revision);
      });
    },

    async get(stream, revision) {
      return standingAt(stream, revision);
    },

    async *read(stream, after = 0) {
      for (let from = after; ;) {
        const { commits, full } = page(stream, from);
        yield* commits;
        if (!full) return;
        from = commits.at(-1)?.revision ?? from;
        // SQLite answers synchronously, so a long read must yield to other work.
        await setImmediate();
      }
    },
  };
}

/**
 * Names the streams with commits above the last position item in table `state` (partition `positions/<stream>`,
 * sort key: the revision, 12 digits). A sequenced commit stays sequenced. So only the first sweep of a process reads
 * every commit; later sweeps read newer commits and the streams that were behind.
 */
export function sqliteSweep(database: Database): Sweep {
  makeCommits(database);
  makeTable(database, 'state');
  const since = database.connection.prepare(
    `SELECT rowid, stream, revision > ${cursorOf('stream')} AS behind
     FROM commits WHERE rowid > ? ORDER BY rowid LIMIT ${SWEEP_ROWS}`,
  );
  const still = database.connection.prepare(
    `SELECT max(revision) > ${cursorOf('?')} AS behind FROM commits WHERE stream = ?`,
  );
  /** Each commit up to this rowid is sequenced, or its stream is in `late`. */
  let seen = 0;
  const late = new Set<string>();

  return async (from) => {
    await setImmediate();
    const first = from === undefined;
    if (first)
      for (const stream of late) if (still.get(stream, stream)?.['behind'] !== 1) late.delete(stream);
    const streams = new Set(first ? late : []);
    const after = first ? seen : Number(from);
    const rows = since.all(after) as unknown as { rowid: number; stream: string; behind: 0 | 1 }[];
    // A page that begins later tells nothing about the commits before it.
    let joins = after <= seen;
    for (const { rowid, stream, behind } of rows) {
      if (behind === 1) {
        streams.add(stream);
        if (joins && late.size < SWEEP_LATE) late.add(stream);
        else if (!late.has(stream)) joins = false;
      }
      if (joins) seen = Math.max(seen, rowid);
    }
    const end = rows.at(-1);
    return end && rows.length === SWEEP_ROWS
      ? { streams: [...streams], next: String(end.rowid) }
      : { streams: [...streams] };
  };
}

const cursorOf = (stream: string): string =>
  `coalesce((SELECT CAST(max(sort) AS INTEGER) FROM state WHERE partition = 'positions/' || ${stream}), 0)`;

/** Creates a rowid table: with rows of about 1 KB, WITHOUT ROWID appends several times slower. */
function makeCommits({ connection }: Database): void {
  connection.exec(`CREATE TABLE IF NOT EXISTS commits (
    stream TEXT NOT NULL, revision INTEGER NOT NULL, receipt TEXT, events BLOB NOT NULL, UNIQUE (stream, revision)
  ) STRICT`);
}

function commitOf(stream: string, { revision, receipt, events }: Row): Commit {
  const commit = { stream, revision, events: unpackEvents(events) };
  return receipt === null ? commit : { ...commit, receipt: JSON.parse(receipt) as Receipt };
}
