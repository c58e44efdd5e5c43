// The stores of an embedded archive. Each thread has its own connections to the same files.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatabaseInUse, openDatabase } from '../../../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../../../adapters/sqlite/event-store.ts';
import { openEmbeddedStores, removeOldViews } from '../../../bin/server/embedded-stores.ts';
import { openEmbeddedArchive } from '../../../bin/server/embedded.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-stores-'));
});
afterEach(() => rm(home, { recursive: true }));

test('a second set of connections reads what the first one wrote, while both are open', async () => {
  const { stores, close } = await openEmbeddedArchive(home);
  const others = await openEmbeddedStores(home, 8);
  const commit = { stream: 'meeting-a', revision: 1, events: [Buffer.from('{}')] };
  await stores.store.append(commit);
  await stores.state.compareAndPut({ partition: 'p', sort: 's', body: 1 }, 0);
  await others.catalog.compareAndPut({ partition: 'p', sort: 's', body: 2 }, 0);
  const built = await others.rows.build(1);
  await built.complete();
  await others.rows.open(1).append([{ partition: 'p', sort: 's', position: 0, body: {} }]);
  expect(await others.store.get('meeting-a', 1)).toMatchObject({ revision: 1 });
  expect((await others.state.get('p', 's'))?.body).toBe(1);
  expect((await stores.catalog.get('p', 's'))?.body).toBe(2);
  expect(await Array.fromAsync(stores.rows.open(1).range('p', { at: 0 }))).toHaveLength(1);
  others.close();
  close();
});

test('another process backs up archive.db while the archive runs', async () => {
  const { stores, close } = await openEmbeddedArchive(home);
  const commit = { stream: 'meeting-a', revision: 1, events: [Buffer.from('{}')] };
  await stores.store.append(commit);
  const [file, copy] = [join(home, 'archive.db'), join(home, 'copy.db')];
  const program = `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(file)}, { readOnly: true })
    .exec('VACUUM INTO ' + "'" + ${JSON.stringify(copy)} + "'")`;
  await promisify(execFile)(process.execPath, ['-e', program]);
  await stores.store.append({ ...commit, revision: 2 });
  close();
  const backup = openDatabase(copy);
  expect(await Array.fromAsync(sqliteEventStore(backup).read('meeting-a'))).toHaveLength(1);
  backup.close();
});

test('an open folder cannot be opened again until it is closed', async () => {
  const { close } = await openEmbeddedArchive(home);
  await expect(openEmbeddedArchive(home)).rejects.toThrow(DatabaseInUse);
  close();
  (await openEmbeddedArchive(home)).close();
});

test('only the read-model files of earlier releases are removed', async () => {
  await mkdir(join(home, 'views'));
  for (const name of ['views.db', 'views.db-wal', 'views/timeline~2.db', 'archive.db'])
    await writeFile(join(home, name), '');
  await removeOldViews(home);
  expect(await readdir(home)).toEqual(['archive.db']);
  await removeOldViews(home);
  expect(existsSync(join(home, 'archive.db'))).toBe(true);
});
