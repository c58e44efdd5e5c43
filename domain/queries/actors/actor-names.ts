// Resolves actor ids: the name, the actor that a merged one is shown as, and its group.
import type { Actor } from '../../projections/rows/actor-directory.ts';
import { readDirectory, type Reading } from '../../projections/rows/reading.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { actorsIn } from '../timeline/summaries.ts';

/** An actor's name, and the id of the actor that it is shown as if it is merged. */
export interface ActorName {
  readonly name: string;
  readonly shownAs?: string;
}

/** Returns the actors that these ids are shown as, by id. Leaves out ids that the log has not introduced. */
export async function shownActors(
  reading: Reading,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Actor>> {
  const { visible: shown } = await readDirectory(reading);
  return new Map(
    [...new Set(ids)].toSorted().flatMap((id): [string, Actor][] => {
      const actor = shown(id);
      return actor ? [[id, actor]] : [];
    }),
  );
}

export const shownActor = async (reading: Reading, id: string): Promise<Actor | undefined> =>
  (await readDirectory(reading)).visible(id);

/** Returns the ids of the actor that this one is shown as and of all actors that are merged into it. */
export const groupOf = async (reading: Reading, id: string): Promise<string[]> =>
  (await readDirectory(reading)).group(id);

/** Returns the names of all actors that these summaries mention, by id. */
export const namesIn = (
  reading: Reading,
  summaries: readonly Summary[],
): Promise<Record<string, ActorName>> =>
  namesOf(
    reading,
    summaries.flatMap((summary) => [...actorsIn(summary)]),
  );

/** Returns the names of these actors, by id. */
export async function namesOf(reading: Reading, ids: Iterable<string>): Promise<Record<string, ActorName>> {
  const shown = [...(await shownActors(reading, ids))];
  return Object.fromEntries(
    shown.map(([requested, { id, name }]): [string, ActorName] => [
      requested,
      id === requested ? { name } : { name, shownAs: id },
    ]),
  );
}
