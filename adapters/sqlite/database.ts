// Opens an SQLite file of an embedded archive. Concurrent writes share one transaction, because an fsync costs the same
// for one commit and for a hundred. Each thread of the process opens its own connection.
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

export interface Database {
  /** For reads and prepared statements. Reads see durable data only: no transaction stays open across a turn. */
  readonly connection: DatabaseSync;
  /**
   * Runs the synchronous `work` in the transaction of this turn of the event loop, in the order of the calls. Resolves
   * to its result once that is durable. If any work throws or the COMMIT fails, the whole transaction is reverted.
   * @throws DatabaseUnusable if the file is at fault, for example on a full disk
   */
  write<T>(work: () => T): Promise<T>;
  /** Runs the synchronous, reading `work` on one state of the file, with one acquisition of locks. */
  read<T>(work: () => T): T;
  /** Commits the waiting writes and closes the file. */
  close(): void;
}

/** Thrown if another process has locked the file. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is in use by another process: stop that one first, or give this one a folder of its own with CHANCERY_HOME`,
      options,
    );
  }
}

/** Thrown if the file cannot be opened, created or written. The message names it and the reason. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} cannot be used: ${reason}`, options);
  }
}

const SQLITE_BUSY = 5;

export interface Settings {
  /** The maximum page cache in MB. SQLite's own default is 2. */
  readonly cacheMb: number;
  /** Pages in the write-ahead log before they are copied into the file. Each copy costs two fsyncs. */
  readonly checkpointPages: number;
  /** The page size of a new file. An existing file keeps its size. */
  readonly pageBytes: number;
  /** True to create a missing file. */
  readonly make: boolean;
  /** The maximum wait for a lock of another thread, in milliseconds. */
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
 * Opens or creates the file; its folder must exist. The lock on the folder excludes other processes.
 * @throws DatabaseInUse if a connection has locked the file, as releases before that lock do
 * @throws DatabaseUnusable if it cannot be opened
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
      // A crash before this returns leaves the whole group or nothing, and no caller has an answer yet.
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

/** Rolls back, unless SQLite has already done so, as on a full disk. */
function rollBack(connection: DatabaseSync): void {
  try {
    connection.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
  }
}

interface Waiting {
  /** Runs the work, and returns a function that tells its caller the result. */
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
    // Only macOS needs this: its plain fsync does not flush the cache of the drive.
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

/** Opens the file. The first statement reads it. @throws DatabaseUnusable */
export function openConnection(path: string, make: boolean): DatabaseSync {
  if (!make && !existsSync(path)) throw new DatabaseUnusable(path, 'the file does not exist');
  const location = pathToFileURL(path);
  location.searchParams.set('mode', make ? 'rwc' : 'rw');
  try {
    return new DatabaseSync(location);
  } catch (error) {
    // Node before 22.15 accepts no URL, and so no mode.
    const isOld = error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE';
    if (!isOld) throw unusable(path, error);
  }
  try {
    return new DatabaseSync(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Reasons and advice for the operator, by SQLite's primary error code. */
const REASONS: Readonly<Record<number, string>> = {
  8: 'it cannot be written: give this user write access to the file and its folder',
  10: 'reading or writing it failed: check the disk',
  11: 'it is damaged: restore it from a backup',
  13: 'the disk is full, or the one where SQLite sorts (SQLITE_TMPDIR, else /var/tmp or /tmp): make room there',
  14: 'it cannot be opened: its folder must exist, and this user needs read and write access to both',
  26: 'it is not a SQLite database: move it away, or restore it from a backup',
};

/** Returns DatabaseUnusable if this error means that the file cannot be used; else the error. */
export function unusable(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (code === SQLITE_BUSY) return new DatabaseInUse(path, { cause: error });
  return new DatabaseUnusable(path, reasonOf(error) ?? (error as Error).message, { cause: error });
}

/** Returns the primary code, which is the lowest byte of an extended code. */
const reasonOf = (error: unknown): string | undefined => REASONS[(codeOf(error) ?? 0) & 0xff];

/** Returns the extended result code of an SQLite error. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;

/** Reads a pragma back, because SQLite ignores one that it cannot apply, such as WAL on some network drives. */
function expectPragma(connection: DatabaseSync, name: string, expected: string | number): void {
  const actual = connection.prepare(`PRAGMA ${name}`).get()?.[name];
  if (actual !== expected) {
    throw new Error(
      `SQLite has ${name} ${String(actual)} here instead of ${expected}: use a folder on a local disk`,
    );
  }
}
