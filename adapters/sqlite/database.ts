// Opens an SQLite file of an embedded archive, and lets writes that arrive together share one transaction: an fsync costs
// the same for one commit and for a hundred. Threads of the process each open it for themselves.
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

export interface Database {
  /** To read with, and to prepare statements on. What it reads is durable: no transaction stays open across a turn. */
  readonly connection: DatabaseSync;
  /**
   * Runs `work` in the transaction that ends this turn of the event loop, after what was asked for before it.
   * Resolves, once that is durable, to what `work` returned. Rejects, and so does all of the transaction, where any
   * of its works throws or the COMMIT fails: nothing of it is kept then. `work` must not be async. If the file is at
   * fault, such as on a full disk, the error is DatabaseUnusable, which names it.
   */
  write<T>(work: () => T): Promise<T>;
  /** Runs `work`, which only reads and is not async, on one state of the file: that takes its locks once. */
  read<T>(work: () => T): T;
  /** Commits what waits, and gives the file back. */
  close(): void;
}

/** Another process has the file locked. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is in use by another process: stop that one first, or give this one a folder of its own with CHANCERY_HOME`,
      options,
    );
  }
}

/** The file cannot be opened or made; the message names it and says why. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} cannot be used: ${reason}`, options);
  }
}

const SQLITE_BUSY = 5;

export interface Settings {
  /** What SQLite keeps of the file in memory at most; 2 is its own number. */
  readonly cacheMb: number;
  /** Pages in the write-ahead log before they are moved into the file: each move costs two fsyncs. */
  readonly checkpointPages: number;
  /** Of a file that is made; one that is there keeps its own. */
  readonly pageBytes: number;
  /** Make it where it is absent? */
  readonly make: boolean;
  /** Milliseconds to wait for a lock that another thread holds. */
  readonly busyMs: number;
}

const SETTINGS: Settings = {
  cacheMb: 2,
  checkpointPages: 4_000,
  pageBytes: 4_096,
  make: true,
  busyMs: 30_000,
};

/**
 * Opens or makes the file; its folder must exist. Other processes are kept out by the lock on the folder.
 * @throws DatabaseInUse if a connection holds the file alone, as releases before that lock do.
 * @throws DatabaseUnusable if it cannot be opened.
 */
export function openDatabase(path: string, settings: Partial<Settings> = {}): Database {
  const connection = connect(path, { ...SETTINGS, ...settings });
  let waiting: Waiting[] = [];
  let isOpen = true;

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    let answers: (() => void)[];
    try {
      begin.run();
      answers = group.map((each) => each.run());
      // A crash before this has returned leaves all of the group or nothing, and nobody was told either.
      commit.run();
    } catch (error) {
      try {
        rollBack(connection);
      } finally {
        const told = reasonOf(error) === undefined ? error : unusable(path, error);
        for (const each of group) each.reject(told);
      }
      return;
    }
    for (const answer of answers) answer();
  }

  const begin = connection.prepare('BEGIN IMMEDIATE');
  const beginReading = connection.prepare('BEGIN');
  const commit = connection.prepare('COMMIT');
  return {
    connection,
    write: (work) =>
      new Promise((resolve, reject) => {
        if (!isOpen) throw new Error(`${path} is closed`);
        if (waiting.length === 0) setImmediate(flush);
        const run = () => {
          const value = work();
          return () => resolve(value);
        };
        waiting.push({ run, reject });
      }),
    read: (work) => {
      beginReading.run();
      try {
        return work();
      } finally {
        commit.run();
      }
    },
    close() {
      if (!isOpen) return;
      flush();
      isOpen = false;
      connection.close();
    },
  };
}

/** Does nothing if SQLite has rolled back by itself, as it does when the disk is full. */
function rollBack(connection: DatabaseSync): void {
  try {
    connection.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
  }
}

interface Waiting {
  /** Does the work, and returns how to tell who asked for it. */
  run(): () => void;
  reject(error: unknown): void;
}

function connect(path: string, settings: Settings): DatabaseSync {
  const { cacheMb, checkpointPages, pageBytes, make, busyMs } = settings;
  const connection = openConnection(path, make);
  try {
    connection.exec(`PRAGMA busy_timeout = ${busyMs}`);
    connection.exec(`PRAGMA page_size = ${pageBytes}`);
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA synchronous = FULL');
    // Elsewhere than on macOS this changes nothing; there, a plain fsync stops at the drive's cache.
    connection.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
    connection.exec(
      `PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA cache_size = ${-1_024 * cacheMb}`,
    );
    expectPragma(connection, 'journal_mode', 'wal');
    expectPragma(connection, 'synchronous', 2);
    return connection;
  } catch (error) {
    connection.close();
    throw unusable(path, error);
  }
}

/** Opens the file; its first statement reads it. @throws DatabaseUnusable */
export function openConnection(path: string, make: boolean): DatabaseSync {
  if (!make && !existsSync(path)) throw new DatabaseUnusable(path, 'there is no such file');
  const location = pathToFileURL(path);
  location.searchParams.set('mode', make ? 'rwc' : 'rw');
  try {
    return new DatabaseSync(location);
  } catch (error) {
    // Node before 22.15 takes no URL, and so no mode.
    const isOld = error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE';
    if (!isOld) throw unusable(path, error);
  }
  try {
    return new DatabaseSync(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** What SQLite's error codes mean for an operator. */
const REASONS: Readonly<Record<number, string>> = {
  8: 'it cannot be written: give this user write access to the file and its folder',
  10: 'reading or writing it failed: check the disk',
  11: 'it is damaged: restore it from a backup',
  13: 'the disk is full, or the one where SQLite sorts (SQLITE_TMPDIR, else /var/tmp or /tmp): make room there',
  14: 'it cannot be opened: its folder must exist, and this user needs read and write access to both',
  26: 'it is not a SQLite database: move it away, or restore it from a backup',
};

/** What to throw if a file cannot be used because of this error. */
export function unusable(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (code === SQLITE_BUSY) return new DatabaseInUse(path, { cause: error });
  return new DatabaseUnusable(path, reasonOf(error) ?? (error as Error).message, { cause: error });
}

/** Extended codes keep the primary code in their lowest byte. */
const reasonOf = (error: unknown): string | undefined => REASONS[(codeOf(error) ?? 0) & 0xff];

/** The extended result code of an error of SQLite. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;

/** A pragma that SQLite can't honour (WAL on some network drives) is ignored without an error; so it is read back. */
function expectPragma(connection: DatabaseSync, name: string, expected: string | number): void {
  const actual = connection.prepare(`PRAGMA ${name}`).get()?.[name];
  if (actual !== expected) {
    throw new Error(
      `SQLite has ${name} ${String(actual)} here instead of ${expected}: use a folder on a local disk`,
    );
  }
}
