// The directory of topics, and the dossier of one: who said what, in order, and how each speaker's line changed.
import { actors } from '../views/actors.ts';

import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { topic as topicView } from '../views/topic.ts';
import { topics, type TopicRow } from '../views/topics.ts';
import { groupOf, namesIn, type Name } from './actors.ts';
import { latestOf } from './latest.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { readRow, readSources, type Reading, type Row } from './reading.ts';
import { pageOfThings } from './things.ts';
import { listTimeline } from './timeline.ts';
import { wavesOf } from '../waves.ts';

export interface Topic {
  readonly topic: string;
  /** Retracted things are not counted. */
  readonly counts: TopicRow;
  /** EDTF: the latest date of those things. */
  readonly lastSeen?: string;
}

/** What listing topics reads, and what a dossier reads. */
export const topicViews = [topics, timeline] as const;
export const topicDossierViews = [topics, topicView, timeline, actors] as const;

const topicOf = async (reading: Reading, topic: string, counts: TopicRow): Promise<Topic> => {
  const lastSeen = await latestOf(reading, [`topic/${topic}`]);
  return { topic, counts, ...(lastSeen === undefined ? {} : { lastSeen }) };
};

export async function listTopics(reading: Reading, request: PageRequest): Promise<Page<Topic>> {
  const resolve = async (rows: readonly Row<TopicRow>[]) => {
    const found: Topic[] = [];
    for (const [, wave] of wavesOf(rows))
      found.push(...(await Promise.all(wave.map(({ sort, body }) => topicOf(reading, sort, body)))));
    return found;
  };
  return readPage<TopicRow, Topic>(reading, topics, [{ partition: 'directory' }], request, resolve);
}

export interface TopicDossier extends Topic {
  /** Who said or thinks something on it, by id, and how often. */
  readonly speakers?: readonly { readonly actor: string; readonly count: number }[];
  /** By date; of one speaker, its line. */
  readonly items: Summary[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

const MOST_SPEAKERS = 200;
const MOST_ROWS = 20_000;

/** With `speaker`, only what that actor, and all that are merged into it, said: its line, oldest first. */
export async function topicDossier(
  reading: Reading,
  topic: string,
  { speaker, ...request }: PageRequest & { readonly speaker?: string },
): Promise<TopicDossier | undefined> {
  const counts = await readRow<TopicRow>(reading, topics, 'directory', topic);
  if (!counts) return undefined;
  const page =
    speaker === undefined
      ? await listTimeline(reading, { topic }, request)
      : await lineOf(reading, topic, speaker, request);
  return {
    ...(await topicOf(reading, topic, counts)),
    ...(speaker === undefined && request.after === undefined
      ? { speakers: await speakersOn(reading, topic) }
      : {}),
    ...page,
    actors: await namesIn(reading, page.items),
  };
}

/** What one actor said on a topic, in order. Of merged actors, one after another. */
async function lineOf(
  reading: Reading,
  topic: string,
  speaker: string,
  request: PageRequest,
): Promise<Page<Summary>> {
  const group = await groupOf(reading, speaker);
  const sources = group.map((id) => ({ partition: `line/${topic}`, from: `${id}~`, below: `${id}\u007f` }));
  return pageOfThings(reading, topicView, sources, request);
}

async function speakersOn(reading: Reading, topic: string): Promise<{ actor: string; count: number }[]> {
  const counts = new Map<string, number>();
  let read = 0;
  for await (const { sort } of readSources(reading, topicView, [{ partition: `line/${topic}` }])) {
    if (++read > MOST_ROWS) break;
    const speaker = sort.slice(0, sort.indexOf('~'));
    counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  return [...counts].slice(0, MOST_SPEAKERS).map(([actor, count]) => ({ actor, count }));
}
