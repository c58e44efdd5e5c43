// A public log to verify or to import: the folder that an archive writes, or its files over HTTP, from the archive
// itself or from whatever else serves them.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CHECKPOINT_PATH } from '../../events/log/paths.ts';
import type { ReadFile } from '../../domain/verify/files.ts';
import { Unreachable } from './client.ts';
import { UsageError } from './usage.ts';

export interface LogSource {
  readonly read: ReadFile;
  /** The folder or URL that has the log's files in it. */
  readonly place: string;
}

/** Takes an archive's folder or URL as well as that of the log in it. */
export async function openLog(place: string): Promise<LogSource> {
  const remote = isUrl(place);
  if (!remote && !(await isFolder(place))) throw new UsageError(`${place} is neither a folder nor a URL`);
  const base = place.replace(/\/+$/, '');
  const places = remote ? [`${base}/log`, base] : [join(base, 'log'), base];
  for (const each of places) {
    const read = remote ? overHttp(each) : inFolder(each);
    if (await read(CHECKPOINT_PATH)) return { read, place: each };
  }
  throw new UsageError(
    `there is no log at ${place}: neither ${places.map((each) => `${each}/checkpoint`).join(' nor ')} is there`,
  );
}

export const isUrl = (place: string): boolean => /^https?:\/\//.test(place);

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

export const inFolder =
  (folder: string): ReadFile =>
  async (path) => {
    try {
      return await readFile(join(folder, path));
    } catch (error) {
      if (
        error instanceof Error &&
        'code' in error &&
        ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code))
      )
        return undefined;
      throw error;
    }
  };

const TRIES = 3;

/** Absent is what is answered with 404 or 410, or with 403 as by a bucket that may not be listed. */
export const overHttp =
  (url: string): ReadFile =>
  async (path) => {
    for (let tries = 1; ; tries++) {
      try {
        const response = await fetch(`${url}/${path}`);
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
        await response.body?.cancel();
        if ([403, 404, 410].includes(response.status)) return undefined;
        throw new Unreachable(`${url}/${path} is answered with ${response.status}`);
      } catch (error) {
        if (tries === TRIES)
          throw error instanceof Unreachable
            ? error
            : new Unreachable(`nobody answers at ${url}`, { cause: error });
        await setTimeout(100 * 3 ** tries);
      }
    }
  };
