// The directory of actors, each with all that is merged into it: names, counts, when it was last seen.
import { countBefore } from '../../binary-search.ts';
import { actors } from '../../projections/views/actors-view.ts';
import { ACTOR_COUNTS, actorList, speakersOn } from '../../projections/rows/row-keys.ts';
import { nameKey, type Actor as ActorAsOf, type Directory } from '../../projections/rows/actor-directory.ts';
import { type LineRow, lines } from '../../projections/views/lines-view.ts';
import { beyond, directory, partsOf, type Reading } from '../../projections/rows/reading.ts';
import { sumsIn, sumsOf, type Sums } from '../../projections/rows/sums.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Counts } from './actor-counts.ts';
import { wavesOf } from '../../concurrency.ts';
import { countsOf } from './actor-counts.ts';
import { latestOf, seenWithin } from '../last-seen.ts';
import { lineParts, listedInLine } from '../topics/stance-lines.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';
import { windowOf, type Dates } from '../date-window.ts';

/** An actor as directories and dossiers show it: with all that is merged into it. */
export interface Actor extends Omit<ActorAsOf, 'mergedInto'> {
  readonly mergedFrom?: readonly Pick<ActorAsOf, 'id' | 'name' | 'aliases'>[];
  /** What it has a part in; retracted things are not counted. */
  readonly counts: Counts;
  /** EDTF: the latest date of those things. */
  readonly lastSeen?: string;
}

export interface ActorFilter extends Dates {
  readonly kind?: ActorAsOf['kind'];
  /** Who said or thinks something on it. */
  readonly topic?: string;
}

/** What listing actors reads. */
export const actorViews = [actors, timeline, lines] as const;

/** Each row may cost a look into several lists. */
export const MAX_ROWS = 500;

/** By name, or, of those who speak on a topic, by id. Those that are merged into another are left out. */
export async function listActors(
  reading: Reading,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<Actor>> {
  const all = await directory(reading);
  const { kind, topic } = filter;
  const rows = topic === undefined ? byName(all, kind, request) : speakers(reading, all, topic, request);
  const resolve = async (found: readonly ListedActor[]) => {
    const passing: (readonly [ActorAsOf, readonly string[]] | undefined)[] = [];
    for (const [, wave] of wavesOf(found)) {
      const group = wave.map(async ({ actor }) => {
        if (!actor) return undefined;
        const ids = all.group(actor.id);
        return (await passes(reading, filter, actor, ids)) ? ([actor, ids] as const) : undefined;
      });
      passing.push(...(await Promise.all(group)));
    }
    return shownOf(reading, passing);
  };
  return pageOf(rows, { rows: MAX_ROWS, ...request }, resolve);
}

/** A place in a list of actors; without an actor, one that only a merged actor has. */
interface ListedActor extends Sorted {
  readonly actor?: ActorAsOf;
}

/** The directory by name, from `after` on, without merged actors. */
async function* byName(
  directory: Directory,
  kind: ActorFilter['kind'],
  { after, descending = false }: PageRequest,
): AsyncGenerator<ListedActor> {
  const all = directory.all();
  const step = descending ? -1 : 1;
  let index = descending ? all.length - 1 : 0;
  if (after !== undefined) index = descending ? placesBelow(all, after) - 1 : placesBelow(all, `${after}\0`);
  for (; index >= 0 && index < all.length; index += step) {
    const actor = all[index];
    if (actor && actor.mergedInto === undefined && (kind === undefined || actor.kind === kind))
      yield { sort: nameKey(actor), actor };
  }
}

/** How many actors have a place in the directory below this one. */
export function placesBelow(all: readonly ActorAsOf[], place: string): number {
  const bytes = Buffer.from(place);
  return countBefore(all.length, (index) => {
    const actor = all[index];
    return actor !== undefined && Buffer.compare(Buffer.from(nameKey(actor)), bytes) < 0;
  });
}

/** Who ever spoke on a topic, by id. Of a group of merged actors, the first id has the place of all. */
async function* speakers(
  reading: Reading,
  { shown, group }: Directory,
  topic: string,
  { after, descending = false }: PageRequest,
): AsyncGenerator<ListedActor> {
  const part = beyond({ partition: speakersOn(topic) }, after, descending);
  for await (const { sort } of sumsIn(reading, part, descending)) {
    const actor = shown(sort);
    const [first] = actor ? await speakersAmong(reading, group(actor.id), topic) : [];
    yield { sort, ...(actor && first === sort ? { actor } : {}) };
  }
}

/** Those of a group of merged actors, of whom one at least did, who ever spoke on a topic, by id. */
async function speakersAmong(
  reading: Reading,
  group: readonly string[],
  topic: string,
): Promise<readonly string[]> {
  if (group.length === 1) return group;
  const sums = await sumsOf(reading, speakersOn(topic), group);
  return group.filter((id) => sums.has(id)).toSorted();
}

/** Says whether an actor, with all that are merged into it, passes a filter. */
export async function passes(
  reading: Reading,
  { kind, topic, ...dates }: ActorFilter,
  { kind: own }: ActorAsOf,
  group: readonly string[],
): Promise<boolean> {
  if (kind !== undefined && own !== kind) return false;
  const window = windowOf(dates);
  if (topic !== undefined) {
    const lists = group.flatMap((id) => lineParts(topic, id, window));
    return seenWithin<LineRow>(reading, lists, window, undefined, listedInLine);
  }
  if (Object.keys(window).length === 0) return true;
  const lists = group.flatMap((id) => partsOf(actorList(id), window));
  return seenWithin(reading, lists, window);
}

export const withMerged = async (
  reading: Reading,
  actor: ActorAsOf,
  group: readonly string[],
): Promise<Actor> => shown(reading, actor, group, await sumsOf(reading, ACTOR_COUNTS, group));

/** The same for many, with one look at the counts of all. */
async function shownOf(
  reading: Reading,
  all: readonly (readonly [ActorAsOf, readonly string[]] | undefined)[],
): Promise<(Actor | undefined)[]> {
  const ids = all.flatMap((each) => each?.[1] ?? []);
  const counts = await sumsOf(reading, ACTOR_COUNTS, ids);
  const actors: (Actor | undefined)[] = [];
  for (const [, wave] of wavesOf(all))
    actors.push(...(await Promise.all(wave.map(async (each) => each && shown(reading, ...each, counts)))));
  return actors;
}

async function shown(
  reading: Reading,
  { mergedInto: _, ...actor }: ActorAsOf,
  group: readonly string[],
  sums: ReadonlyMap<string, Sums>,
): Promise<Actor> {
  const all = await directory(reading);
  const [counts, lastSeen] = await Promise.all([
    countsOf(reading, group, sums),
    latestOf(
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
