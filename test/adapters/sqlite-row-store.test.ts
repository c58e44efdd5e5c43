// The row store of the embedded archive: the contract, and that versions outlive the process.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../adapters/sqlite/database.ts';
import { sqliteRowStore } from '../../adapters/sqlite/row-store.ts';
import { rowStoreContract } from '../contract/row-store.ts';

async function freshFile() {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-rows-'));
  return { file: join(folder, 'rows.db'), remove: () => rm(folder, { recursive: true }) };
}

rowStoreContract('the SQLite row store', async () => {
  const { file, remove } = await freshFile();
  const database = openDatabase(file);
  const close = async (): Promise<void> => {
    database.close();
    await remove();
  };
  return { rows: sqliteRowStore(database), close };
});

test('versions are found when the file is opened again', async () => {
  const { file, remove } = await freshFile();
  const database = openDatabase(file);
  await sqliteRowStore(database).append([{ partition: 'p', sort: 'a', position: 3, body: { kept: true } }]);
  database.close();
  const again = openDatabase(file);
  const found = await Array.fromAsync(sqliteRowStore(again).range('p', { at: 3 }));
  expect(found).toEqual([{ sort: 'a', position: 3, body: { kept: true } }]);
  again.close();
  await remove();
});
