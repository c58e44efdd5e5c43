// Reads files of an untrusted folder. It reads regular files only: a pipe would block, and a device may be endless.
// Symbolic links are followed or refused.
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadFile } from '../../../domain/log/verify/foreign-files.ts';
import { UsageError } from '../../usage-error.ts';

/** Thrown for a file that must not be read. The message names it and its kind. */
export class UnsafeFile extends UsageError {}

export interface FolderOptions {
  /** True to refuse every symbolic link below the folder. The path of the folder itself may contain links. */
  readonly rejectLinks: boolean;
}

/** Paths are relative to the folder. Resolves to undefined if there is no such file. @throws UnsafeFile */
export function inFolder(folder: string, { rejectLinks }: FolderOptions): ReadFile {
  const known = new Set<string>();

  async function checkParents(path: string): Promise<void> {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = join(folder, ...parts.slice(0, depth));
      if (known.has(parent)) continue;
      if ((await lstat(parent)).isSymbolicLink()) throw isLink(parent);
      known.add(parent);
    }
  }

  return async (path) => {
    if (path.split('/').includes('..')) throw new UnsafeFile(`${path} is outside of ${folder}`);
    const file = join(folder, path);
    try {
      if (rejectLinks) await checkParents(path);
      return await readRegular(file, rejectLinks);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
      // A socket cannot be opened; O_NOFOLLOW fails on a link.
      if (codeOf(error) === 'ELOOP') throw isLink(file);
      if (codeOf(error) === 'ENXIO') throw isSpecial(file);
      throw error;
    }
  };
}

async function readRegular(file: string, rejectLinks: boolean): Promise<Uint8Array | undefined> {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (rejectLinks ? constants.O_NOFOLLOW : 0);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, flags);
    const found = await handle.stat();
    if (found.isDirectory()) return undefined;
    if (!found.isFile()) throw isSpecial(file);
    return await handle.readFile();
  } finally {
    await handle?.close();
  }
}

const isLink = (file: string): UnsafeFile =>
  new UnsafeFile(`${file} is a symbolic link, which is not followed: put the file itself in its place`);

const isSpecial = (file: string): UnsafeFile =>
  new UnsafeFile(`${file} is not a regular file: put a regular file in its place`);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
