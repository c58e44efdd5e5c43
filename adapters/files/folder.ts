// Folders whose names survive a power cut: a new name is durable only once the folder that holds it is synced.
// Both embedded stores live in such folders.
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it. When it resolves, the names of all that are new and of all below `root` are
 * durable, also of those that an earlier process made and did not live to sync.
 */
export async function makeFolder(path: string, root: string = dirname(path)): Promise<void> {
  const folder = resolve(path);
  // A crash after this leaves empty folders; the next call finds them and syncs what is below `root`.
  const made = await mkdir(folder, { recursive: true });
  const top = resolve(root);
  const stop = made === undefined || made.length > top.length ? top : dirname(made);
  for (let at = folder; at !== stop && at !== dirname(at); at = dirname(at)) await syncFolder(dirname(at));
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
