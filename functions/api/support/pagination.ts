// Read models: how one is asked for, as of when, since when, page by page, and how it is answered.
import { hash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { readHead } from '../../../domain/log/head.ts';
import { firstEventTime } from '../../../domain/log/time-index.ts';
import type { PageRequest } from '../../../domain/queries/paging.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import type { ApiContext } from '../api-context.ts';
import { asOfQuery, positionAsOf } from './as-of.ts';
import { rejectReversed, type AskedDates } from '../schemas/filter-schemas.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { Problem } from './problem.ts';
import type { Handled } from './define-route.ts';

export const pageQuery = {
  limit: wholeNumber(1, 500).default(100),
  cursor: z.string().max(2_000).optional().describe('From the Link of the page before'),
  order: z.enum(['asc', 'desc']).default('asc'),
  asOf: asOfQuery,
};

type PageQuery = z.output<z.ZodObject<typeof pageQuery>>;

/** A reading as of before the first event knows when that event was recorded, because its lists are empty. */
export interface PageReading extends Reading {
  readonly firstEvent?: string;
}

export interface OpenPage {
  readonly reading: PageReading;
  readonly request: PageRequest;
}

/** The parameter that says as of when an answer is to be. */
type AsOf = 'asOf' | 'to';

/**
 * Opens the read models that a page is read from. Every page of a list has the position of the first one.
 * @throws Problem if the query contradicts itself.
 */
export async function openPage(
  archive: ApiContext,
  needed: readonly ReadModel[],
  { limit, cursor, order, asOf, from, to }: PageQuery & AskedDates,
  parameter: AsOf = 'asOf',
): Promise<OpenPage> {
  rejectReversed({ from, to });
  const asked = await positionAsOf(archive, parameter, asOf);
  const begun = cursor === undefined ? undefined : await decodeCursor(archive, cursor);
  if (begun && asked !== undefined && asked !== begun.at) {
    throw new Problem(
      'invalid-request',
      `cursor goes on from a page as of position ${begun.at}, and ${parameter} means ${shownPosition(asked) ?? 'none'}: follow the Link of that page as it is, or leave cursor out`,
    );
  }
  const reading = await archive.open(needed, begun?.at ?? asked);
  const firstEvent = asked !== undefined && asked < 0 ? await firstEventTime(archive) : undefined;
  return {
    reading: firstEvent === undefined ? reading : { ...reading, firstEvent },
    request: { limit, descending: order === 'desc', ...(begun ? { after: begun.after } : {}) },
  };
}

export interface OpenChanges extends OpenPage {
  /** The position after which changes are asked for; -1 without one. */
  readonly since: number;
}

/**
 * Opens a page of what changed after a position, an instant or a day.
 * @throws Problem if the page is to end before that. Refusal `behind` if the read models have not folded that position.
 */
export async function openChanges(
  archive: ApiContext,
  needed: readonly ReadModel[],
  query: PageQuery & AskedDates,
  [parameter, value]: readonly [name: string, value: string | undefined],
  until: AsOf = 'asOf',
): Promise<OpenChanges> {
  const opened = await openPage(archive, needed, query, until);
  const since = (await positionAsOf(archive, parameter, value)) ?? -1;
  if (since <= opened.reading.at) return { ...opened, since };
  if (query.asOf !== undefined)
    throw new Problem(
      'invalid-request',
      `${parameter} is after ${until}: let it be before, or leave ${until} out`,
    );
  if (query.cursor !== undefined)
    throw new Problem(
      'invalid-request',
      `cursor goes on from a page as of position ${opened.reading.at}, and ${parameter} means ${since}: follow the Link of that page as it is, or leave cursor out`,
    );
  return { ...opened, since, reading: await archive.open(needed, since) };
}

/** Answers a page: as of which position it holds, and a Link to the next one. */
export function answerPage<P extends { readonly next?: string }>(
  c: Handled,
  { at, firstEvent }: PageReading,
  page: P,
  parameter: AsOf = 'asOf',
): Response {
  const { next, ...shown } = page;
  if (next !== undefined) {
    const link = pageAfter(new URL(c.req.url), next, at, parameter);
    c.header('Link', `<${link.pathname}${link.search}>; rel="next"`, { append: true });
  }
  const answer = {
    ...shown,
    position: shownPosition(at),
    ...(firstEvent === undefined ? {} : { firstEvent }),
  };
  // The text is encoded once. Without an ETag, the API would copy the answer to compute one.
  const bytes = Buffer.from(JSON.stringify(answer));
  c.header('ETag', `"${hash('sha256', bytes)}"`);
  c.header('Content-Type', 'application/json');
  return c.body(bytes);
}

/** Where the next page is. An instant or a day may come to mean a later position: what it meant is put in its place. */
export function pageAfter(page: URL, next: string, at: number, parameter: AsOf = 'asOf'): URL {
  const link = new URL(page);
  if (link.searchParams.has(parameter)) link.searchParams.set(parameter, String(at));
  link.searchParams.set('cursor', Buffer.from(JSON.stringify([next, at])).toString('base64url'));
  return link;
}

/** Before the first event there is none. */
export const shownPosition = (at: number): number | null => (at < 0 ? null : at);

const cursorSchema = z.tuple([z.string(), z.int().min(0)]);

/** Throws Problem where this archive can't have given it. */
async function decodeCursor(
  { state }: ApiContext,
  cursor: string,
): Promise<{ readonly after: string; readonly at: number }> {
  const { success, data } = cursorSchema.safeParse(jsonIn(cursor));
  if (success && data[1] < (await readHead(state)).published) return { after: data[0], at: data[1] };
  throw new Problem('invalid-request', 'cursor must be taken from the Link of the page before, as it is');
}

function jsonIn(cursor: string): unknown {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    // Node skips what is not base64.
    return bytes.toString('base64url') === cursor ? JSON.parse(bytes.toString()) : undefined;
  } catch {
    return undefined;
  }
}
