// Who an actor id stands for: names, and the actors that are merged into it; the directory of actors.
import { actorKey, actors, countsKey, idInDirectory, type ActorRow } from '../views/actors.ts';
import type { Counts } from '../views/counts.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { wavesOf } from '../waves.ts';
import { latestOf } from './latest.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { readRow, readRows, readSources, type Reading, type Row } from './reading.ts';
import { actorsIn } from './things.ts';

/** An actor's name, and the actor that it is shown as where it is merged. */
export interface Name {
  readonly name: string;
  readonly shownAs?: string;
}

const actorRow = (reading: Reading, id: string): Promise<ActorRow | undefined> => {
  const { partition, sort } = actorKey(id);
  return readRow<ActorRow>(reading, actors, partition, sort);
};

/** The actor that is shown for this one: the end of its chain of merges. */
export async function shownActor(reading: Reading, id: string): Promise<ActorRow | undefined> {
  const seen = new Set<string>();
  for (let row = await actorRow(reading, id); row; row = await actorRow(reading, row.mergedInto)) {
    if (row.mergedInto === undefined || seen.has(row.id)) return row;
    seen.add(row.id);
  }
  return undefined;
}

/** The actor that this id is shown as, and every actor that is merged into it: whose records are shown as its own. */
export async function groupOf(reading: Reading, id: string): Promise<string[]> {
  const root = (await shownActor(reading, id))?.id ?? id;
  const group = new Set([root]);
  for (const member of group) {
    for await (const { sort } of readSources(reading, actors, [{ partition: `merged/${member}` }]))
      group.add(sort);
  }
  return [...group];
}

/** Names of all actors that these summaries mention, by id. */
export const namesIn = (reading: Reading, summaries: readonly Summary[]): Promise<Record<string, Name>> =>
  namesOf(reading, new Set(summaries.flatMap((summary) => [...actorsIn(summary)])));

/** Names of these actors, by id. */
export async function namesOf(reading: Reading, ids: Iterable<string>): Promise<Record<string, Name>> {
  const rows = await readRows<ActorRow>(reading, actors, [...ids].toSorted().map(actorKey));
  const named = rows
    .filter((row) => row !== undefined)
    .map(async (row) => [row.id, await nameOf(reading, row)] as const);
  return Object.fromEntries(await Promise.all(named));
}

async function nameOf(reading: Reading, row: ActorRow): Promise<Name> {
  if (row.mergedInto === undefined) return { name: row.name };
  const shown = await shownActor(reading, row.id);
  return shown ? { name: shown.name, shownAs: shown.id } : { name: row.name };
}

/** An actor as directories and dossiers show it: with all that is merged into it. */
export interface Actor extends ActorRow {
  readonly mergedFrom?: readonly string[];
  /** What it has a part in; retracted things are not counted. */
  readonly counts: Counts;
  /** EDTF: the latest date of those things. */
  readonly lastSeen?: string;
}

/** What listing actors reads. */
export const actorViews = [actors, timeline] as const;

/** The directory of actors by name, those that are merged into another left out. */
export async function listActors(
  reading: Reading,
  { kind, ...request }: PageRequest & { kind?: ActorRow['kind'] },
): Promise<Page<Actor>> {
  const resolve = async (rows: readonly Row<object>[]) => {
    const found = await readRows<ActorRow>(
      reading,
      actors,
      rows.map(({ sort }) => actorKey(idInDirectory(sort))),
    );
    const listed = found.map((row) =>
      row && row.mergedInto === undefined && (kind === undefined || row.kind === kind) ? row : undefined,
    );
    const items: (Actor | undefined)[] = [];
    for (const [, wave] of wavesOf(listed))
      items.push(...(await Promise.all(wave.map(async (row) => row && withMerged(reading, row)))));
    return items;
  };
  return readPage<object, Actor>(reading, actors, [{ partition: 'directory' }], request, resolve);
}

export async function withMerged(reading: Reading, row: ActorRow): Promise<Actor> {
  const group = await groupOf(reading, row.id);
  const [counts, lastSeen] = await Promise.all([
    readRows<Counts>(reading, actors, group.map(countsKey)),
    latestOf(
      reading,
      group.map((id) => `actor/${id}`),
    ),
  ]);
  const mergedFrom = group.filter((id) => id !== row.id);
  return {
    ...row,
    ...(mergedFrom.length > 0 ? { mergedFrom } : {}),
    counts: counts.reduce<Counts>((sum, each) => (each ? add(sum, each) : sum), {}),
    ...(lastSeen === undefined ? {} : { lastSeen }),
  };
}

function add(a: Counts, b: Counts): Counts {
  const sum: Partial<Record<keyof Counts, number>> = { ...a };
  for (const kind of ['meetings', 'statements', 'opinions'] as const) {
    if (b[kind] !== undefined) sum[kind] = (sum[kind] ?? 0) + b[kind];
  }
  return sum;
}
