// The network of actors who met: lists its edges, with the names of its nodes.
import { actors } from '../../projections/views/actors-view.ts';
import { actorsWhoMet, network } from '../../projections/views/network-view.ts';
import { readDirectory, type Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import { slicesOf } from '../../concurrency.ts';
import { groupOf, namesOf, type ActorName } from '../actors/actor-names.ts';
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

/** Two actors who met. Without dates if all their meetings were reverted. */
export interface Edge extends Partial<Omit<Encounters, 'meetings'>>, Pick<Encounters, 'meetings'> {
  readonly between: Pair;
  /** The changes of the edge, and its state before; only in lists of changes. */
  readonly changes?: readonly Change[];
  readonly before?: Encounters;
}

export interface NetworkFilter extends EncounterFilter {
  /** Selects the edges of this actor. */
  readonly actor?: string;
}

export interface NetworkPage extends Page<Edge> {
  readonly actors: Record<string, ActorName>;
}

/** The read models that the network needs. */
export const networkViews = [network, timeline, actors] as const;

/** Lower than the default, because each row may need all meetings of two actors. */
export const MAX_EDGE_ROWS = 500;

/** The ids of merged actors. The first is the one that they are shown as. */
type Group = readonly string[];

/** The merges of actors and the counterparts of each, as of a reading. */
export interface Nodes {
  readonly reading: Reading;
  /** The group of the requested actor. */
  readonly own: Group | undefined;
  readonly group: (id: string) => Group;
  readonly timesMet: TimesMet;
}

/** Lists edges by the recorded ids. Merged actors are one node, and an edge is listed at the first of its pairs. */
export async function listEdges(
  reading: Reading,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const nodes = await nodesOf(reading, actor);
  const resolve = async (rows: readonly EdgeRow[]) => {
    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of slicesOf(rows)) {
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
  return withNames(reading, await pageOf(rows, { rows: MAX_EDGE_ROWS, ...request }, resolve));
}

export async function nodesOf(reading: Reading, actor: string | undefined): Promise<Nodes> {
  const own = actor === undefined ? undefined : await groupOf(reading, actor);
  const { group } = await readDirectory(reading);
  return {
    reading,
    own,
    group: (id) => (own?.includes(id) ? own : group(id)),
    timesMet: timesMetIn(reading),
  };
}

/** A recorded pair in the order of the network. */
export interface EdgeRow extends Sorted {
  /** Absent if an actor met no other with a higher id; the row then only counts as read. */
  readonly pair?: Pair;
}

type Order = Pick<PageRequest, 'after' | 'descending'>;

async function* beyond(rows: AsyncIterable<EdgeRow>, after: string | undefined): AsyncGenerator<EdgeRow> {
  for await (const row of rows) if (row.sort !== after) yield row;
}

/** Lists the recorded pairs of a group by the other id, or all pairs by both ids. Begins with the pair at `after`. */
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

/** Lists all pairs: reads the counterparts of each actor, and keeps those with a higher id. */
async function* allEdgeRows({ reading, timesMet }: Nodes, order: Order): AsyncGenerator<EdgeRow> {
  const { after, descending = false } = order;
  const ids = [...(await idsThatMayHaveMet(reading))].map(edgesFrom).toSorted();
  const first = after === undefined ? undefined : after.slice(0, after.indexOf(BETWEEN) + 1);
  const left = ids.filter((id) => first === undefined || (descending ? id <= first : id >= first));
  for (const [, wave] of slicesOf(descending ? left.toReversed() : left)) {
    const found = wave.map(async (from): Promise<EdgeRow[]> => {
      const id = from.slice(0, -1);
      const others = [...(await timesMet(id)).keys()].filter((other) => id < other);
      if (others.length === 0) return [{ sort: from }];
      return others.map((other) => ({ sort: from + other, pair: [id, other] }));
    });
    for (const rows of await Promise.all(found)) yield* inOrder(rows, order);
  }
}

/** Returns the ids of all actors that may have met. In the log a meeting may precede the introduction of its actors. */
async function idsThatMayHaveMet(reading: Reading): Promise<Set<string>> {
  // Rows of the previous fold version do not list the actors who met.
  const introduced = (await readDirectory(reading)).all().map(({ id }) => id);
  return new Set([...introduced, ...(await actorsWhoMet(reading))]);
}

/** Separates the two ids in the sort key of a pair. */
const BETWEEN = '~';
const edgesFrom = (id: string): string => id + BETWEEN;

function inOrder(rows: readonly EdgeRow[], { after, descending = false }: Order): EdgeRow[] {
  const left = rows.filter(({ sort }) => after === undefined || (descending ? sort <= after : sort >= after));
  const sorted = left.toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
  return descending ? sorted.toReversed() : sorted;
}

export interface FoundEdge {
  readonly between: Pair;
  /** The recorded pairs that make up the edge. */
  readonly pairs: readonly MetPair[];
}

/** Returns the edge that is listed at this row; undefined if the row is not the first of its edge. */
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
