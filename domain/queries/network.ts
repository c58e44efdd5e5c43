// The network of all who met: a page of its edges, with the names of its nodes.
import { actors } from '../views/actors.ts';
import { metPartition, network, pairOf, type Pair } from '../views/network.ts';
import { timeline } from '../views/timeline.ts';
import { wavesOf } from '../waves.ts';
import { groupOf, mergedInto, namesOf, shownActors, type Name } from './actors.ts';
import type { Change } from './comparison.ts';
import { encounters, recordedPairs, type EncounterFilter, type Encounters } from './encounters.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import type { Reading, Row, Source } from './reading.ts';

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
export const MOST_ROWS = 500;

/** Actors that are one: first the one that they are shown as, then all that are merged into it. */
type Group = readonly string[];

/** Who is one as of a reading, among the actors that rows name. */
export interface Nodes {
  readonly reading: Reading;
  /** Of the actor whose edges are asked for. */
  readonly own: Group | undefined;
  readonly group: (id: string) => Group;
}

/**
 * A page of edges, in the order of the ids under which they were recorded. Merged actors are one node; an edge stands
 * where the first of the pairs stands that are one now.
 */
export async function listEdges(
  reading: Reading,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const own = await ownGroup(reading, actor);
  const resolve = async (rows: readonly Row<object>[]) => {
    const nodes = await nodesOf(reading, own, namedIn(rows));
    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) {
      const found = wave.map(async ({ sort }) => {
        const edge = await edgeAt(nodes, sort);
        const between = edge && (await encounters(reading, edge.pairs, filter));
        return between && { between: edge.between, ...between };
      });
      edges.push(...(await Promise.all(found)));
    }
    return edges;
  };
  const page = await readPage<object, Edge>(
    reading,
    edgeSources(own),
    { rows: MOST_ROWS, ...request },
    resolve,
  );
  return withNames(reading, page);
}

export const ownGroup = async (reading: Reading, actor: string | undefined): Promise<Group | undefined> =>
  actor === undefined ? undefined : groupOf(reading, actor);

/** Where edges stand: all, by the ids of both, or those of one node, by the id of the other. */
export const edgeSources = (own: Group | undefined): Source[] =>
  own
    ? own.map((id) => ({ view: network, partition: metPartition(id) }))
    : [{ view: network, partition: 'edges' }];

/** Ids of the actors that rows name. */
export const namedIn = (rows: readonly Row<object>[]): string[] =>
  rows.flatMap(({ sort }) => sort.split('~'));

export async function nodesOf(
  reading: Reading,
  own: Group | undefined,
  ids: readonly string[],
): Promise<Nodes> {
  const shown = await shownActors(reading, ids);
  const rootOf = (id: string): string => shown.get(id)?.id ?? id;
  const groups = new Map<string, Group>();
  for (const [, wave] of wavesOf([...new Set(ids.map(rootOf))])) {
    const found = await Promise.all(wave.map((root) => mergedInto(reading, root)));
    for (const [index, root] of wave.entries()) groups.set(root, found[index] ?? [root]);
  }
  return { reading, own, group: (id) => (own?.includes(id) ? own : (groups.get(rootOf(id)) ?? [id])) };
}

export interface FoundEdge {
  readonly between: Pair;
  /** As recorded: those of which it is made. */
  readonly pairs: readonly Pair[];
}

/** The edge that stands in this row: of the rows that are one edge, in the first. */
export async function edgeAt(nodes: Nodes, sort: string): Promise<FoundEdge | undefined> {
  const { reading, own, group } = nodes;
  const [a = '', b = ''] = own ? [own[0], sort] : sort.split('~');
  const [left, right] = [group(a), group(b)];
  if (left[0] === right[0]) return undefined;
  const pairs = await recordedPairs(reading, left, right);
  const first = pairs.map(([a, b]) => (own ? (own.includes(a) ? b : a) : `${a}~${b}`)).toSorted()[0];
  return first === sort ? { between: pairOf(left[0] ?? '', right[0] ?? ''), pairs } : undefined;
}

export const withNames = async (reading: Reading, page: Page<Edge>): Promise<NetworkPage> => ({
  ...page,
  actors: await namesOf(reading, new Set(page.items.flatMap(({ between }) => between))),
});
