// The network of all who met: a page of its edges, with the names of its nodes.
import { actors } from '../../projections/views/actors-view.ts';
import { actorsWhoMet, network } from '../../projections/views/network-view.ts';
import { directory, type Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import { wavesOf } from '../../concurrency.ts';
import { groupOf, namesOf, type Name } from '../actors/actor-names.ts';
import type { Change } from '../changes/comparison.ts';
import {
  encounters,
  pairOf,
  recordedPairs,
  timesMetIn,
  type EncounterFilter,
  type Encounters,
  type MetPair,
  type Pair,
  type TimesMet,
} from './encounters.ts';
import { pageOf, type Page, type PageRequest, type Sorted } from '../paging.ts';

/** Two actors who met; the smaller id first. Without dates where all their meetings were taken back. */
export interface Edge extends Partial<Omit<Encounters, 'meetings'>>, Pick<Encounters, 'meetings'> {
  readonly between: Pair;
  /** Where changes are asked for: what they are, and what was between them before. */
  readonly changes?: readonly Change[];
  readonly before?: Encounters;
}

export interface NetworkFilter extends EncounterFilter {
  /** Only whom this one met. */
  readonly actor?: string;
}

export interface NetworkPage extends Page<Edge> {
  readonly actors: Record<string, Name>;
}

/** What it reads. */
export const networkViews = [network, timeline, actors] as const;

/** Each row may cost a look at all meetings of two actors. */
export const MAX_ROWS = 500;

/** Merged actors: first the one that they are shown as. */
type Group = readonly string[];

/** Which actors are one as of a reading, and whom each of them met. */
export interface Nodes {
  readonly reading: Reading;
  /** Of the actor whose edges are asked for. */
  readonly own: Group | undefined;
  readonly group: (id: string) => Group;
  readonly timesMet: TimesMet;
}

/**
 * A page of edges, in the order of the ids under which they were recorded. Merged actors are one node; an edge is listed
 * at the first of the pairs that are one now.
 */
export async function listEdges(
  reading: Reading,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const nodes = await nodesOf(reading, actor);
  const resolve = async (rows: readonly EdgeRow[]) => {
    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) {
      const found = wave.map(async (row) => {
        const edge = await edgeAt(nodes, row);
        const between = edge && (await encounters(reading, edge.pairs, filter));
        return between && { between: edge.between, ...between };
      });
      edges.push(...(await Promise.all(found)));
    }
    return edges;
  };
  const rows = beyond(edgeRows(nodes, nodes.own, request), request.after);
  return withNames(reading, await pageOf(rows, { rows: MAX_ROWS, ...request }, resolve));
}

export async function nodesOf(reading: Reading, actor: string | undefined): Promise<Nodes> {
  const own = actor === undefined ? undefined : await groupOf(reading, actor);
  const { group } = await directory(reading);
  return {
    reading,
    own,
    group: (id) => (own?.includes(id) ? own : group(id)),
    timesMet: timesMetIn(reading),
  };
}

/** The place of a recorded pair in the network. */
export interface EdgeRow extends Sorted {
  /** Absent at an actor that met no other with a higher id: the row only counts as read. */
  readonly pair?: Pair;
}

type Order = Pick<PageRequest, 'after' | 'descending'>;

async function* beyond(rows: AsyncIterable<EdgeRow>, after: string | undefined): AsyncGenerator<EdgeRow> {
  for await (const row of rows) if (row.sort !== after) yield row;
}

/** The recorded pairs of these actors, by the id of the other; or all pairs, by both ids. It begins with that of `after`. */
export const edgeRows = (nodes: Nodes, own: Group | undefined, order: Order): AsyncGenerator<EdgeRow> =>
  own ? ownEdgeRows(nodes, own, order) : allEdgeRows(nodes, order);

async function* ownEdgeRows({ timesMet }: Nodes, own: Group, order: Order): AsyncGenerator<EdgeRow> {
  const met = await Promise.all(own.map(timesMet));
  const others = new Set(met.flatMap((times) => [...times.keys()]));
  yield* inOrder(
    [...others].map((sort) => ({ sort, pair: pairOf(own[0] ?? '', sort) })),
    order,
  );
}

/** Reads whom each actor met, and takes from that the pairs in which its id is the lower one. */
async function* allEdgeRows({ reading, timesMet }: Nodes, order: Order): AsyncGenerator<EdgeRow> {
  const { after, descending = false } = order;
  const ids = [...(await idsThatMayHaveMet(reading))].map(edgesFrom).toSorted();
  const first = after === undefined ? undefined : after.slice(0, after.indexOf(BETWEEN) + 1);
  const left = ids.filter((id) => first === undefined || (descending ? id <= first : id >= first));
  for (const [, wave] of wavesOf(descending ? left.toReversed() : left)) {
    const found = wave.map(async (from): Promise<EdgeRow[]> => {
      const id = from.slice(0, -1);
      const others = [...(await timesMet(id)).keys()].filter((other) => id < other);
      if (others.length === 0) return [{ sort: from }];
      return others.map((other) => ({ sort: from + other, pair: [id, other] }));
    });
    for (const rows of await Promise.all(found)) yield* inOrder(rows, order);
  }
}

/** The log may have a meeting before the introduction of an actor that it names. */
async function idsThatMayHaveMet(reading: Reading): Promise<Set<string>> {
  // Rows of the version before do not list who met.
  const introduced = (await directory(reading)).all().map(({ id }) => id);
  return new Set([...introduced, ...(await actorsWhoMet(reading))]);
}

/** In the sort key of a pair. */
const BETWEEN = '~';
const edgesFrom = (id: string): string => id + BETWEEN;

function inOrder(rows: readonly EdgeRow[], { after, descending = false }: Order): EdgeRow[] {
  const left = rows.filter(({ sort }) => after === undefined || (descending ? sort <= after : sort >= after));
  const sorted = left.toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
  return descending ? sorted.toReversed() : sorted;
}

export interface FoundEdge {
  readonly between: Pair;
  /** As recorded: those of which it is made. */
  readonly pairs: readonly MetPair[];
}

/** The edge that has its place in this row: of the rows that are one edge, in the first. */
export async function edgeAt(
  { own, group, timesMet }: Nodes,
  { sort, pair }: EdgeRow,
): Promise<FoundEdge | undefined> {
  if (!pair) return undefined;
  const [left, right] = own ? [own, group(sort)] : [group(pair[0]), group(pair[1])];
  if (left[0] === right[0]) return undefined;
  const pairs = await recordedPairs(timesMet, left, right);
  const [first] = pairs
    .map(({ pair: [a, b] }) => (own ? (own.includes(a) ? b : a) : edgesFrom(a) + b))
    .toSorted();
  return first === sort ? { between: pairOf(left[0] ?? '', right[0] ?? ''), pairs } : undefined;
}

export const withNames = async (reading: Reading, page: Page<Edge>): Promise<NetworkPage> => ({
  ...page,
  actors: await namesOf(reading, new Set(page.items.flatMap(({ between }) => between))),
});
