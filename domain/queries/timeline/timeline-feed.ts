// Feeds of the timeline: records by their latest change, newest first, with the passages of their evidence.
import { actors } from '../../projections/views/actors-view.ts';
import { article } from '../../projections/views/article-view.ts';
import type { Reading } from '../../projections/rows/reading.ts';
import { recordsAsOf } from '../../projections/rows/thing-by-id.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { EvidencePassages } from '../../projections/state/sources.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { namesIn, type ActorName } from '../actors/actor-names.ts';
import { MAX_CHANGES, recordsByChange, type ChangedResource } from '../changes/changed-streams.ts';
import { headsOf } from '../changes/states-compared.ts';
import type { RecordAsOf } from '../changes/comparison.ts';
import { matching, type TimelineFilter } from './timeline-filter.ts';
import { pageOf, type Page, type PageRequest } from '../paging.ts';
import { weighSummary } from './summaries.ts';

/** A passage that supports or disputes a record. `start` and `end` are code points of the text or of the title. */
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
  readonly actors: Record<string, ActorName>;
}

/** The read models that feeds need, besides the log. */
export const feedViews = [timeline, article, actors] as const;

const MAX_PASSAGES = 10;

export async function feedOf(reading: Reading, filter: TimelineFilter, request: PageRequest): Promise<Feed> {
  const passing = await matching(reading, filter);
  const order = { rows: MAX_CHANGES, ...request, descending: true };
  const rows = recordsByChange([{ reading, matching: passing }], -1, order);
  const resolve = async (group: readonly ChangedResource[]) => {
    const ids = group.flatMap(({ id }) => id ?? []);
    const things = await recordsAsOf(reading, ids);
    const found = new Map<string | undefined, RecordAsOf | undefined>(
      ids.map((id, index) => [id, things[index]]),
    );
    return group.map(({ id }) => {
      const thing = found.get(id);
      return thing && passing.passes(thing.summary) ? thing : undefined;
    });
  };
  const page = await pageOf(rows, order, resolve, ({ summary }, limit) => weighSummary(summary, limit));
  const { items: things, ...next } = page;
  const passages = await passagesOf(
    reading,
    things.map(({ evidencePassages: grounds }) => grounds),
  );
  const summaries = things.map(({ summary }) => summary);
  return {
    items: summaries.map((summary, index) => ({ summary, passages: passages[index] ?? [] })),
    ...next,
    actors: await namesIn(reading, summaries),
  };
}

/** Returns the first passages of each record, at most MAX_PASSAGES. */
async function passagesOf(
  reading: Reading,
  grounds: readonly EvidencePassages[],
): Promise<(readonly SourcePassage[])[]> {
  const places = grounds.map((each) => placesIn(each).slice(0, MAX_PASSAGES));
  const ids = [...new Set(places.flatMap((all) => all.map(({ id }) => id)))];
  const heads = await headsOf(reading, ids);
  const known = new Map(ids.map((id, index) => [id, heads[index]]));
  return places.map((all) =>
    all.flatMap(({ id, ...place }) => {
      const head = known.get(id);
      return head ? [{ article: head, ...place }] : [];
    }),
  );
}

const placesIn = (grounds: EvidencePassages) =>
  (['supports', 'disputes'] as const).flatMap((stance) =>
    Object.entries(grounds[stance]).flatMap(([id, places]) =>
      places.map((place) => {
        const [, title, start, end] = /^(title:)?(\d+)-(\d+)$/.exec(place) ?? [];
        const where = title === undefined ? ('text' as const) : ('title' as const);
        return { id, in: where, start: Number(start), end: Number(end), stance };
      }),
    ),
  );
