// Pages of read models: how one is asked for, and how it is answered.
import { z } from '@hono/zod-openapi';
import { positionOfView, type PageRequest } from '../../domain/queries/rows.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { Problem } from './problem.ts';
import type { Handled } from './route.ts';

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(1_000).optional().describe('From the Link of the page before'),
  order: z.enum(['asc', 'desc']).default('asc'),
};

type PageQuery = z.output<z.ZodObject<typeof pageQuery>>;

export function pageRequestOf({ limit, cursor, order }: PageQuery): PageRequest {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  return { limit, descending: order === 'desc', ...(after === undefined ? {} : { after }) };
}

/** Answers a page: up to which position it holds, and a Link to the next one. */
export async function answerPage<P extends { next?: string }>(
  c: Handled,
  { views }: ApiArchive,
  view: View,
  answered: P,
  more: (page: P) => Promise<object> = async () => ({}),
): Promise<Response> {
  const { next, ...shown } = answered;
  if (next !== undefined) {
    const link = new URL(c.req.url);
    link.searchParams.set('cursor', encodeCursor(next));
    c.header('Link', `<${link.pathname}${link.search}>; rel="next"`);
  }
  return c.json({
    ...shown,
    ...(await more(answered)),
    position: (await positionOfView(views, view)) ?? null,
  });
}

const encodeCursor = (sort: string): string => Buffer.from(JSON.stringify([sort])).toString('base64url');

function decodeCursor(cursor: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return z.tuple([z.string()]).parse(parsed)[0];
  } catch {
    throw new Problem('invalid-request', 'cursor must be taken from the Link of the page before, as it is');
  }
}
