// The list of actors: names, counts and last date, each together with the actors that are merged into it.
import { countBefore } from '../../binary-search.ts';
import { actors } from '../../projections/views/actors-view.ts';
import { ACTOR_COUNTS, actorList, speakersOn } from '../../projections/rows/row-keys.ts';
import { nameKey, type Actor as ActorAsOf, type Directory } from '../../projections/rows/actor-directory.ts';
import { type LineRow, lines } from '../../projections/views/lines-view.ts';
import { rangeAfter, readDirectory, dateRanges, type Reading } from '../../projections/rows/reading.ts';
import { sumsIn, sumsOf, type SumsByName } from '../../projections/rows/sums.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Counts } from './actor-counts.ts';
import { slicesOf } from '../../concurrency.ts';
import { countsOf } from './actor-counts.ts';
import { latestDateIn, hasRecordWithin } from '../last-seen.ts';
import { lineParts, listedInLine } from '../topics/stance-lines.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';
import { windowOf, type DateFilter } from '../date-window.ts';

/** An actor as lists and dossiers show it, together with the actors that are merged into it. */
export interface Actor extends Omit<ActorAsOf, 'mergedInto'> {
  readonly mergedFrom?: readonly Pick<ActorAsOf, 'id' | 'name' | 'aliases'>[];
  /** Records that name it, without retracted ones. */
  readonly counts: Counts;
  /** EDTF: the latest date of those records. */
  readonly lastSeen?: string;
}

export interface ActorFilter extends DateFilter {
  readonly kind?: ActorAsOf['kind'];
  /** Actors with a line on this topic. */
  readonly topic?: string;
}

/** The read models that the list needs. */
export const actorViews = [actors, timeline, lines] as const;

/** Lower than the default, because each row may need reads of several lists. */
export const MAX_ACTOR_ROWS = 500;

/** Lists actors by name; with a topic, the speakers on it by id. Leaves out actors that are merged into another. */
export async function listActors(
  reading: Reading,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<Actor>> {
  const all = await readDirectory(reading);
  const { kind, topic } = filter;
  const rows = topic === undefined ? byName(all, kind, request) : speakers(reading, all, topic, request);
  const resolve = async (listed: readonly ListedActor[]) => {
    const passing: (readonly [ActorAsOf, readonly string[]] | undefined)[] = [];
    for (const [, wave] of slicesOf(listed)) {
      const group = wave.map(async ({ actor }) => {
        if (!actor) return undefined;
        const ids = all.group(actor.id);
        return (await passesActorFilter(reading, filter, actor, ids)) ? ([actor, ids] as const) : undefined;
      });
      passing.push(...(await Promise.all(group)));
    }
    return shownOf(reading, passing);
  };
  return pageOf(rows, { rows: MAX_ACTOR_ROWS, ...request }, resolve);
}

/** A row of a list of actors. It has no actor if its actor is listed at another id of its group. */
interface ListedActor extends Sorted {
  readonly actor?: ActorAsOf;
}

/** Lists the directory by name after `after`, without merged actors. */
async function* byName(
  directory: Directory,
  kind: ActorFilter['kind'],
  { after, descending = false }: PageRequest,
): AsyncGenerator<ListedActor> {
  const all = directory.all();
  const step = descending ? -1 : 1;
  let index = descending ? all.length - 1 : 0;
  if (after !== undefined) index = descending ? actorsBelow(all, after) - 1 : actorsBelow(all, `${after}\0`);
  for (; index >= 0 && index < all.length; index += step) {
    const actor = all[index];
    if (actor && actor.mergedInto === undefined && (kind === undefined || actor.kind === kind))
      yield { sort: nameKey(actor), actor };
  }
}

/** Counts the actors whose name key is below `key`, in the byte order of UTF-8. `all` must be sorted by name key. */
export function actorsBelow(all: readonly ActorAsOf[], key: string): number {
  const bytes = Buffer.from(key);
  return countBefore(all.length, (index) => {
    const actor = all[index];
    return actor !== undefined && Buffer.compare(Buffer.from(nameKey(actor)), bytes) < 0;
  });
}

/** Lists the actors that ever spoke on a topic, by id. A group of merged actors is listed at its first id. */
async function* speakers(
  reading: Reading,
  { visible: shown, group }: Directory,
  topic: string,
  { after, descending = false }: PageRequest,
): AsyncGenerator<ListedActor> {
  const part = rangeAfter({ partition: speakersOn(topic) }, after, descending);
  for await (const { sort } of sumsIn(reading, part, descending)) {
    const actor = shown(sort);
    const [first] = actor ? await speakersAmong(reading, group(actor.id), topic) : [];
    yield { sort, ...(actor && first === sort ? { actor } : {}) };
  }
}

/** Returns the actors of a group that ever spoke on a topic, by id. At least one of the group must have. */
async function speakersAmong(
  reading: Reading,
  group: readonly string[],
  topic: string,
): Promise<readonly string[]> {
  if (group.length === 1) return group;
  const sums = await sumsOf(reading, speakersOn(topic), group);
  return group.filter((id) => sums.has(id)).toSorted();
}

/** Returns true if an actor passes a filter, together with the actors that are merged into it. */
export async function passesActorFilter(
  reading: Reading,
  { kind, topic, ...dates }: ActorFilter,
  { kind: own }: ActorAsOf,
  group: readonly string[],
): Promise<boolean> {
  if (kind !== undefined && own !== kind) return false;
  const window = windowOf(dates);
  if (topic !== undefined) {
    const lists = group.flatMap((id) => lineParts(topic, id, window));
    return hasRecordWithin<LineRow>(reading, lists, window, undefined, listedInLine);
  }
  if (Object.keys(window).length === 0) return true;
  const lists = group.flatMap((id) => dateRanges(actorList(id), window));
  return hasRecordWithin(reading, lists, window);
}

export const actorWithMerged = async (
  reading: Reading,
  actor: ActorAsOf,
  group: readonly string[],
): Promise<Actor> => shown(reading, actor, group, await sumsOf(reading, ACTOR_COUNTS, group));

/** Does the same for many actors, and reads the sums of all of them at once. */
async function shownOf(
  reading: Reading,
  all: readonly (readonly [ActorAsOf, readonly string[]] | undefined)[],
): Promise<(Actor | undefined)[]> {
  const ids = all.flatMap((each) => each?.[1] ?? []);
  const counts = await sumsOf(reading, ACTOR_COUNTS, ids);
  const actors: (Actor | undefined)[] = [];
  for (const [, wave] of slicesOf(all))
    actors.push(...(await Promise.all(wave.map(async (each) => each && shown(reading, ...each, counts)))));
  return actors;
}

async function shown(
  reading: Reading,
  { mergedInto: _, ...actor }: ActorAsOf,
  group: readonly string[],
  sums: ReadonlyMap<string, SumsByName>,
): Promise<Actor> {
  const all = await readDirectory(reading);
  const [counts, lastSeen] = await Promise.all([
    countsOf(reading, group, sums),
    latestDateIn(
      reading,
      group.map(actorList),
      group.map((id) => sums.get(id)),
    ),
  ]);
  const mergedFrom = group.flatMap((id) => {
    const merged = id === actor.id ? undefined : all.actor(id);
    return merged ? [{ id, name: merged.name, aliases: merged.aliases }] : [];
  });
  return {
    ...actor,
    ...(mergedFrom.length > 0 ? { mergedFrom } : {}),
    counts,
    ...(lastSeen === undefined ? {} : { lastSeen }),
  };
}
