// The directory of topics, with counts and when each was last seen.
import { same } from '../aggregate.ts';
import { actor as actorView, topicsPartition } from '../views/actor.ts';
import { actors } from '../views/actors.ts';
import type { SummaryKind } from '../views/facts.ts';
import { timeline } from '../views/timeline.ts';
import { linePartition, topic as topicView } from '../views/topic.ts';
import { topics, type TopicRow } from '../views/topics.ts';
import { wavesOf } from '../waves.ts';
import { groupOf } from './actors.ts';
import { when, type Change } from './comparison.ts';
import { latestOf, seenWithin } from './latest.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { asOf, readRow, readRows, readSources, type Reading, type Row } from './reading.ts';
import { sourcesOf, windowOf, type Dates } from './window.ts';

export interface Topic {
  readonly topic: string;
  /** Retracted things are not counted. */
  readonly counts: TopicRow;
  /** EDTF: the latest date of those things. */
  readonly lastSeen?: string;
  /** Where changes are asked for: what they are, and the counts before them. */
  readonly changes?: readonly Change[];
  readonly before?: TopicRow;
}

export interface TopicFilter extends Dates {
  readonly kind?: SummaryKind;
  /** Who said or thinks something on it. */
  readonly actor?: string;
}

/** What listing topics reads, and what a dossier reads. */
export const topicViews = [topics, timeline, actorView, topicView, actors] as const;

/** Each row may cost a look into several lists. */
const MOST_ROWS = 500;

/** With `since`, those of which the counts changed after that position, or which the filter let pass only then or now. */
export async function listTopics(
  reading: Reading,
  filter: TopicFilter,
  request: PageRequest,
  since?: number,
): Promise<Page<Topic>> {
  const isListed = await listing(reading, filter);
  const then = asOf(reading, since ?? -1);
  const wasListed = await listing(then, filter);
  /** Its row counts all that it is listed for. */
  const isCounted = filter.actor === undefined && Object.keys(windowOf(filter)).length === 0;
  const compared = async (row: Row<TopicRow>, since: number): Promise<Topic | undefined> => {
    if (isCounted && row.from <= since) return undefined;
    const before = await topicRow(then, row.sort);
    const [was, is] = [
      before !== undefined && (await wasListed(row.sort, before)),
      await isListed(row.sort, row.body),
    ];
    if (!was && !is) return undefined;
    const changes = [
      ...when('added', !before),
      ...when('entered', before !== undefined && !was),
      ...when('left', !is),
      ...when('counts', was && is && !same(plain(before), plain(row.body))),
    ];
    if (changes.length === 0) return undefined;
    return { ...(await topicOf(reading, row.sort, row.body)), changes, ...(before ? { before } : {}) };
  };
  const resolved = async (row: Row<TopicRow>): Promise<Topic | undefined> => {
    if (since !== undefined) return compared(row, since);
    return (await isListed(row.sort, row.body)) ? topicOf(reading, row.sort, row.body) : undefined;
  };
  const resolve = async (rows: readonly Row<TopicRow>[]) => {
    const items: (Topic | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) items.push(...(await Promise.all(wave.map(resolved))));
    return items;
  };
  const directory = { view: topics, partition: 'directory' };
  return readPage<TopicRow, Topic>(reading, [directory], { rows: MOST_ROWS, ...request }, resolve);
}

/** Without what there is none of any more. */
const plain = (counts: TopicRow | undefined): object =>
  Object.fromEntries(Object.entries(counts ?? {}).filter(([, count]) => count > 0));

export const topicRow = (reading: Reading, topic: string): Promise<TopicRow | undefined> =>
  readRow<TopicRow>(reading, topics, 'directory', topic);

export const topicOf = async (reading: Reading, topic: string, counts: TopicRow): Promise<Topic> => {
  const lastSeen = await latestOf(reading, [`topic/${topic}`]);
  return { topic, counts, ...(lastSeen === undefined ? {} : { lastSeen }) };
};

/** Says whether a topic passes the filter. */
async function listing(
  reading: Reading,
  { kind, actor, ...dates }: TopicFilter,
): Promise<(topic: string, counts: TopicRow) => Promise<boolean>> {
  const window = windowOf(dates);
  const group = actor === undefined ? undefined : await groupOf(reading, actor);
  return async (topic, counts) => {
    if (kind !== undefined && !counts[`${kind}s`]) return false;
    if (group) {
      const keys = group.map((id) => ({ partition: topicsPartition(id), sort: topic }));
      const spoken = await readRows(reading, actorView, keys);
      const speakers = group.filter((_, index) => spoken[index] !== undefined);
      const lines = speakers.flatMap((id) => sourcesOf(topicView, linePartition(topic, id), window));
      return seenWithin(reading, lines, window, kind);
    }
    if (Object.keys(window).length === 0) return isThere(reading, topic, counts);
    return seenWithin(reading, sourcesOf(timeline, `topic/${topic}`, window), window, kind);
  };
}

/** A topic of which everything was corrected away is none any more; what is retracted is still on it. */
export async function isThere(reading: Reading, topic: string, counts: TopicRow): Promise<boolean> {
  if (Object.values(counts).some((count) => count > 0)) return true;
  for await (const _ of readSources(reading, sourcesOf(timeline, `topic/${topic}`, {}))) return true;
  return false;
}
