// The directory of actors, each with all that is merged into it: names, counts, when it was last seen.
import { actorKey, actors, idInDirectory, type ActorRow } from '../views/actors.ts';
import type { Counts } from '../views/counts.ts';
import { idIn } from '../views/facts.ts';
import { timeline } from '../views/timeline.ts';
import { linePartition, speakersPartition, topic as topicView } from '../views/topic.ts';
import { wavesOf } from '../waves.ts';
import { countsOf } from './actor-counts.ts';
import { mergedInto, shownActors } from './actors.ts';
import { changesSince } from './changed.ts';
import { actorChanges, when, type Change } from './comparison.ts';
import { latestOf, seenWithin } from './latest.ts';
import { pageOf, readPage, type Page, type PageRequest } from './pages.ts';
import { asOf, readRows, type Reading, type Row } from './reading.ts';
import { sourcesOf, windowOf, type Dates } from './window.ts';

/** An actor as directories and dossiers show it: with all that is merged into it. */
export interface Actor extends Omit<ActorRow, 'mergedInto'> {
  readonly mergedFrom?: readonly Pick<ActorRow, 'id' | 'name' | 'aliases'>[];
  /** What it has a part in; retracted things are not counted. */
  readonly counts: Counts;
  /** EDTF: the latest date of those things. */
  readonly lastSeen?: string;
}

export interface ActorFilter extends Dates {
  readonly kind?: ActorRow['kind'];
  /** Who said or thinks something on it. */
  readonly topic?: string;
}

/** What listing actors reads. */
export const actorViews = [actors, timeline, topicView] as const;

/** Each row may cost a look into several lists. */
const MOST_ROWS = 500;

/** By name, or, of those who speak on a topic, by id. Those that are merged into another are left out. */
export function listActors(
  reading: Reading,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<Actor>> {
  const { topic } = filter;
  const source =
    topic === undefined
      ? { view: actors, partition: 'directory' }
      : { view: topicView, partition: speakersPartition(topic) };
  const resolve = async (rows: readonly Row<object>[]) => {
    const ids = rows.map(({ sort }) => (topic === undefined ? idInDirectory(sort) : sort));
    const shown = await shownActors(reading, ids);
    const items: (Actor | undefined)[] = [];
    for (const [, wave] of wavesOf(ids))
      items.push(
        ...(await Promise.all(wave.map((id) => listed(reading, filter, { id, row: shown.get(id) })))),
      );
    return items;
  };
  return readPage<object, Actor>(reading, [source], { rows: MOST_ROWS, ...request }, resolve);
}

async function listed(
  reading: Reading,
  filter: ActorFilter,
  { id, row }: { readonly id: string; readonly row: ActorRow | undefined },
): Promise<Actor | undefined> {
  if (!row || (filter.topic === undefined && row.id !== id)) return undefined;
  const group = await mergedInto(reading, row.id);
  if (filter.topic !== undefined) {
    // Of a group that speaks on a topic, the first id stands for all.
    const [first] = (await speakersAmong(reading, group, filter.topic)).toSorted();
    if (first !== id) return undefined;
  }
  return (await passes(reading, filter, row, group)) ? withMerged(reading, row, group) : undefined;
}

/** An actor of which something changed, by an event of its own or of the merges. */
export interface ChangedActor extends Actor {
  /** It is left out of the directory, then. */
  readonly mergedInto?: string;
  readonly changes: readonly Change[];
}

/**
 * Those that changed after position `since`, in the order of the latest change; what they have a part in is no change.
 * One that the filter let pass only then has left, one that it lets pass only now has entered.
 */
export function listChangedActors(
  reading: Reading,
  since: number,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<ChangedActor>> {
  const then = asOf(reading, since);
  const compared = async (before: ActorRow | undefined, row: ActorRow | undefined) => {
    const own = row ? actorChanges(before, row) : [];
    if (!row || own.length === 0) return undefined;
    const group = await shownWith(reading, row);
    const was = before !== undefined && (await passes(then, filter, before, await shownWith(then, before)));
    const is = await passes(reading, filter, row, group);
    if (!was && !is) return undefined;
    const { mergedInto: into } = row;
    return {
      ...(await withMerged(reading, row, group)),
      ...(into === undefined ? {} : { mergedInto: into }),
      changes: [...own, ...when('entered', before !== undefined && !was), ...when('left', !is)],
    };
  };
  const resolve = async (rows: readonly Row<object>[]) => {
    const keys = rows.map(({ sort }) => actorKey(idIn(sort)));
    const before = await readRows<ActorRow>(then, actors, keys);
    const now = await readRows<ActorRow>(reading, actors, keys);
    const items: (ChangedActor | undefined)[] = [];
    for (const [at, wave] of wavesOf(now))
      items.push(...(await Promise.all(wave.map((row, index) => compared(before[at + index], row)))));
    return items;
  };
  return pageOf(changesSince(reading, [actors], since, request), { rows: MOST_ROWS, ...request }, resolve);
}

/** All that are merged into it; of one that is merged itself, it alone. */
const shownWith = async (reading: Reading, { id, mergedInto: into }: ActorRow): Promise<readonly string[]> =>
  into === undefined ? mergedInto(reading, id) : [id];

async function speakersAmong(
  reading: Reading,
  group: readonly string[],
  topic: string,
): Promise<readonly string[]> {
  const keys = group.map((sort) => ({ partition: speakersPartition(topic), sort }));
  const marked = await readRows(reading, topicView, keys);
  return group.filter((_, index) => marked[index] !== undefined);
}

async function passes(
  reading: Reading,
  { kind, topic, ...dates }: ActorFilter,
  { kind: own }: ActorRow,
  group: readonly string[],
): Promise<boolean> {
  if (kind !== undefined && own !== kind) return false;
  const window = windowOf(dates);
  if (topic === undefined && Object.keys(window).length === 0) return true;
  const lists =
    topic === undefined
      ? group.flatMap((each) => sourcesOf(timeline, `actor/${each}`, window))
      : (await speakersAmong(reading, group, topic)).flatMap((each) =>
          sourcesOf(topicView, linePartition(topic, each), window),
        );
  return seenWithin(reading, lists, window);
}

export async function withMerged(
  reading: Reading,
  { mergedInto: _, ...row }: ActorRow,
  group: readonly string[],
): Promise<Actor> {
  const others = group.filter((id) => id !== row.id);
  const [counts, lastSeen, merged] = await Promise.all([
    countsOf(reading, group),
    latestOf(
      reading,
      group.map((id) => `actor/${id}`),
    ),
    readRows<ActorRow>(reading, actors, others.map(actorKey)),
  ]);
  const mergedFrom = merged.flatMap((each) =>
    each ? [{ id: each.id, name: each.name, aliases: each.aliases }] : [],
  );
  return {
    ...row,
    ...(mergedFrom.length > 0 ? { mergedFrom } : {}),
    counts,
    ...(lastSeen === undefined ? {} : { lastSeen }),
  };
}
