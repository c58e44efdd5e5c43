// Tests the embedded event store and table: the contracts, durability, and transactions that writes share.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converted } from '../../../adapters/sqlite/array-rows.ts';
import {
  DatabaseInUse,
  DatabaseUnusable,
  openDatabase,
  type Database,
} from '../../../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../../../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../../../adapters/sqlite/table.ts';
import { TooLarge, type Commit } from '../../../domain/ports.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { tableContract } from '../../contract/table.ts';
import { writeAndKill } from '../killed.ts';
import { contentOf, streamOf } from '../writer.ts';

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'chancery-sqlite-'));

async function fresh() {
  const folder = await freshFolder();
  const database = openDatabase(join(folder, 'chancery.db'));
  const close = async () => {
    database.close();
    await rm(folder, { recursive: true });
  };
  return { database, close };
}

eventStoreContract('the SQLite event store', async () => {
  const { database, close } = await fresh();
  return { store: sqliteEventStore(database), close };
});

tableContract('the SQLite table', async () => {
  const { database, close } = await fresh();
  return { table: sqliteTable(database, 'state'), close };
});

let folder: string;
let path: string;
let database: Database;
beforeEach(async () => {
  folder = await freshFolder();
  path = join(folder, 'chancery.db');
  database = openDatabase(path);
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

describe('the database file', () => {
  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
  ])('the database file is open with %s %s', (pragma, value) => {
    expect(database.connection.prepare(`PRAGMA ${pragma}`).get()).toEqual({ [pragma]: value });
  });

  test('a second connection reads the database file while the first one writes', async () => {
    const second = openDatabase(path, { make: false });
    const store = sqliteEventStore(second);
    await sqliteEventStore(database).append(commit('meeting-a', 1));
    expect(await Array.fromAsync(store.read('meeting-a'))).toHaveLength(1);
    second.close();
  });

  test('the database file is refused while a process of an earlier release has it locked', () => {
    database.close();
    const earlier = new DatabaseSync(path);
    earlier.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    expect(() => openDatabase(path, { busyMs: 0 })).toThrow(DatabaseInUse);
    earlier.close();
  });

  test('the database file is free again after it was closed', () => {
    database.close();
    database = openDatabase(path);
    expect(database.connection.isOpen).toBe(true);
  });

  test('the database file is refused if its folder does not exist', () => {
    expect(() => openDatabase(join(folder, 'absent', 'chancery.db'))).toThrow('its folder must exist');
  });
});

describe('concurrent writes', () => {
  test('concurrent writes of all callers share one transaction', async () => {
    const store = sqliteEventStore(database);
    const table = sqliteTable(database, 'state');
    const before = transactions(path);
    await Promise.all([
      ...Array.from({ length: 100 }, (_, n) => store.append(commit(`meeting-${n}`, 1))),
      table.compareAndPut({ partition: 'p', sort: 's', body: 1 }, 0),
      table.batchPut(Array.from({ length: 100 }, (_, n) => ({ partition: 'q', sort: String(n), body: n }))),
      table.batchDelete([{ partition: 'q', sort: '7' }]),
    ]);
    expect(transactions(path) - before).toBe(1);
    for (const revision of [2, 3, 4]) await store.append(commit('meeting-0', revision));
    expect(transactions(path) - before).toBe(4);
  });

  test('concurrent writes are made in the order of the calls', async () => {
    const table = sqliteTable(database, 'state');
    const key = { partition: 'p', sort: 's' };
    const answers = await Promise.all([
      table.compareAndPut({ ...key, body: 'first' }, 0),
      table.compareAndPut({ ...key, body: 'second' }, 1),
      table.compareAndPut({ ...key, body: 'late' }, 1),
      table.batchDelete([key]),
      table.compareAndPut({ ...key, body: 'anew' }, 0),
    ]);
    expect(answers).toEqual([true, true, false, undefined, true]);
    expect(await table.get('p', 's')).toEqual({ ...key, body: 'anew', version: 1 });
  });

  test('concurrent writes are all rejected and not stored if the COMMIT fails, and the next ones succeed', async () => {
    const store = sqliteEventStore(database);
    await store.append(commit('meeting-a', 1));
    // The COMMIT itself checks a deferred foreign key.
    database.connection.exec(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER poison AFTER INSERT ON commits WHEN new.stream = 'meeting-poison'
        BEGIN INSERT INTO child VALUES (1); END`);
    const streams = ['meeting-a', 'meeting-b', 'meeting-poison', 'meeting-c'];
    const answers = await Promise.allSettled(streams.map((stream) => store.append(commit(stream, 1))));
    expect(answers.map(({ status }) => status)).toEqual(streams.map(() => 'rejected'));
    for (const stream of streams.slice(1)) expect(await Array.fromAsync(store.read(stream))).toEqual([]);
    expect(await store.append(commit('meeting-b', 1))).toBeUndefined();
    expect(await Array.fromAsync(store.read('meeting-b'))).toHaveLength(1);
  });

  test('concurrent writes are all rejected and not stored if one of them throws', async () => {
    const table = sqliteTable(database, 'state');
    const kept = table.compareAndPut({ partition: 'p', sort: 's', body: 1 }, 0);
    const broken = database.write(() => {
      throw new Error('broken');
    });
    expect(await Promise.allSettled([kept, broken])).toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    expect(await table.get('p', 's')).toBeUndefined();
  });

  test('concurrent writes are committed before the file is closed, and refused afterwards', async () => {
    const store = sqliteEventStore(database);
    const pending = store.append(commit('meeting-a', 1));
    database.close();
    expect(await pending).toBeUndefined();
    await expect(store.append(commit('meeting-a', 2))).rejects.toThrow('closed');
    database = openDatabase(path);
    expect(await Array.fromAsync(sqliteEventStore(database).read('meeting-a'))).toHaveLength(1);
  });
});

test.each([1, 2, 3, 4, 5])('a killed process loses no acknowledged commit (seed %i)', async (seed) => {
  database.close();
  const run = String(seed);
  const acknowledged = await writeAndKill('commits', folder, run, 1 + ((seed * 7_919) % 997));
  database = openDatabase(path);
  const store = sqliteEventStore(database);
  for (let worker = 0; worker < 16; worker++) {
    const stream = streamOf(run, worker);
    const commits = await Array.fromAsync(store.read(stream));
    const expected = commits.map((_, index) => ({ stream, revision: index + 1, same: true }));
    const found = commits.map(({ revision, events: [event] }) => {
      const same = event !== undefined && Buffer.from(contentOf(run, worker, revision)).equals(event);
      return { stream, revision, same };
    });
    expect(found).toEqual(expected);
    const last = Math.max(
      0,
      ...acknowledged.filter((each) => each.worker === worker).map(({ revision }) => revision),
    );
    expect(commits.length).toBeGreaterThanOrEqual(last);
  }
});

describe('the embedded event store', () => {
  test('the embedded event store stores a commit of 400 KB with its stream and receipt, and not a byte more', async () => {
    const store = sqliteEventStore(database);
    const receipt = { command: 'é' };
    const rest = 'meeting-a'.length + Buffer.byteLength(JSON.stringify(receipt));
    const sized = (bytes: number): Commit => ({
      ...commit('meeting-a', 1),
      events: [new Uint8Array(bytes - rest - 11).fill(0x20), new Uint8Array(10).fill(0x20)],
      receipt,
    });
    const refusal = new TooLarge('commit 1 of meeting-a', 409_601, 409_600);
    await expect(store.append(sized(409_601))).rejects.toEqual(refusal);
    expect(await store.append(sized(409_600))).toBeUndefined();
  });

  test.each([
    ['no event', []],
    ['a raw newline', [Buffer.from('{"a":1}'), Buffer.from('{\n}')]],
  ])('the embedded event store refuses commits that it could not return: %s', async (_, events) => {
    const store = sqliteEventStore(database);
    await expect(store.append({ stream: 'meeting-a', revision: 1, events })).rejects.toThrow(TypeError);
    expect(await Array.fromAsync(store.read('meeting-a'))).toEqual([]);
  });

  test('the embedded event store yields to other tasks during a long read', async () => {
    const store = sqliteEventStore(database);
    const revisions = Array.from({ length: 2_000 }, (_, index) => index + 1);
    await Promise.all(revisions.map((revision) => store.append(commit('meeting-a', revision))));
    let [commits, turns] = [0, 0];
    setImmediate(() => turns++);
    for await (const { revision } of store.read('meeting-a')) commits = revision;
    expect([commits, turns]).toEqual([2_000, 1]);
  });
});

test('a table refuses a body that DynamoDB could not store, and a body that is not JSON', async () => {
  const table = sqliteTable(database, 'state');
  const item = { partition: 'p', sort: 's', body: 'x'.repeat(350 * 1024 - 1) };
  await expect(table.compareAndPut(item, 0)).rejects.toThrow(TooLarge);
  await expect(table.batchPut([{ ...item, body: 1 }, item])).rejects.toThrow(TooLarge);
  await expect(table.compareAndPut({ ...item, body: undefined }, 0)).rejects.toThrow(TypeError);
  expect(await table.get('p', 's')).toBeUndefined();
});

const commit = (stream: string, revision: number): Commit => ({
  stream,
  revision,
  events: [Buffer.from(JSON.stringify({ stream, revision }))],
});

/** Counts the transactions in the write-ahead log: the last frame of each has the new number of pages. */
function transactions(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let count = 0;
  for (let at = 32; at + frame <= log.length && log.subarray(at + 8, at + 16).equals(salt); at += frame) {
    if (log.readUInt32BE(at + 4) !== 0) count++;
  }
  return count;
}

describe('features that Node before 22.16 lacks', () => {
  test('rows are returned as arrays even if Node lacks that feature', () => {
    const statement = database.connection.prepare('SELECT ? AS b, ? AS a');
    const rows = converted(statement);
    expect(rows.get(1, 'x')).toEqual([1, 'x']);
    expect(rows.all(2, null)).toEqual([[2, null]]);
    expect([...rows.iterate(3, 'y')]).toEqual([[3, 'y']]);
    expect(converted(database.connection.prepare('SELECT 1 WHERE 0')).get()).toBeUndefined();
  });

  test('no statement has numbered parameters, which Node 22.13 does not bind', () => {
    for (const name of readdirSync('adapters/sqlite')) {
      const sql = readFileSync(join('adapters/sqlite', name), 'utf8');
      expect([name, sql.match(/[ (=,]\?\d/g)]).toEqual([name, null]);
    }
  });
});

describe('a file that cannot be used', () => {
  test('a database file that cannot be used is named, with the reason', async () => {
    const odd = join(folder, 'odd.db');
    await writeFile(odd, 'this is no database'.repeat(500));
    expect(() => openDatabase(odd)).toThrow(`${odd} cannot be used: it is not a SQLite database`);
    expect(() => openDatabase(join(folder, 'absent.db'), { make: false })).toThrow(DatabaseUnusable);
  });

  test.each([
    ['a full disk', 'PRAGMA max_page_count = 5', 'the disk is full, or the one where SQLite sorts'],
    ['a file that may only be read', 'PRAGMA query_only = ON', 'give this user write access to the file'],
  ])('a write to %s names the file and says what to do, and reads continue', async (_, limit, advice) => {
    const table = sqliteTable(database, 'state');
    await table.batchPut([{ partition: 'p', sort: 'before', body: {} }]);
    database.connection.exec(limit);
    const large = { partition: 'p', sort: 'large', body: 'x'.repeat(100_000) };
    const failure = await table.batchPut([large]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnusable);
    expect(String(failure)).toContain(path);
    expect(String(failure)).toContain(advice);
    expect(await table.get('p', 'before')).toMatchObject({ body: {} });
    expect(await table.get('p', 'large')).toBeUndefined();
  });

  test('a failing statement of a write does not make the file unusable', async () => {
    await expect(
      database.write(() => {
        throw new Error('of the work itself');
      }),
    ).rejects.toThrow('of the work itself');
  });
});
