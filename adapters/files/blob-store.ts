// Stores objects as files in a folder, with the key as the path, so that a log can be verified in place.
// A file is completely written and synced before it gets its name. `link` never replaces an existing name.
import { hash, randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore, StoredBlob } from '../../domain/ports.ts';
import { codeOf, makeFolder, syncFolder } from './folder.ts';

/** The folder of unfinished files. No key begins with a dot, so it contains no objects. */
const UNFINISHED = '.unfinished';

/**
 * Opens or creates a blob store, and removes unfinished files. Only one process may open it, as the lock on the archive's
 * folder ensures. Keys are paths of segments that are not empty and do not begin with a dot.
 */
export async function openBlobs(root: string): Promise<BlobStore> {
  const unfinished = join(root, UNFINISHED);
  await makeFolder(root);
  await makeFolder(unfinished, root);
  for (const left of await readdir(unfinished)) await unlink(join(unfinished, left));

  /** The folders whose names are durable. */
  const durableFolders = new Set<string>();
  const replacing = new Map<string, Promise<unknown>>();

  const get = (key: string): Promise<StoredBlob | undefined> => readBlob(root, key);

  /** Writes and syncs bytes under a temporary name, and then calls `name` to give the file its name. */
  async function write<T>(bytes: Uint8Array, name: (file: string) => Promise<T>): Promise<T> {
    const file = join(unfinished, randomUUID());
    try {
      // A crash before the file is named leaves an unfinished file, which the next `openBlobs` removes.
      await writeSynced(file, bytes);
      return await name(file);
    } finally {
      await unlink(file).catch(ignoreAbsent);
    }
  }

  async function ensureFolder(folder: string): Promise<void> {
    if (durableFolders.has(folder)) return;
    await makeFolder(folder, root);
    durableFolders.add(folder);
  }

  async function create(key: string, bytes: Uint8Array): Promise<'created' | 'same' | 'different'> {
    const path = pathOf(root, key);
    const folder = dirname(path);
    await ensureFolder(folder);
    const created = await write(bytes, (file) => linkIfAbsent(file, path));
    if (!created) {
      const existing = await readFile(path);
      if (!existing.equals(bytes)) return 'different';
    }
    // A crash before this can lose the name. It is also synced if another call created it and has not synced it yet.
    await syncFolder(folder);
    return created ? 'created' : 'same';
  }

  async function swap(key: string, bytes: Uint8Array, etag: string): Promise<boolean> {
    const path = pathOf(root, key);
    const existing = await get(key);
    if (existing?.etag !== etag) return false;
    const folder = dirname(path);
    await ensureFolder(folder);
    await write(bytes, (file) => rename(file, path));
    // A crash before this leaves the complete old object or the complete new one.
    await syncFolder(folder);
    return true;
  }

  async function replace(key: string, bytes: Uint8Array, etag: string | undefined): Promise<boolean> {
    if (etag === undefined) return (await create(key, bytes)) === 'created';
    const swapped = (replacing.get(key) ?? Promise.resolve()).then(() => swap(key, bytes, etag));
    const settled = swapped.catch(() => undefined);
    replacing.set(key, settled);
    try {
      return await swapped;
    } finally {
      if (replacing.get(key) === settled) replacing.delete(key);
    }
  }

  return { get, create, replace };
}

/** Reads an object from a folder that another process may have open. */
export async function readBlob(root: string, key: string): Promise<StoredBlob | undefined> {
  const bytes = await read(pathOf(root, key));
  return bytes && { bytes, etag: etagOf(bytes) };
}

/** Opens a folder for reading only, while another thread writes it. */
export const readOnlyBlobs = (root: string): BlobStore => {
  const reject = async (key: string): Promise<never> => {
    throw new Error(`${key} cannot be written: ${root} is open for reading only`);
  };
  return { get: (key) => readBlob(root, key), create: reject, replace: reject };
};

function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  if (/[\\\0]/.test(key) || segments.some((segment) => segment === '' || segment.startsWith('.'))) {
    throw new RangeError(
      `${JSON.stringify(key)} is not a valid key: use segments that are not empty and do not begin with a dot`,
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
    // For the key `a/b`, `a` may be an object, or `a/b` a folder. The object does not exist in both cases.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    throw withPath(error, path);
  } finally {
    await file.close();
  }
}

/** Adds the path to an error of a file handle, such as ENOSPC. Node omits it, because a handle does not know its path. */
const withPath = (error: unknown, path: string): unknown =>
  error instanceof Error && !('path' in error)
    ? Object.assign(error, { path, message: `${error.message} '${path}'` })
    : error;

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
