// Tests the lock on the folder of an embedded archive: one process at a time, and no lock after that process has ended.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatabaseInUse, DatabaseUnusable } from '../../../adapters/sqlite/database.ts';
import { lockFolder } from '../../../adapters/sqlite/process-lock.ts';
import { complaintOf, whileWriting } from '../killed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a locked folder is refused to another process at once, with advice', async () => {
  const { release } = lockFolder(folder);
  const { code, complaint } = await complaintOf(folder);
  expect(code).toBe(1);
  expect(complaint).toContain(
    `DatabaseInUse: ${join(folder, 'archive.lock')} is in use by another process: stop that one first`,
  );
  release();
});

test('a locked folder is refused to the same process', () => {
  const { release } = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(DatabaseInUse);
  release();
});

test('a folder can be locked again after it was released', () => {
  lockFolder(folder).release();
  expect(() => lockFolder(folder).release()).not.toThrow();
});

test('a folder can be locked again after its process was killed', async () => {
  await whileWriting(folder, () => expect(() => lockFolder(folder)).toThrow(DatabaseInUse));
  expect(() => lockFolder(folder).release()).not.toThrow();
});

test('a folder that does not exist cannot be locked', () => {
  expect(() => lockFolder(join(folder, 'absent'))).toThrow(DatabaseUnusable);
});
