// Read models: how one is asked for, as of when, since when, page by page, and how it is answered.
import { z } from '@hono/zod-openapi';
import type { PageRequest } from '../../domain/queries/pages.ts';
import { openReading, type Reading } from '../../domain/queries/reading.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { asOfQuery, positionAsOf } from './as-of.ts';
import { refuseReversed, type AskedDates } from './filters.ts';
import { wholeNumber } from './parameter.ts';
import { Problem } from './problem.ts';
import type { Handled } from './route.ts';

export const pageQuery = {
  limit: wholeNumber(1, 500).default(100),
  cursor: z.string().max(2_000).optional().describe('From the Link of the page before'),
  order: z.enum(['asc', 'desc']).default('asc'),
  asOf: asOfQuery,
};

type PageQuery = z.output<z.ZodObject<typeof pageQuery>>;

export interface OpenPage {
  readonly reading: Reading;
  readonly request: PageRequest;
}

/**
 * Opens the views that a page is read from. Every page of a list stands at the position of its first one. Throws Problem
 * where the query contradicts itself.
 */
export async function openPage(
  archive: ApiArchive,
  needed: readonly View[],
  { limit, cursor, order, asOf, from, to }: PageQuery & AskedDates,
): Promise<OpenPage> {
  refuseReversed({ from, to });
  const [after, position] = cursor === undefined ? [undefined, undefined] : decodeCursor(cursor);
  const reading = await openReading(
    archive.views,
    needed,
    position ?? (await positionAsOf(archive, 'asOf', asOf)),
  );
  return {
    reading,
    request: { limit, descending: order === 'desc', ...(after === undefined ? {} : { after }) },
  };
}

/**
 * The position after which changes are asked for, up to that of the reading; -1 without one. Where the read model has
 * not come so far, nothing has changed yet; where an earlier end is asked for, throws Problem.
 */
export async function positionSince(
  archive: ApiArchive,
  { at }: Reading,
  [parameter, since]: readonly [name: string, value: string | undefined],
  [until, end]: readonly [name: string, value: string | undefined],
): Promise<number> {
  const position = (await positionAsOf(archive, parameter, since)) ?? -1;
  if (position <= at || end === undefined) return Math.min(position, at);
  throw new Problem(
    'invalid-request',
    `${parameter} is after ${until}: let it be before, or leave ${until} out`,
  );
}

/** Answers a page: as of which position it holds, and a Link to the next one. */
export function answerPage<P extends { readonly next?: string }>(
  c: Handled,
  { at }: Reading,
  page: P,
): Response {
  const { next, ...shown } = page;
  if (next !== undefined) {
    const link = new URL(c.req.url);
    link.searchParams.set('cursor', encodeCursor(next, at));
    c.header('Link', `<${link.pathname}${link.search}>; rel="next"`, { append: true });
  }
  return c.json({ ...shown, position: shownPosition(at) });
}

/** Before the first event there is none. */
export const shownPosition = (at: number): number | null => (at < 0 ? null : at);

export const encodeCursor = (sort: string, at: number): string =>
  Buffer.from(JSON.stringify([sort, at])).toString('base64url');

function decodeCursor(cursor: string): [after: string, at: number] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return z.tuple([z.string(), z.int().min(-1)]).parse(parsed);
  } catch {
    throw new Problem('invalid-request', 'cursor must be taken from the Link of the page before, as it is');
  }
}
