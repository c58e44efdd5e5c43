// Opens a public log to verify or to import: the folder that an archive writes, or the same files over HTTP.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKPOINT_PATH } from '../../../events/log/paths.ts';
import type { ReadFile } from '../../../domain/log/verify/foreign-files.ts';
import { overHttp } from './http-files.ts';
import { inFolder, type FolderOptions } from './read-folder.ts';
import { UsageError } from '../../usage-error.ts';

export interface LogSource {
  readonly read: ReadFile;
  /** The folder or URL of the log's files. */
  readonly location: string;
}

/** Opens the log at a place: the folder or URL of an archive, or of its log. @throws UsageError if there is no log */
export async function openLog(
  place: string,
  options: FolderOptions = { rejectLinks: false },
): Promise<LogSource> {
  const remote = isUrl(place);
  if (!remote && !(await isFolder(place))) throw new UsageError(`${place} is neither a folder nor a URL`);
  const base = place.replace(/(?<=.)\/+$/, '');
  const files = remote ? overHttp(base) : inFolder(base, options);
  const sources: readonly LogSource[] = [
    {
      read: (path) => files(`log/${path}`),
      location: remote ? `${base}/log` : join(base, 'log'),
    },
    { read: files, location: base },
  ];
  for (const source of sources) if (await source.read(CHECKPOINT_PATH)) return source;
  throw new UsageError(
    `no log at ${place}: neither ${sources.map((source) => `${source.location}/checkpoint`).join(' nor ')} exists`,
  );
}

export const isUrl = (place: string): boolean => /^https?:\/\//.test(place);

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
