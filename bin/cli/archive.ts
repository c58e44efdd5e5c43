// `chancery archive FILE`: a text with its metadata as options, or a .json file as POST /articles takes it.
import type { Client } from './client.ts';
import { readUtf8 } from './record.ts';
import { UsageError } from './usage.ts';

export interface ArchiveOptions {
  readonly title?: string;
  readonly publisher?: string;
  readonly language: string;
  readonly publishedOn?: string;
  readonly articleUrl?: string;
  readonly byline?: string;
}

interface Archived {
  readonly id: string;
  readonly revision: number;
  readonly events: readonly string[];
}

export async function archiveFile(
  client: Client,
  file: string,
  options: ArchiveOptions,
): Promise<{ text: string; json: Archived }> {
  const json = await client.post<Archived>('/articles', await bodyOf(file, options), { Prefer: 'wait=5' });
  const what =
    json.events.length === 0
      ? 'was archived already'
      : json.revision === 1
        ? 'archived'
        : 'archived before; this appearance is new';
  return { text: `${what}: ${json.id}`, json };
}

async function bodyOf(file: string, { language, ...options }: ArchiveOptions): Promise<unknown> {
  const text = await readUtf8(file);
  if (file.endsWith('.json')) return parseJson(text, file);
  const { title, publisher, publishedOn, articleUrl, byline } = options;
  if (title === undefined || publisher === undefined) {
    throw new UsageError(
      'give the --title and the --publisher as the source prints them; in [square brackets] what you supply yourself',
    );
  }
  return {
    text,
    title,
    publisher,
    language,
    ...(publishedOn === undefined ? {} : { publishedOn }),
    ...(articleUrl === undefined ? {} : { url: articleUrl }),
    ...(byline === undefined ? {} : { byline }),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
