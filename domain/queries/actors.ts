// Who an actor id stands for today: names, and the actors that are merged into it.
import type { Table } from '../ports.ts';
import { actors, type ActorRow } from '../views/actors.ts';
import type { Counts } from '../views/counts.ts';
import type { Summary } from '../views/summary.ts';
import { bytesOf, readAll, readPage, readRow, type Page, type PageRequest } from './rows.ts';

/** Today's name of an actor, and the actor that it is shown as where it is merged. */
export interface Name {
  readonly name: string;
  readonly shownAs?: string;
}

export async function actorRow(views: Table, id: string): Promise<ActorRow | undefined> {
  return readRow<ActorRow>(views, actors, `actor/${id}`, 'row');
}

/** The actor that is shown for this one: the end of its chain of merges. */
export async function shownActor(views: Table, id: string): Promise<ActorRow | undefined> {
  const seen = new Set<string>();
  for (let row = await actorRow(views, id); row; row = await actorRow(views, row.mergedInto)) {
    if (row.mergedInto === undefined || seen.has(row.id)) return row;
    seen.add(row.id);
  }
  return undefined;
}

/** The actor that this id is shown as, and every actor that is merged into it: whose records are shown as its own. */
export async function groupOf(views: Table, id: string): Promise<string[]> {
  const root = (await shownActor(views, id))?.id ?? id;
  const group = new Set([root]);
  for (const member of group) {
    for (const { id: merged } of await mergedInto(views, member)) group.add(merged);
  }
  return [...group];
}

async function mergedInto(views: Table, id: string): Promise<{ id: string }[]> {
  const found: { id: string }[] = [];
  for (let after: string | undefined; ;) {
    const page: Page<{ id: string }> = await readPage(views, actors, [{ partition: `merged/${id}` }], {
      limit: 1_000,
      ...(after ? { after } : {}),
    });
    found.push(...page.items);
    if (page.next === undefined) return found;
    after = page.next;
  }
}

/** A name and its id take so many bytes at most. */
const NAME_BYTES = 1_000;

/** What a summary takes in an answer, with the names of its actors. */
export const weighSummary = (summary: Summary): number =>
  bytesOf(summary) + NAME_BYTES * actorsIn(summary).size;

function actorsIn({ fields }: Summary): Set<string> {
  const parties = [
    fields.participants,
    fields.speakers,
    fields.addressees,
    fields.attributedBy,
    fields.by,
  ].flat();
  const named = [...parties.flatMap((party) => [party?.actor, party?.for]), ...(fields.about ?? [])];
  return new Set(named.filter((id) => id !== undefined));
}

/** Names of all actors that these summaries mention, by id. */
export async function namesIn(views: Table, summaries: readonly Summary[]): Promise<Record<string, Name>> {
  const ids = new Set(summaries.flatMap((summary) => [...actorsIn(summary)]));
  const rows = await readAll<ActorRow>(
    views,
    actors,
    [...ids].map((id) => ({ partition: `actor/${id}`, sort: 'row' })),
  );
  const named = await Promise.all(
    rows.toSorted(byId).map(async (row) => [row.id, await nameOf(views, row)] as const),
  );
  return Object.fromEntries(named);
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

async function nameOf(views: Table, row: ActorRow): Promise<Name> {
  if (row.mergedInto === undefined) return { name: row.name };
  const shown = await shownActor(views, row.id);
  return shown ? { name: shown.name, shownAs: shown.id } : { name: row.name };
}

/** The directory of actors by name, those that are merged into another left out, their counts added to its own. */
export async function listActors(
  views: Table,
  { kind, ...request }: PageRequest & { kind?: ActorRow['kind'] },
): Promise<Page<ActorRow & { mergedFrom?: string[] }>> {
  const passes = (row: ActorRow) => row.mergedInto === undefined && (kind === undefined || row.kind === kind);
  const page = await readPage<ActorRow>(views, actors, [{ partition: 'directory' }], request, passes);
  return { ...page, items: await Promise.all(page.items.map((row) => withMerged(views, row))) };
}

export async function withMerged(views: Table, row: ActorRow): Promise<ActorRow & { mergedFrom?: string[] }> {
  const mergedFrom = (await groupOf(views, row.id)).filter((id) => id !== row.id);
  if (mergedFrom.length === 0) return row;
  const others = await readAll<ActorRow>(
    views,
    actors,
    mergedFrom.map((id) => ({ partition: `actor/${id}`, sort: 'row' })),
  );
  const counts = others.reduce((sum, other) => add(sum, other.counts), row.counts);
  return { ...row, counts, mergedFrom };
}

function add(a: Counts, b: Counts): Counts {
  const sum: Partial<Record<keyof Counts, number>> = { ...a };
  for (const kind of ['meetings', 'statements', 'opinions'] as const) {
    if (b[kind] !== undefined) sum[kind] = (sum[kind] ?? 0) + b[kind];
  }
  return sum;
}
