// Who an actor id stands for: names, and the actors that are merged into it.
import type { Actor } from '../../projections/rows/actor-directory.ts';
import { directory, type Reading } from '../../projections/rows/reading.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { actorsIn } from '../timeline/summaries.ts';

/** An actor's name, and the actor that it is shown as where it is merged. */
export interface Name {
  readonly name: string;
  readonly shownAs?: string;
}

/** The actors that are shown for these, by the ids asked for. Ids that the log has not introduced are left out. */
export async function shownActors(
  reading: Reading,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Actor>> {
  const { shown } = await directory(reading);
  return new Map(
    [...new Set(ids)].toSorted().flatMap((id): [string, Actor][] => {
      const actor = shown(id);
      return actor ? [[id, actor]] : [];
    }),
  );
}

export const shownActor = async (reading: Reading, id: string): Promise<Actor | undefined> =>
  (await directory(reading)).shown(id);

/** The actor that this id is shown as, and every actor that is merged into it: their records are shown as its own. */
export const groupOf = async (reading: Reading, id: string): Promise<string[]> =>
  (await directory(reading)).group(id);

/** Names of all actors that these summaries mention, by id. */
export const namesIn = (reading: Reading, summaries: readonly Summary[]): Promise<Record<string, Name>> =>
  namesOf(
    reading,
    summaries.flatMap((summary) => [...actorsIn(summary)]),
  );

/** Names of these actors, by id. */
export async function namesOf(reading: Reading, ids: Iterable<string>): Promise<Record<string, Name>> {
  const shown = [...(await shownActors(reading, ids))];
  return Object.fromEntries(
    shown.map(([asked, { id, name }]): [string, Name] => [
      asked,
      id === asked ? { name } : { name, shownAs: id },
    ]),
  );
}
