// Reads the articles that belong to a log: from files named by their SHA-256, or over HTTP.
import { basename, dirname } from 'node:path';
import { articleKey } from '../../../domain/recording/stored-article.ts';
import type { ReadArticle } from '../../../domain/log/verify/check-articles.ts';
import { fetchFile, overHttp, type Fetched } from './http-files.ts';
import { isFolder, isUrl, type LogSource } from './log-source.ts';
import { inFolder, type FolderOptions } from './read-folder.ts';
import { UsageError } from '../../usage-error.ts';

export interface ArticleSource {
  readonly read: ReadArticle;
  /** The folder of the files, or the URL of the archive. */
  readonly location: string;
}

/**
 * Opens the articles at `given`, a folder or an archive's URL; by default, those next to a log whose folder or path is
 * called `log`, else undefined. Resolves to undefined, too, if their folder does not exist or no archive answers.
 */
export async function openArticles(
  { location: place }: LogSource,
  given: string | undefined,
  options: FolderOptions = { rejectLinks: false },
): Promise<ArticleSource | undefined> {
  if (given === undefined) {
    if (basename(place) !== 'log') return undefined;
    if (!isUrl(place)) return inArchive(dirname(place), options);
    const url = place.slice(0, -'/log'.length);
    return (await overHttp(url)('health')) ? fromArchive(url) : undefined;
  }
  if (isUrl(given)) return fromArchive(given.replace(/\/+$/, ''));
  if (!(await isFolder(given))) throw new UsageError(`${given} is neither a folder nor a URL`);
  const read = inFolder(given, options);
  return { location: given, read: (id) => read(articleKey(id)) };
}

async function inArchive(folder: string, options: FolderOptions): Promise<ArticleSource | undefined> {
  const place = `${folder}/articles`;
  if (!(await isFolder(place))) return undefined;
  const read = inFolder(folder, options);
  return { location: place, read: (id) => read(`articles/${articleKey(id)}`) };
}

const fromArchive = (place: string): ArticleSource => ({
  location: place,
  read: async (id) => {
    const { status, bytes } = await fetchFile(
      `${place}/articles/${id}/source`,
      (failed) => [404, 410].includes(failed.status) || isDamaged(failed),
    );
    if (status === 404) return undefined;
    if (status === 410) return 'withdrawn';
    return status === 500 ? 'damaged' : bytes;
  },
});

const isDamaged = ({ status, bytes }: Fetched): boolean =>
  status === 500 && Buffer.from(bytes).includes('"urn:chancery:problem:damaged"');
