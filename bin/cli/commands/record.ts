// `chancery record FILE.ndjson`: records one {kind, key, body} for each line; "@key" stands for the id of an earlier line.
// A large file is sent in several calls.
import { z } from 'zod';
import { similarWord } from '../../../events/similar-word.ts';
import { MAX_BODY_BYTES } from '../../../functions/api/support/body.ts';
import { Problem, validated } from '../../../functions/api/support/problem.ts';
import type { Line as SentRecord } from '../../../functions/api/support/record-line.ts';
import { MAX_RECORDS, recordSchema, rejectDoubleKeys } from '../../../functions/api/schemas/record-schema.ts';
import { Refused, Unreachable, type Client } from '../api-client.ts';
import { problemLines, type ProblemShown } from '../text/problem-text.ts';
import { itemLine, plain, wrap } from '../text/print.ts';
import { fileName, parseJson, readUtf8 } from '../input/read-file.ts';
import { namesIn, partsOf, TooMuch, type Part } from './record-parts.ts';
import { UsageError } from '../../usage-error.ts';

export interface RecordResult {
  readonly key: string;
  readonly status: number;
  readonly id?: string;
  readonly events?: readonly string[];
  readonly similar?: readonly string[];
  /** Doubts for the recorder to check, for example about the form of a quotation. */
  readonly notes?: readonly string[];
  readonly replayed?: boolean;
  readonly problem?: ProblemShown;
}

/** A record, and the number of its line. */
interface Line {
  readonly number: number;
  readonly record: unknown;
}

/** Half of a call's bytes remain for the ids of earlier records. */
const LIMITS = { records: MAX_RECORDS, bytes: MAX_BODY_BYTES / 2 };

const sentRecords = z.object({ records: z.array(recordSchema) });

/**
 * Yields the results of each call. Checks the form of all lines before it sends the first. Idempotent: after a failure
 * the same file can be sent again.
 */
export async function* recordFile(
  client: Client,
  file: string,
  { dryRun, ...options }: { readonly article?: string; readonly dryRun: boolean },
): AsyncGenerator<RecordResult[]> {
  const lines = linesOf(await readUtf8(file), fileName(file));
  if (lines.length === 0)
    throw new UsageError(`${fileName(file)} has no records: write one {"kind", "key", "body"} on each line`);
  const records = checked(lines, fileName(file));
  const article = options.article ?? articleIn(records);
  if (article?.startsWith('article-') !== true)
    throw new UsageError(
      'name the article that the records cite: --article ID, as "chancery archive" printed it',
    );
  const path = `/articles/${encodeURIComponent(article)}/records${dryRun ? '?dryRun=true' : ''}`;
  const ids = new Map<string, string | null>();
  for (const part of inParts(records, lines, fileName(file), dryRun)) {
    const sent = part.sent.flatMap((index) => records[index] ?? []);
    const earlier = earlierOf(sent, ids, dryRun);
    try {
      const answer = await client.post<{ records: RecordResult[] }>(
        path,
        { records: sent, ...(Object.keys(earlier).length > 0 ? { earlier } : {}) },
        dryRun ? {} : { Prefer: 'wait=5' },
      );
      const own = answer.records.filter((_, at) => part.own.has(part.sent[at] ?? -1));
      for (const { key, id } of own) ids.set(key, id ?? null);
      yield own;
    } catch (error) {
      const located =
        error instanceof Refused
          ? inFile(
              error,
              fileName(file),
              part.sent.flatMap((index) => lines[index] ?? []),
            )
          : error;
      throw ids.size > 0 && !dryRun ? halfway(located, ids.size, records.length) : located;
    }
  }
}

/** @throws UsageError that names all lines that are not JSON */
function linesOf(text: string, name: string): Line[] {
  const faults: string[] = [];
  const lines = text.split('\n').flatMap((line, index) => {
    const number = index + 1;
    if (line.trim() === '') return [];
    try {
      return [{ number, record: parseJson(line, `${name}:${number}`) }];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return lines;
}

/** Checks the records by the rules of the archive, before any of them is sent. */
function checked(lines: readonly Line[], name: string): SentRecord[] {
  try {
    const { records } = validated(sentRecords, { records: lines.map(({ record }) => record) }, 'invalid');
    rejectDoubleKeys(records, []);
    return records;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw inFile(new Refused(422, { detail: error.message, ...error.details }), name, lines);
  }
}

function inParts(
  records: readonly SentRecord[],
  lines: readonly Line[],
  name: string,
  dryRun: boolean,
): Part[] {
  try {
    return partsOf(records, LIMITS, dryRun);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    throw new UsageError(`${name}:${lines[error.index]?.number} ${error.message}`, { cause: error });
  }
}

/** Returns the ids of keys of earlier calls. For an unknown key, adds the most similar one, so that the answer can name it. */
function earlierOf(
  sent: readonly SentRecord[],
  ids: ReadonlyMap<string, string | null>,
  dryRun: boolean,
): Record<string, string | null> {
  const own = new Set(sent.map(({ key }) => key));
  const keys = new Set(
    sent.flatMap((record) =>
      [...namesIn(record)].flatMap((name) => (name.startsWith('@') ? name.slice(1) : [])),
    ),
  );
  const earlier: Record<string, string | null> = {};
  for (const key of keys) {
    if (own.has(key)) continue;
    const near = ids.has(key) ? key : similarWord(key, ids.keys());
    // A dry run creates no ids.
    if (near !== undefined && !own.has(near)) earlier[near] = dryRun ? null : (ids.get(near) ?? null);
  }
  return earlier;
}

function halfway(error: unknown, done: number, all: number): unknown {
  const advice = `${done} of ${all} lines were sent before. Run the same command again; no line is recorded twice`;
  if (error instanceof Unreachable) return new Unreachable(`${error.message}\n${advice}`, { cause: error });
  if (error instanceof Refused)
    return new Refused(error.status, { ...error.problem, detail: `${error.message}; ${advice}` });
  return error;
}

/** Returns the first article that the evidence names. */
const articleIn = (records: unknown): string | undefined =>
  /"articleId":"(article-[0-9a-f]{64})"/.exec(JSON.stringify(records))?.[1];

/** Translates the pointers of a refused bulk request into lines of the file. */
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

export function resultText(result: RecordResult, dryRun = false): string {
  const { key, id = '', events = [], similar = [], notes = [], replayed, problem = {} } = result;
  if (isRefused(result)) return [`REFUSED       ${plain(key)}`, ...problemLines(problem, 14)].join('\n');
  const recorded = dryRun ? 'would record' : 'recorded';
  const what = replayed ? 'was there' : events.length === 0 ? 'unchanged' : recorded;
  const alike = similar.length > 0 ? [`similar to ${similar.join(', ')}`] : [];
  const advice = [...alike, ...notes.map((note) => `note: ${note}`)];
  return [
    itemLine(`${what.padEnd(13)} ${plain(key).padEnd(15)}`, id),
    ...advice.map((each) => wrap(each, 14)),
  ].join('\n');
}

export function recordedText(results: readonly RecordResult[], dryRun: boolean): string {
  const refused = results.filter(isRefused).length;
  const there =
    results.filter(({ replayed, events = [] }) => replayed || events.length === 0).length - refused;
  const recorded = results.length - refused - there;
  return [
    ...results.map((result) => resultText(result, dryRun)),
    `${recorded} ${dryRun ? 'would be recorded' : 'recorded'}, ${there} already there, ${refused} refused`,
  ].join('\n');
}
