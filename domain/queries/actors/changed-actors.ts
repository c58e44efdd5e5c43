// Lists the actors that changed after a position, by their own events or by merges.
import type { Actor as ActorAsOf, Directory } from '../../projections/rows/actor-directory.ts';
import { readDirectory, readingAt, type Reading } from '../../projections/rows/reading.ts';
import { positionAndId } from '../../projections/rows/row-keys.ts';
import { slicesOf } from '../../concurrency.ts';
import {
  MAX_ACTOR_ROWS,
  passesActorFilter,
  actorWithMerged,
  type Actor,
  type ActorFilter,
} from './actor-list.ts';
import { actorChanges, changeIf, type Change } from '../changes/comparison.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';

export interface ChangedActor extends Actor {
  /** Present if it is merged; the list of actors leaves it out then. */
  readonly mergedInto?: string;
  readonly changes: readonly Change[];
}

/**
 * Lists the actors that changed after position `since`, by their latest change. Records that name an actor are no change
 * of it. An actor that passed the filter only then has `left`; one that passes only now has `entered`.
 */
export async function listChangedActors(
  reading: Reading,
  since: number,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page<ChangedActor>> {
  const then = readingAt(reading, since);
  const [was, is] = [await readDirectory(then), await readDirectory(reading)];
  const compared = async ({ actor }: ChangedRow): Promise<ChangedActor | undefined> => {
    const before = was.actor(actor.id);
    const own = actorChanges(before, actor);
    if (own.length === 0) return undefined;
    const group = shownWith(is, actor);
    const passed =
      before !== undefined && (await passesActorFilter(then, filter, before, shownWith(was, before)));
    const passesNow = await passesActorFilter(reading, filter, actor, group);
    if (!passed && !passesNow) return undefined;
    const { mergedInto } = actor;
    return {
      ...(await actorWithMerged(reading, actor, group)),
      ...(mergedInto === undefined ? {} : { mergedInto }),
      changes: [
        ...own,
        ...changeIf('entered', before !== undefined && !passed),
        ...changeIf('left', !passesNow),
      ],
    };
  };
  const resolve = async (rows: readonly ChangedRow[]) => {
    const items: (ChangedActor | undefined)[] = [];
    for (const [, wave] of slicesOf(rows)) items.push(...(await Promise.all(wave.map(compared))));
    return items;
  };
  return pageOf(changedAfter(is, since, request), { rows: MAX_ACTOR_ROWS, ...request }, resolve);
}

interface ChangedRow extends Sorted {
  readonly actor: ActorAsOf;
}

async function* changedAfter(
  directory: Directory,
  since: number,
  { after, descending = false }: PageRequest,
): AsyncGenerator<ChangedRow> {
  const changed = directory
    .changedAfter(since)
    .map((actor) => ({ sort: positionAndId(actor.position, actor.id), actor }))
    .filter(({ sort }) => after === undefined || (descending ? sort < after : sort > after));
  yield* descending ? changed.toReversed() : changed;
}

/** Returns the ids of its group; if it is merged into another actor, only its own. */
const shownWith = ({ group }: Directory, { id, mergedInto }: ActorAsOf): readonly string[] =>
  mergedInto === undefined ? group(id) : [id];
