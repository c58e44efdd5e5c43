// Read models: how one is asked for, as of when, page by page, and how it is answered.
import { z } from '@hono/zod-openapi';
import type { PageRequest } from '../../domain/queries/pages.ts';
import { openReading, type Reading } from '../../domain/queries/reading.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { asOfQuery, positionAsOf } from './as-of.ts';
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

/** Opens the views that a page is read from. Every page of a list stands at the position of its first one. */
export async function openPage(
  archive: ApiArchive,
  needed: readonly View[],
  { limit, cursor, order, asOf }: PageQuery,
): Promise<OpenPage> {
  const [after, position] = cursor === undefined ? [undefined, undefined] : decodeCursor(cursor);
  const reading = await openReading(archive.views, needed, position ?? (await positionAsOf(archive, asOf)));
  return {
    reading,
    request: { limit, descending: order === 'desc', ...(after === undefined ? {} : { after }) },
  };
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
    c.header('Link', `<${link.pathname}${link.search}>; rel="next"`);
  }
  return c.json({ ...shown, position: at < 0 ? null : at });
}

const encodeCursor = (sort: string, at: number): string =>
  Buffer.from(JSON.stringify([sort, at])).toString('base64url');

function decodeCursor(cursor: string): [after: string, at: number] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return z.tuple([z.string(), z.int().min(-1)]).parse(parsed);
  } catch {
    throw new Problem('invalid-request', 'cursor must be taken from the Link of the page before, as it is');
  }
}
