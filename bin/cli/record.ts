// `chancery record FILE.ndjson`: one record a line, {kind, key, body}, "@key" standing for an earlier line.
import { readFile } from 'node:fs/promises';
import type { Client } from './client.ts';
import { UsageError } from './usage.ts';
import { plain, wrap } from './print.ts';

export interface RecordResult {
  readonly key: string;
  readonly status: number;
  readonly id?: string;
  readonly events?: readonly string[];
  readonly similar?: readonly string[];
  readonly replayed?: boolean;
  readonly problem?: Readonly<Record<string, unknown>>;
}

export async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${file} is not UTF-8: convert it first, for instance with iconv`, { cause: error });
  }
}

export async function recordFile(
  client: Client,
  file: string,
  options: { article?: string; dryRun: boolean },
): Promise<RecordResult[]> {
  const records = parseLines(await readUtf8(file), file);
  const article = options.article ?? articleIn(records);
  if (article === undefined)
    throw new UsageError(
      'say which article these records are of: --article ID, as "chancery archive" printed it',
    );
  const query = options.dryRun ? '?dryRun=true' : '';
  const answer = await client.post<{ records: RecordResult[] }>(
    `/articles/${encodeURIComponent(article)}/records${query}`,
    { records },
    options.dryRun ? {} : { Prefer: 'wait=5' },
  );
  return answer.records;
}

function parseLines(text: string, file: string): unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      throw new UsageError(`${file}:${index + 1} is not JSON: ${(error as Error).message}`, { cause: error });
    }
  });
}

/** The first article that any evidence names. */
const articleIn = (records: unknown): string | undefined =>
  /"articleId":"(article-[0-9a-f]{64})"/.exec(JSON.stringify(records))?.[1];

export const isRefused = ({ status }: RecordResult): boolean => status >= 400;

export function recordLine(result: RecordResult): string {
  if (isRefused(result)) return refusalText(result);
  const what = result.replayed ? 'was there' : (result.events ?? []).length === 0 ? 'unchanged' : 'recorded';
  const similar = result.similar ? `  similar to ${result.similar.join(', ')}` : '';
  return `${what.padEnd(9)} ${plain(result.key).padEnd(16)} ${result.id}${similar}`;
}

interface Candidate {
  readonly start: number;
  readonly exact: string;
  readonly prefix?: string;
  readonly suffix?: string;
}

function refusalText({ key, problem = {} }: RecordResult): string {
  const candidates = (problem['candidates'] ?? []) as readonly Candidate[];
  const nearest = problem['nearest'] as { passage: Candidate } | undefined;
  return [
    `REFUSED   ${plain(key)}`,
    wrap(String(problem['detail']), 10),
    ...candidates.map(({ start, prefix = '', exact, suffix = '' }) =>
      wrap(`at ${start}: …${prefix}⟦${exact}⟧${suffix}…`, 10, 2),
    ),
    ...(nearest ? [wrap(`nearest, at ${nearest.passage.start}: “${nearest.passage.exact}”`, 10, 2)] : []),
  ].join('\n');
}
