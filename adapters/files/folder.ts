// Creates folders whose names survive a power failure. A new name is durable after its parent folder was synced.
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its missing parents. When it resolves, the names of all new folders, and of all folders on the
 * path below `root`, are durable. That includes folders that a crashed process created but did not sync.
 */
export async function makeFolder(path: string, root: string = dirname(path)): Promise<void> {
  const folder = resolve(path);
  // A crash after this leaves empty folders. The next call finds them and syncs those on the path below `root`.
  const made = await makeMissing(folder);
  const top = resolve(root);
  // Both are on the path to the folder, so the shorter name is higher up.
  const stop = made === undefined || made.length > top.length ? top : dirname(made);
  for (let at = folder; at !== stop && at !== dirname(at); at = dirname(at)) await syncFolder(dirname(at));
}

/**
 * Creates a folder and its missing parents, and returns the topmost new one. It does not use the option `recursive` of
 * mkdir, which never ends if the system allows no new folder, such as in /proc.
 */
async function makeMissing(folder: string): Promise<string | undefined> {
  try {
    return await makeOne(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || folder === dirname(folder)) throw error;
    const above = await makeMissing(dirname(folder));
    const made = await makeOne(folder);
    return above ?? made;
  }
}

/** Creates a folder and returns it, or returns undefined if the folder exists. */
async function makeOne(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return undefined;
    throw error;
  }
}

/** Returns the code of a system error, such as ENOENT, or an empty string for other errors. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
