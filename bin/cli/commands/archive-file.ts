// `chancery archive FILE`: archives a text whose metadata are options, or a JSON body of POST /articles. A file is JSON if
// its name ends in .json; standard input is JSON if there are no options.
import type { FieldDifference } from '../../../domain/recording/article.ts';
import { refusalOf } from '../input/article-kind.ts';
import type { Client } from '../api-client.ts';
import { dateField } from '../text/dates.ts';
import { wrap } from '../text/print.ts';
import { decodeUtf8, fileName, parseJson, readBytes, STDIN } from '../input/read-file.ts';
import { UsageError } from '../../usage-error.ts';

export interface ArchiveOptions {
  readonly title?: string;
  readonly publisher?: string;
  readonly language?: string;
  readonly publishedOn?: string;
  readonly articleUrl?: string;
  readonly byline?: string;
  readonly genre?: string;
}

interface Archived {
  readonly id: string;
  readonly revision: number;
  readonly events: readonly string[];
  readonly differs?: readonly FieldDifference[];
  readonly advice?: string;
}

export async function archiveFile(
  client: Client,
  file: string,
  options: ArchiveOptions = {},
): Promise<{ text: string; json: Archived }> {
  const json = await client.post<Archived>('/articles', await bodyOf(file, options), { Prefer: 'wait=5' });
  const what =
    json.events.length === 0
      ? 'was archived already'
      : json.revision === 1
        ? 'archived'
        : 'this text was archived before; its new publication is recorded';
  const differences = (json.differs ?? []).map(({ field, archived, sent }) =>
    wrap(`${field}: the archive has ${shown(field, archived)}, you sent ${shown(field, sent)}`, 2, 4),
  );
  const advice = json.advice === undefined ? [] : [wrap(json.advice, 2)];
  return { text: [`${what}: ${json.id}`, ...differences, ...advice].join('\n'), json };
}

function shown(field: string, value: string | undefined): string {
  if (value === undefined) return 'no value';
  return dateField(field, value) ?? `“${value}”`;
}

async function bodyOf(file: string, { articleUrl: url, ...options }: ArchiveOptions): Promise<unknown> {
  const bytes = await readBytes(file);
  const fields = { ...options, ...(url === undefined ? {} : { url }) };
  const isBare = Object.keys(fields).length === 0;
  if (file.endsWith('.json') || (file === STDIN && isBare)) {
    if (!isBare)
      throw new UsageError(
        `${file} already contains the article's metadata: leave the options out, or archive a text`,
      );
    return parseJson(decodeUtf8(bytes, file), fileName(file));
  }
  const refusal = refusalOf(bytes);
  if (refusal !== undefined) throw new UsageError(`${fileName(file)} ${refusal}`);
  const text = decodeUtf8(bytes, file);
  if (fields.title === undefined || fields.publisher === undefined) {
    throw new UsageError(
      'give --title and --publisher as the source prints them; put in [square brackets] what you supply yourself',
    );
  }
  return { text, language: 'en', ...fields };
}
