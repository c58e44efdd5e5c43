// Objects as files of one folder, each at the path that is its key, so that the log in it can be verified as it is.
// A file is whole and synced before it gets its name; link() gives a name only where none is.
import { hash, randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore, StoredBlob } from '../../domain/ports.ts';
import { codeOf, makeFolder, syncFolder } from './folder.ts';

/** No key begins with a dot, so nothing but unfinished files is in here. */
const UNFINISHED = '.unfinished';

/**
 * Opens or makes the folder. One process at a time: whoever opens it clears away what others had begun; the lock on
 * the folder of the archive sees to that. Keys are paths of non-empty segments, none of which begins with a dot.
 */
export async function openBlobs(root: string): Promise<BlobStore> {
  const unfinished = join(root, UNFINISHED);
  await makeFolder(root);
  await makeFolder(unfinished, root);
  for (const left of await readdir(unfinished)) await unlink(join(unfinished, left));

  /** Folders whose names this process knows to be durable. */
  const settled = new Set<string>();
  const replacing = new Map<string, Promise<unknown>>();

  const get = (key: string): Promise<StoredBlob | undefined> => readBlob(root, key);

  /** Writes the bytes, synced, under a passing name, and lets `name` give them theirs. */
  async function write<T>(bytes: Uint8Array, name: (file: string) => Promise<T>): Promise<T> {
    const file = join(unfinished, randomUUID());
    try {
      // A crash from here until it is named leaves a file that the next openBlobs removes.
      await writeSynced(file, bytes);
      return await name(file);
    } finally {
      await unlink(file).catch(ignoreAbsent);
    }
  }

  async function settle(folder: string): Promise<void> {
    if (settled.has(folder)) return;
    await makeFolder(folder, root);
    settled.add(folder);
  }

  async function create(key: string, bytes: Uint8Array): Promise<'created' | 'same' | 'different'> {
    const path = pathOf(root, key);
    const folder = dirname(path);
    await settle(folder);
    const created = await write(bytes, (file) => linkIfAbsent(file, path));
    if (!created) {
      const standing = await readFile(path);
      if (!standing.equals(bytes)) return 'different';
    }
    // A crash before this can take the name back, and nobody was told. Also where somebody else gave it: he may not
    // have come as far as this.
    await syncFolder(folder);
    return created ? 'created' : 'same';
  }

  async function swap(key: string, bytes: Uint8Array, etag: string): Promise<boolean> {
    const path = pathOf(root, key);
    const standing = await get(key);
    if (standing?.etag !== etag) return false;
    const folder = dirname(path);
    await settle(folder);
    await write(bytes, (file) => rename(file, path));
    // A crash before this leaves the old object or the new one, each whole.
    await syncFolder(folder);
    return true;
  }

  async function replace(key: string, bytes: Uint8Array, etag: string | undefined): Promise<boolean> {
    if (etag === undefined) return (await create(key, bytes)) === 'created';
    const turn = (replacing.get(key) ?? Promise.resolve()).then(() => swap(key, bytes, etag));
    const settledTurn = turn.catch(() => undefined);
    replacing.set(key, settledTurn);
    try {
      return await turn;
    } finally {
      if (replacing.get(key) === settledTurn) replacing.delete(key);
    }
  }

  return { get, create, replace };
}

/** The object under this key in a folder that somebody else may have open. */
export async function readBlob(root: string, key: string): Promise<StoredBlob | undefined> {
  const bytes = await read(pathOf(root, key));
  return bytes && { bytes, etag: etagOf(bytes) };
}

/** The objects of a folder that another thread writes. */
export const readOnlyBlobs = (root: string): BlobStore => {
  const refuse = async (key: string): Promise<never> => {
    throw new Error(`${key} cannot be written: ${root} is open for reading only`);
  };
  return { get: (key) => readBlob(root, key), create: refuse, replace: refuse };
};

function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  if (/[\\\0]/.test(key) || segments.some((segment) => segment === '' || segment.startsWith('.'))) {
    throw new RangeError(
      `${JSON.stringify(key)} is no key: use segments that are not empty and begin with no dot`,
    );
  }
  return join(root, ...segments);
}

const etagOf = (bytes: Uint8Array): string => `"${hash('sha256', bytes)}"`;

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    const { buffer, byteOffset, length } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    // Of `a/b`, `a` may be an object or `a/b` a folder: there is no such object either way.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkIfAbsent(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function ignoreAbsent(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
