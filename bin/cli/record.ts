// `chancery record FILE.ndjson`: one record a line, {kind, key, body}, "@key" standing for an earlier line.
import { Refused, type Client } from './client.ts';
import { problemLines, type ProblemShown } from './problem.ts';
import { plain } from './print.ts';
import { parseJson, readUtf8 } from './read-file.ts';
import { UsageError } from './usage.ts';

export interface RecordResult {
  readonly key: string;
  readonly status: number;
  readonly id?: string;
  readonly events?: readonly string[];
  readonly similar?: readonly string[];
  readonly replayed?: boolean;
  readonly problem?: ProblemShown;
}

/** A record, and the number of its line. */
interface Line {
  readonly number: number;
  readonly record: unknown;
}

export async function recordFile(
  client: Client,
  file: string,
  options: { article?: string; dryRun: boolean },
): Promise<RecordResult[]> {
  const lines = linesOf(await readUtf8(file), file);
  if (lines.length === 0)
    throw new UsageError(`${file} has no records: write {"kind", "key", "body"} a line`);
  const records = lines.map(({ record }) => record);
  const article = options.article ?? articleIn(records);
  if (article?.startsWith('article-') !== true)
    throw new UsageError(
      'say which article these records are of: --article ID, as "chancery archive" printed it',
    );
  const query = options.dryRun ? '?dryRun=true' : '';
  const path = `/articles/${encodeURIComponent(article)}/records${query}`;
  const headers: Record<string, string> = options.dryRun ? {} : { Prefer: 'wait=5' };
  try {
    return (await client.post<{ records: RecordResult[] }>(path, { records }, headers)).records;
  } catch (error) {
    throw error instanceof Refused ? inFile(error, file, lines) : error;
  }
}

function linesOf(text: string, file: string): Line[] {
  return text.split('\n').flatMap((line, index) => {
    const number = index + 1;
    return line.trim() === '' ? [] : [{ number, record: parseJson(line, `${file}:${number}`) }];
  });
}

/** The first article that any evidence names. */
const articleIn = (records: unknown): string | undefined =>
  /"articleId":"(article-[0-9a-f]{64})"/.exec(JSON.stringify(records))?.[1];

/** Where a batch is refused as a whole, its pointers lead to lines of the file. */
function inFile({ status, problem }: Refused, file: string, lines: readonly Line[]): Refused {
  const located = (text = '') =>
    text.replace(/^\/records\/(\d+)(\/?)/, (_, index: string, more: string) => {
      const { number } = lines[Number(index)] ?? {};
      return `${file}:${number}${more && ' /'}`;
    });
  const { detail, errors = [], ...others } = problem as ProblemShown;
  const inLines = errors.map((error) => ({ ...error, pointer: located(error.pointer) }));
  return new Refused(status, { ...others, detail: located(detail), errors: inLines });
}

export const isRefused = ({ status }: RecordResult): boolean => status >= 400;

export function recordLine(result: RecordResult, dryRun = false): string {
  const { key, id, events = [], similar, replayed, problem = {} } = result;
  if (isRefused(result)) return [`REFUSED       ${plain(key)}`, ...problemLines(problem, 14)].join('\n');
  const recorded = dryRun ? 'would record' : 'recorded';
  const what = replayed ? 'was there' : events.length === 0 ? 'unchanged' : recorded;
  const alike = similar ? `  similar to ${similar.join(', ')}` : '';
  return `${what.padEnd(13)} ${plain(key).padEnd(16)} ${id}${alike}`;
}
