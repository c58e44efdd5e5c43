// Which actors changed since a position: by events of their own, or by merges.
import type { Actor as ActorAsOf, Directory } from '../../projections/rows/actor-directory.ts';
import { directory, readingAt, type Reading } from '../../projections/rows/reading.ts';
import { positionAndId } from '../../projections/rows/row-keys.ts';
import { wavesOf } from '../../concurrency.ts';
import { MAX_ROWS, passes, withMerged, type Actor, type ActorFilter } from './actor-list.ts';
import { actorChanges, when, type Change } from '../changes/comparison.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';

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
export async function listChangedActors(
  reading: Reading,
  since: number,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<ChangedActor>> {
  const then = readingAt(reading, since);
  const [was, is] = [await directory(then), await directory(reading)];
  const compared = async ({ actor }: ChangedPlace): Promise<ChangedActor | undefined> => {
    const before = was.actor(actor.id);
    const own = actorChanges(before, actor);
    if (own.length === 0) return undefined;
    const group = shownWith(is, actor);
    const passed = before !== undefined && (await passes(then, filter, before, shownWith(was, before)));
    const passesNow = await passes(reading, filter, actor, group);
    if (!passed && !passesNow) return undefined;
    const { mergedInto } = actor;
    return {
      ...(await withMerged(reading, actor, group)),
      ...(mergedInto === undefined ? {} : { mergedInto }),
      changes: [...own, ...when('entered', before !== undefined && !passed), ...when('left', !passesNow)],
    };
  };
  const resolve = async (rows: readonly ChangedPlace[]) => {
    const items: (ChangedActor | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) items.push(...(await Promise.all(wave.map(compared))));
    return items;
  };
  return pageOf(changedAfter(is, since, request), { rows: MAX_ROWS, ...request }, resolve);
}

interface ChangedPlace extends Sorted {
  readonly actor: ActorAsOf;
}

async function* changedAfter(
  directory: Directory,
  since: number,
  { after, descending = false }: PageRequest,
): AsyncGenerator<ChangedPlace> {
  const changed = directory
    .changedAfter(since)
    .map((actor) => ({ sort: positionAndId(actor.position, actor.id), actor }))
    .filter(({ sort }) => after === undefined || (descending ? sort < after : sort > after));
  yield* descending ? changed.toReversed() : changed;
}

/** All that are merged into it; of one that is merged itself, it alone. */
const shownWith = ({ group }: Directory, { id, mergedInto }: ActorAsOf): readonly string[] =>
  mergedInto === undefined ? group(id) : [id];
