// The dossier of a topic: its speakers, and its records by date; for one speaker, its line.
import type { LineRow } from '../../projections/views/lines-view.ts';
import { speakersOn } from '../../projections/rows/row-keys.ts';
import { readDirectory, readMerged, type Reading } from '../../projections/rows/reading.ts';
import { sumsIn } from '../../projections/rows/sums.ts';
import { recordDateOf, type Summary } from '../../projections/state/summary-shape.ts';
import { slicesOf } from '../../concurrency.ts';
import { groupOf, namesOf, type ActorName } from '../actors/actor-names.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import { lineParts, listedInLine } from './stance-lines.ts';
import type { PageRequest } from '../paging.ts';
import { actorsIn, pageOfRecords, summaryAt } from '../timeline/summaries.ts';
import { listTimeline } from '../timeline/timeline-list.ts';
import { topicOf, topicSums, type Topic } from './topic-list.ts';
import { windowOf } from '../date-window.ts';

/** An actor with a line on the topic. `last` is the date (EDTF) of its last record; absent if all are retracted. */
export interface Speaker {
  readonly actor: string;
  readonly last?: string;
}

export interface TopicDossier extends Topic {
  /** Sorted by id; only on the first page, and not if the filter names a speaker. */
  readonly speakers?: readonly Speaker[];
  /** True if more speakers exist. `GET /actors` with this topic lists all. */
  readonly moreSpeakers?: true;
  /** Records by date; if the filter names a speaker, its line. */
  readonly items: Summary[];
  readonly actors: Record<string, ActorName>;
  readonly next?: string;
}

const MAX_SPEAKERS = 50;

/** Returns the dossier; with `speaker`, only the line of that actor's group. Undefined if the topic does not exist. */
export async function topicDossier(
  reading: Reading,
  topic: string,
  filter: Omit<TimelineFilter, 'topic'>,
  request: PageRequest,
): Promise<TopicDossier | undefined> {
  const sums = await topicSums(reading, topic);
  if (!sums) return undefined;
  const { speaker, certainty } = filter;
  const requested = { ...filter, topic };
  // Lines have no speculated records.
  const page =
    speaker === undefined || certainty === 'speculated'
      ? await listTimeline(reading, requested, request)
      : await pageOfRecords<LineRow>(
          reading,
          (await groupOf(reading, speaker)).flatMap((id) => lineParts(topic, id, windowOf(filter))),
          request,
          { passes: (await matching(reading, requested)).passes, listed: listedInLine },
        );
  const head = await topicOf(reading, topic, sums);
  const opens = speaker === undefined && request.after === undefined;
  const { speakers = [], more = false } = opens ? await firstSpeakers(reading, topic) : {};
  const named = [...speakers.map(({ actor }) => actor), ...page.items.flatMap((each) => [...actorsIn(each)])];
  return {
    ...head,
    ...(opens ? { speakers } : {}),
    ...(more ? { moreSpeakers: true } : {}),
    ...page,
    actors: await namesOf(reading, named),
  };
}

/** Returns the first speakers by id, each group of merged actors once. Does not read the others. */
async function firstSpeakers(
  reading: Reading,
  topic: string,
): Promise<{ readonly speakers: readonly Speaker[]; readonly more: boolean }> {
  const { visible: shown, group } = await readDirectory(reading);
  const first = new Set<string>();
  let more = false;
  for await (const { sort: id, sums } of sumsIn(reading, { partition: speakersOn(topic) })) {
    const actor = shown(id)?.id ?? id;
    if (!sums['lines'] || first.has(actor)) continue;
    more = first.size === MAX_SPEAKERS;
    if (more) break;
    first.add(actor);
  }
  const speakers: Speaker[] = [];
  for (const [, wave] of slicesOf([...first].toSorted())) {
    const found = wave.map(async (actor): Promise<Speaker> => {
      const last = await lastOn(reading, topic, group(actor));
      return { actor, ...(last === undefined ? {} : { last }) };
    });
    speakers.push(...(await Promise.all(found)));
  }
  return { speakers, more };
}

/** Returns the date of the group's last record on a topic; undefined if all are retracted. */
async function lastOn(
  reading: Reading,
  topic: string,
  group: readonly string[],
): Promise<string | undefined> {
  const parts = group.flatMap((id) => lineParts(topic, id, {}));
  for await (const row of readMerged<LineRow>(reading, parts, true)) {
    if (row.body.retracted) continue;
    const summary = await summaryAt(reading, listedInLine(row));
    return summary && recordDateOf(summary.fields);
  }
  return undefined;
}
