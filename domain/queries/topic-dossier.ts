// The dossier of a topic: who said what, in order, and how each speaker's line changed.
import { justAbove } from '../generation.ts';
import { idIn } from '../views/facts.ts';
import { dateOf, type Summary } from '../views/summary.ts';
import { linePartition, speakersPartition, topic as topicView, type LineRow } from '../views/topic.ts';
import { wavesOf } from '../waves.ts';
import { groupOf, mergedInto, namesOf, shownActors, type Name } from './actors.ts';
import { matching, type TimelineFilter } from './filter.ts';
import type { PageRequest } from './pages.ts';
import { readRows, readSources, type Reading, type Source } from './reading.ts';
import { actorsIn, pageOfThings, summariesOf } from './things.ts';
import { listTimeline } from './timeline.ts';
import { isThere, topicOf, topicRow, type Topic } from './topic-list.ts';
import { sourcesOf, windowOf } from './window.ts';

/** Who said or thinks something on a topic, and when last (EDTF); without `last` all of it is retracted. */
export interface Speaker {
  readonly actor: string;
  readonly last?: string;
}

export interface TopicDossier extends Topic {
  /** By id; on the first page, and not of one speaker. */
  readonly speakers?: readonly Speaker[];
  /** There are more: the directory of actors has all of them, by this topic. */
  readonly moreSpeakers?: true;
  /** By date; of one speaker, its line. */
  readonly items: Summary[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

const MOST_SPEAKERS = 200;

/** With `speaker`, only what that actor, and all that are merged into it, said: its line, oldest first. */
export async function topicDossier(
  reading: Reading,
  topic: string,
  filter: Omit<TimelineFilter, 'topic'>,
  request: PageRequest,
): Promise<TopicDossier | undefined> {
  const counts = await topicRow(reading, topic);
  if (!counts || !(await isThere(reading, topic, counts))) return undefined;
  const { speaker, certainty, ...dates } = filter;
  // What somebody only guessed was said is in nobody's line.
  const page =
    speaker === undefined || certainty === 'speculated'
      ? await listTimeline(reading, { ...filter, topic }, request)
      : await pageOfThings(
          reading,
          (await groupOf(reading, speaker)).flatMap((id) =>
            sourcesOf(topicView, linePartition(topic, id), windowOf(dates)),
          ),
          request,
          await matching(reading, { ...filter, topic }),
        );
  const head = await topicOf(reading, topic, counts);
  const opens = speaker === undefined && request.after === undefined;
  const { speakers = [], more = false } = opens ? await speakersOn(reading, topic) : {};
  const named = [...speakers.map(({ actor }) => actor), ...page.items.flatMap((each) => [...actorsIn(each)])];
  return {
    ...head,
    ...(opens ? { speakers } : {}),
    ...(more ? { moreSpeakers: true } : {}),
    ...page,
    actors: await namesOf(reading, named),
  };
}

/** Those of the first so many ids, each with all that it is merged with: however many more speak, they are not read. */
async function speakersOn(
  reading: Reading,
  topic: string,
): Promise<{ readonly speakers: readonly Speaker[]; readonly more: boolean }> {
  const all = { view: topicView, partition: speakersPartition(topic) };
  const first: string[] = [];
  for await (const { sort } of readSources(reading, [all])) if (first.push(sort) === MOST_SPEAKERS) break;
  const shown = await shownActors(reading, first);
  const groups = [...Map.groupBy(first, (id) => shown.get(id)?.id ?? id)];
  const last = first.length === MOST_SPEAKERS ? first.at(-1) : undefined;
  const beyond = last === undefined ? [] : await speakersBeyond(reading, topic, groups, last);
  const speakers: Speaker[] = [];
  for (const [at, wave] of wavesOf(groups)) {
    const found = wave.map(([actor, ids], index) =>
      speakerOn(reading, topic, actor, [...ids, ...(beyond[at + index] ?? [])]),
    );
    speakers.push(...(await Promise.all(found)).flat());
  }
  return {
    speakers: speakers.toSorted((a, b) => (a.actor < b.actor ? -1 : 1)),
    more:
      last !== undefined &&
      (await isAnyBut(reading, new Set(beyond.flat()), { ...all, from: justAbove(last) })),
  };
}

/** Of each group, those who speak on the topic and come after `last`: they are merged with one who comes before. */
async function speakersBeyond(
  reading: Reading,
  topic: string,
  groups: readonly (readonly [shownAs: string, ids: readonly string[]])[],
  last: string,
): Promise<string[][]> {
  const partition = speakersPartition(topic);
  const beyond: string[][] = [];
  for (const [, wave] of wavesOf(groups)) {
    const found = wave.map(async ([actor]) => {
      const ids = (await mergedInto(reading, actor)).filter((id) => id > last);
      const marked = await readRows(
        reading,
        topicView,
        ids.map((sort) => ({ partition, sort })),
      );
      return ids.filter((_, index) => marked[index] !== undefined);
    });
    beyond.push(...(await Promise.all(found)));
  }
  return beyond;
}

async function isAnyBut(reading: Reading, known: ReadonlySet<string>, source: Source): Promise<boolean> {
  for await (const { sort } of readSources(reading, [source])) if (!known.has(sort)) return true;
  return false;
}

/** Empty where all that was said was corrected away. */
async function speakerOn(
  reading: Reading,
  topic: string,
  actor: string,
  ids: readonly string[],
): Promise<Speaker[]> {
  const lines = ids.flatMap((id) => sourcesOf(topicView, linePartition(topic, id), {}));
  let any = false;
  for await (const { sort, body } of readSources<LineRow>(reading, lines, true)) {
    any = true;
    if (body.retracted) continue;
    const [summary] = await summariesOf(reading, [idIn(sort)]);
    return [{ actor, ...(summary ? { last: dateOf(summary.fields) } : {}) }];
  }
  return any ? [{ actor }] : [];
}
