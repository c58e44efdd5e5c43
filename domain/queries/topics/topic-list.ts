// The list of topics, with counts and the last date of each.
import { isSameJson } from '../../recording/aggregate.ts';
import { actors } from '../../projections/views/actors-view.ts';
import { withoutDates } from '../../projections/rows/latest-dates.ts';
import { lines, type LineRow } from '../../projections/views/lines-view.ts';
import { rangeAfter, dateRanges, readingAt, type Reading } from '../../projections/rows/reading.ts';
import { sumsIn, sumsOf, type SumsByName } from '../../projections/rows/sums.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import { TOPIC_COUNTS, topicList } from '../../projections/rows/row-keys.ts';
import { topics } from '../../projections/views/topics-view.ts';
import type { Counts } from '../actors/actor-counts.ts';
import type { RecordKind } from '../../projections/state/summary-shape.ts';
import { slicesOf } from '../../concurrency.ts';
import { groupOf } from '../actors/actor-names.ts';
import { changeIf, type Change } from '../changes/comparison.ts';
import { latestDateIn, hasRecordWithin } from '../last-seen.ts';
import { lineParts, listedInLine, topicsOf } from './stance-lines.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';
import { windowOf, type DateFilter } from '../date-window.ts';

export interface Topic {
  readonly topic: string;
  /** Numbers of records, without retracted ones. */
  readonly counts: Counts;
  /** EDTF: the latest date of those records. */
  readonly lastSeen?: string;
  /** The changes of the topic, and its counts before; only in lists of changes. */
  readonly changes?: readonly Change[];
  readonly before?: Counts;
}

export interface TopicFilter extends DateFilter {
  readonly kind?: RecordKind;
  /** Selects the topics on which this actor has a line. */
  readonly actor?: string;
}

/** The read models that the list and the dossier need. */
export const topicViews = [topics, timeline, lines, actors] as const;

/** Lower than the default, because each row may need reads of several lists. */
const MAX_ROWS = 500;

/** Lists topics. With `since`, only those whose counts changed after that position, or that pass only then or only now. */
export async function listTopics(
  reading: Reading,
  filter: TopicFilter,
  request: PageRequest,
  since?: number,
): Promise<Page<Topic>> {
  const then = readingAt(reading, since ?? -1);
  const [wasListed, isListed] = [await listing(then, filter), await listing(reading, filter)];
  const compared = async (
    topic: string,
    before: SumsByName | undefined,
    now: SumsByName,
  ): Promise<Topic | undefined> => {
    const [was, is] = [before !== undefined && (await wasListed(topic, before)), await isListed(topic, now)];
    if (!was && !is) return undefined;
    const changes = [
      ...changeIf('added', !before),
      ...changeIf('entered', before !== undefined && !was),
      ...changeIf('left', !is),
      ...changeIf('counts', was && is && !isSameJson(positive(countsIn(before)), positive(countsIn(now)))),
    ];
    if (changes.length === 0) return undefined;
    return {
      ...(await topicOf(reading, topic, now)),
      changes,
      ...(before ? { before: countsIn(before) } : {}),
    };
  };
  const resolve = async (rows: readonly TopicSums[]) => {
    const names = rows.map(({ sort }) => sort);
    const before =
      since === undefined ? new Map<string, SumsByName>() : await sumsOf(then, TOPIC_COUNTS, names);
    const resolved = async ({ sort: topic, sums }: TopicSums): Promise<Topic | undefined> => {
      if (since !== undefined) return compared(topic, before.get(topic), sums);
      return (await isListed(topic, sums)) ? topicOf(reading, topic, sums) : undefined;
    };
    const items: (Topic | undefined)[] = [];
    for (const [, wave] of slicesOf(rows)) items.push(...(await Promise.all(wave.map(resolved))));
    return items;
  };
  const { actor } = filter;
  const rows =
    actor === undefined ? allTopics(reading, request) : topicsOfActor(reading, then, actor, request);
  return pageOf(rows, { rows: MAX_ROWS, ...request }, resolve);
}

interface TopicSums extends Sorted {
  readonly sums: SumsByName;
}

const allTopics = (reading: Reading, { after, descending = false }: PageRequest): AsyncGenerator<TopicSums> =>
  sumsIn(reading, rangeAfter({ partition: TOPIC_COUNTS }, after, descending), descending);

/** Lists the topics on which an actor has a line, or had one then. */
async function* topicsOfActor(
  reading: Reading,
  then: Reading,
  actor: string,
  request: PageRequest,
): AsyncGenerator<TopicSums> {
  const [was, is] = [await groupOf(then, actor), await groupOf(reading, actor)];
  const lines = [
    { reading: then, actors: was },
    { reading, actors: is },
  ];
  for await (const sort of topicsOf(lines, request))
    yield { sort, sums: (await sumsOf(reading, TOPIC_COUNTS, [sort])).get(sort) ?? {} };
}

/** Returns the counts of records that are not retracted. */
function countsIn(sums: SumsByName = {}): Counts {
  const { retracted: _, ...counts } = withoutDates(sums);
  return counts;
}

const positive = (counts: Counts): object =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Returns the sums of a topic; undefined if no record has the topic, or corrections removed it from all of them. */
export async function topicSums(reading: Reading, topic: string): Promise<SumsByName | undefined> {
  const sums = (await sumsOf(reading, TOPIC_COUNTS, [topic])).get(topic);
  return sums && isThere(sums) ? sums : undefined;
}

export const topicOf = async (reading: Reading, topic: string, sums: SumsByName): Promise<Topic> => {
  const lastSeen = await latestDateIn(reading, [topicList(topic)], [sums]);
  return { topic, counts: countsIn(sums), ...(lastSeen === undefined ? {} : { lastSeen }) };
};

/** Returns a function that decides whether a topic passes the filter. */
async function listing(
  reading: Reading,
  { kind, actor, ...dates }: TopicFilter,
): Promise<(topic: string, sums: SumsByName) => Promise<boolean>> {
  const window = windowOf(dates);
  const group = actor === undefined ? undefined : await groupOf(reading, actor);
  return async (topic, sums) => {
    if (kind !== undefined && !sums[`${kind}s`]) return false;
    if (group) {
      const parts = group.flatMap((id) => lineParts(topic, id, window));
      return hasRecordWithin<LineRow>(reading, parts, window, kind, listedInLine);
    }
    if (Object.keys(window).length === 0) return isThere(sums);
    return hasRecordWithin(reading, dateRanges(topicList(topic), window), window, kind);
  };
}

/** Returns true if a record has the topic. Retracted records count, but not those that a correction removed from it. */
const isThere = (sums: SumsByName): boolean => Object.values(withoutDates(sums)).some((count) => count > 0);
