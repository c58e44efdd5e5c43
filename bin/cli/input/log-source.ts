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

/** Opens a log by the folder or URL of an archive, or of the log itself. @throws UsageError if there is no log */
export async function openLog(
  location: string,
  options: FolderOptions = { rejectLinks: false },
): Promise<LogSource> {
  const remote = isUrl(location);
  if (!remote && !(await isFolder(location)))
    throw new UsageError(`${location} is neither a folder nor a URL`);
  const base = location.replace(/(?<=.)\/+$/, '');
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
    `no log at ${location}: neither ${sources.map((source) => `${source.location}/checkpoint`).join(' nor ')} exists`,
  );
}

export const isUrl = (location: string): boolean => /^https?:\/\//.test(location);

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
