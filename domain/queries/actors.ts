// Who an actor id stands for: names, and the actors that are merged into it.
import { actorKey, actors, mergedPartition, type ActorRow } from '../views/actors.ts';
import type { Summary } from '../views/summary.ts';
import { readRows, readSources, type Reading } from './reading.ts';
import { actorsIn } from './things.ts';

/** An actor's name, and the actor that it is shown as where it is merged. */
export interface Name {
  readonly name: string;
  readonly shownAs?: string;
}

/**
 * The actors that are shown for these, by the ids asked for: each the end of its chain of merges, as far as the log
 * has introduced them. Ids of nobody are left out.
 */
export async function shownActors(
  reading: Reading,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, ActorRow>> {
  const shown = new Map<string, ActorRow>();
  for (let open = new Map([...new Set(ids)].toSorted().map((id) => [id, id])); open.size > 0;) {
    const wanted = [...new Set(open.values())];
    const found = await readRows<ActorRow>(reading, actors, wanted.map(actorKey));
    const rows = new Map(wanted.map((id, index) => [id, found[index]]));
    const next = new Map<string, string>();
    for (const [asked, at] of open) {
      const row = rows.get(at);
      if (!row) continue;
      shown.set(asked, row);
      if (row.mergedInto !== undefined) next.set(asked, row.mergedInto);
    }
    open = next;
  }
  return shown;
}

export const shownActor = async (reading: Reading, id: string): Promise<ActorRow | undefined> =>
  (await shownActors(reading, [id])).get(id);

/** The actor that this id is shown as, and every actor that is merged into it: whose records are shown as its own. */
export async function groupOf(reading: Reading, id: string): Promise<string[]> {
  return mergedInto(reading, (await shownActor(reading, id))?.id ?? id);
}

/** This actor, which is merged into no other, and every actor that is merged into it. */
export async function mergedInto(reading: Reading, root: string): Promise<string[]> {
  const group = new Set([root]);
  for (const member of group) {
    const source = { view: actors, partition: mergedPartition(member) };
    for await (const { sort } of readSources(reading, [source])) group.add(sort);
  }
  return [...group];
}

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
