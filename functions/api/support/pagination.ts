// Pages of read models: parses `limit`, `cursor`, `order` and `asOf`, opens a reading, and answers with a Link.
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
  cursor: z.string().max(2_000).optional().describe('From the Link of the previous page'),
  order: z.enum(['asc', 'desc']).default('asc'),
  asOf: asOfQuery,
};

type PageQuery = z.output<z.ZodObject<typeof pageQuery>>;

/** A reading. As of before the first event it also has the time of that event, because its lists are empty. */
export interface PageReading extends Reading {
  readonly firstEvent?: string;
}

export interface OpenPage {
  readonly reading: PageReading;
  readonly request: PageRequest;
}

/** The parameter that sets the position of an answer. */
type AsOf = 'asOf' | 'to';

/**
 * Opens the read models of a page. All pages of a list have the position of the first one.
 *
 * @throws Problem if the query contradicts itself
 */
export async function openPage(
  archive: ApiContext,
  needed: readonly ReadModel[],
  { limit, cursor, order, asOf, from, to }: PageQuery & AskedDates,
  parameter: AsOf = 'asOf',
): Promise<OpenPage> {
  rejectReversed({ from, to });
  const requested = await positionAsOf(archive, parameter, asOf);
  const previous = cursor === undefined ? undefined : await decodeCursor(archive, cursor);
  if (previous && requested !== undefined && requested !== previous.at) {
    throw new Problem(
      'invalid-request',
      `cursor continues a page as of position ${previous.at}, but ${parameter} means ${requested < 0 ? 'before the first event' : `position ${requested}`}: follow the Link of that page as it is, or leave cursor out`,
    );
  }
  const reading = await archive.open(needed, previous?.at ?? requested);
  const firstEvent = requested !== undefined && requested < 0 ? await firstEventTime(archive) : undefined;
  return {
    reading: firstEvent === undefined ? reading : { ...reading, firstEvent },
    request: { limit, descending: order === 'desc', ...(previous ? { after: previous.after } : {}) },
  };
}

export interface OpenChanges extends OpenPage {
  /** The position after which changes are listed; -1 without the parameter. */
  readonly since: number;
}

/**
 * Opens a page of the changes after a position, an instant or a day.
 *
 * @throws Problem if the page ends before that. Refusal `behind` if the read models have not folded that position.
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
      `${parameter} is after ${until}: send an earlier ${parameter}, or leave ${until} out`,
    );
  if (query.cursor !== undefined)
    throw new Problem(
      'invalid-request',
      `cursor continues a page as of position ${opened.reading.at}, but ${parameter} means position ${since}: follow the Link of that page as it is, or leave cursor out`,
    );
  return { ...opened, since, reading: await archive.open(needed, since) };
}

/** Answers a page with its position, and a Link to the next page if there is one. */
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

/**
 * Returns the address of the next page. It replaces an instant or a day with the position that it meant, because both
 * may mean a later position on the next request.
 */
export function pageAfter(page: URL, next: string, at: number, parameter: AsOf = 'asOf'): URL {
  const link = new URL(page);
  if (link.searchParams.has(parameter)) link.searchParams.set(parameter, String(at));
  link.searchParams.set('cursor', Buffer.from(JSON.stringify([next, at])).toString('base64url'));
  return link;
}

/** Returns the position as answers show it: null before the first event. */
export const shownPosition = (at: number): number | null => (at < 0 ? null : at);

const cursorSchema = z.tuple([z.string(), z.int().min(0)]);

/**
 * Returns the row after which the page starts, and the position of the list.
 *
 * @throws Problem if this archive cannot have issued the cursor
 */
async function decodeCursor(
  { state }: ApiContext,
  cursor: string,
): Promise<{ readonly after: string; readonly at: number }> {
  const { success, data } = cursorSchema.safeParse(jsonIn(cursor));
  if (success && data[1] < (await readHead(state)).published) return { after: data[0], at: data[1] };
  throw new Problem('invalid-request', 'cursor must be copied unchanged from the Link of the previous page');
}

function jsonIn(cursor: string): unknown {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    // Buffer.from skips characters that are not base64.
    return bytes.toString('base64url') === cursor ? JSON.parse(bytes.toString()) : undefined;
  } catch {
    return undefined;
  }
}
