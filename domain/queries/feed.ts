// What a feed of the timeline tells: things by their latest change, the latest first, with the passages of their sources.
import { actors } from '../views/actors.ts';
import { article, type ArticleHead } from '../views/article.ts';
import { idIn } from '../views/facts.ts';
import type { Grounds } from '../views/grounds.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { namesIn, type Name } from './actors.ts';
import { thingsByChange } from './changed.ts';
import { matching, type TimelineFilter } from './filter.ts';
import { pageOf, type Page, type PageRequest } from './pages.ts';
import { readRows, type Reading, type Row } from './reading.ts';
import { summariesOf, weighSummary } from './things.ts';

/** A passage that supports or disputes a thing; `start` and `end` in code points of the text, or of the title. */
export interface SourcePassage {
  readonly article: ArticleHead;
  readonly in: 'text' | 'title';
  readonly start: number;
  readonly end: number;
  readonly stance: 'supports' | 'disputes';
}

export interface FeedItem {
  readonly summary: Summary;
  readonly passages: readonly SourcePassage[];
}

export interface Feed extends Page<FeedItem> {
  readonly actors: Record<string, Name>;
}

/** What it reads. */
export const feedViews = [timeline, article, actors] as const;

const MOST_PASSAGES = 10;

export async function feedOf(reading: Reading, filter: TimelineFilter, request: PageRequest): Promise<Feed> {
  const passing = await matching(reading, filter);
  const order = { ...request, descending: true };
  const rows = thingsByChange([{ reading, matching: passing }], -1, order);
  const resolve = async (group: readonly Row<object>[]) => {
    const found = await summariesOf(
      reading,
      group.map(({ sort }) => idIn(sort)),
    );
    return found.map((summary) => (summary && passing.thing(summary) ? summary : undefined));
  };
  const { items, next } = await pageOf(rows, order, resolve, weighSummary);
  const passages = await passagesOf(reading, items);
  return {
    items: items.map((summary, index) => ({ summary, passages: passages[index] ?? [] })),
    ...(next === undefined ? {} : { next }),
    actors: await namesIn(reading, items),
  };
}

/** Of each, the first few. */
async function passagesOf(
  reading: Reading,
  summaries: readonly Summary[],
): Promise<(readonly SourcePassage[])[]> {
  const grounds = await readRows<Grounds>(
    reading,
    timeline,
    summaries.map(({ id }) => ({ partition: `thing/${id}`, sort: 'grounds' })),
  );
  const places = grounds.map((rests) => (rests ? placesIn(rests).slice(0, MOST_PASSAGES) : []));
  const ids = [...new Set(places.flatMap((all) => all.map(({ id }) => id)))];
  const heads = await readRows<ArticleHead>(
    reading,
    article,
    ids.map((sort) => ({ partition: 'head', sort })),
  );
  const known = new Map(ids.map((id, index) => [id, heads[index]]));
  return places.map((all) =>
    all.flatMap(({ id, ...place }) => {
      const head = known.get(id);
      return head ? [{ article: head, ...place }] : [];
    }),
  );
}

const placesIn = (grounds: Grounds) =>
  (['supports', 'disputes'] as const).flatMap((stance) =>
    Object.entries(grounds[stance]).flatMap(([id, places]) =>
      places.map((place) => {
        const [, title, start, end] = /^(title:)?(\d+)-(\d+)$/.exec(place) ?? [];
        const where = title === undefined ? ('text' as const) : ('title' as const);
        return { id, in: where, start: Number(start), end: Number(end), stance };
      }),
    ),
  );
