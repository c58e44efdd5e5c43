// Folders whose names survive a power cut: a new name is durable only once the folder that holds it is synced.
// Both embedded stores live in such folders.
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it. When it resolves, the names of all that are new and of all below `root` are
 * durable, also of those that an earlier process made and did not live to sync.
 */
export async function makeFolder(path: string, root: string = dirname(path)): Promise<void> {
  const folder = resolve(path);
  // A crash after this leaves empty folders; the next call finds them and syncs what is below `root`.
  const made = await makeMissing(folder);
  const top = resolve(root);
  const stop = made === undefined || made.length > top.length ? top : dirname(made);
  for (let at = folder; at !== stop && at !== dirname(at); at = dirname(at)) await syncFolder(dirname(at));
}

/**
 * Makes a folder and the missing ones above it. Resolves to the topmost that it made. mkdir with `recursive` never ends
 * where the system takes no new folder, such as in /proc.
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

/** Resolves to the folder if it made it, to undefined if it was there. */
async function makeOne(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return undefined;
    throw error;
  }
}

/** The operating system's name of an error, such as ENOENT; empty for errors of other kinds. */
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
