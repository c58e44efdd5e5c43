// Who met more or less often since a position. A merge makes two nodes one, and their edges too: what was an edge then
// may be none now, or be part of another. So each recorded pair is looked at twice: for the edge that it stands for now,
// and for the one that it stood for then, where that is gone.
import { justAbove } from '../generation.ts';
import type { Pair } from '../views/network.ts';
import { wavesOf } from '../waves.ts';
import { when } from './comparison.ts';
import { encounters, recordedPairs, type Encounters } from './encounters.ts';
import {
  edgeAt,
  edgeSources,
  MOST_ROWS,
  namedIn,
  nodesOf,
  ownGroup,
  withNames,
  type Edge,
  type NetworkFilter,
  type NetworkPage,
  type Nodes,
} from './network.ts';
import { pageOf, type PageRequest } from './pages.ts';
import { asOf, readSources, type Reading, type Row } from './reading.ts';

/** Ends the sort key of a row's second turn: below everything that another row's goes on with. */
const GONE = '\u0001';

/** In the order of the network itself: what an edge was stands behind what it is. */
export async function listChangedEdges(
  reading: Reading,
  since: number,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const past = asOf(reading, since);
  const [ownThen, ownNow] = [await ownGroup(past, actor), await ownGroup(reading, actor)];
  const own = ownNow && [...new Set([...ownNow, ...(ownThen ?? [])])];
  /** Its row counts all that there is between two actors. */
  const isCounted = !own && Object.keys(filter).length === 0;

  const resolve = async (rows: readonly Row<object>[]) => {
    const [then, now] = await bothNodes([past, ownThen], [reading, ownNow], namedIn(rows.map(once)));
    const isAlone = (id: string) => [then, now].every(({ group }) => group(id).length === 1);
    const resolved = async (row: Row<object>): Promise<Edge | undefined> => {
      const { sort } = once(row);
      if (isCounted && row.from <= since && sort.split('~').every(isAlone)) return undefined;
      return row.sort === sort ? edgeNow(sort) : edgeGone(sort);
    };

    async function edgeNow(sort: string): Promise<Edge | undefined> {
      const edge = await edgeAt(now, sort);
      if (!edge) return undefined;
      const was = await encounters(past, await pairsBetween(then, edge.between), filter);
      return compared(edge.between, was, await encounters(reading, edge.pairs, filter));
    }

    async function edgeGone(sort: string): Promise<Edge | undefined> {
      const edge = await edgeAt(then, sort);
      if (!edge || (await pairsBetween(now, edge.between)).length > 0) return undefined;
      return compared(edge.between, await encounters(past, edge.pairs, filter), undefined);
    }

    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) edges.push(...(await Promise.all(wave.map(resolved))));
    return edges;
  };
  return withNames(
    reading,
    await pageOf(twice(reading, own, request), { rows: MOST_ROWS, ...request }, resolve),
  );
}

/** Who is one among these actors then and now, and among those that any of them is shown as then or now. */
async function bothNodes(
  then: [Reading, Nodes['own']],
  now: [Reading, Nodes['own']],
  ids: readonly string[],
): Promise<[Nodes, Nodes]> {
  const nodes: [Nodes, Nodes] = [await nodesOf(...then, ids), await nodesOf(...now, ids)];
  const all = new Set([...ids, ...nodes.flatMap(({ group }) => ids.map((id) => group(id)[0] ?? id))]);
  return all.size === new Set(ids).size ? nodes : bothNodes(then, now, [...all]);
}

/** The rows of these edges, each twice. */
async function* twice(
  reading: Reading,
  own: readonly string[] | undefined,
  { after, descending = false }: PageRequest,
): AsyncGenerator<Row<object>> {
  const first = after === undefined ? undefined : withoutMark(after);
  const part = first === undefined ? {} : descending ? { below: justAbove(first) } : { from: first };
  const sources = edgeSources(own).map((source) => ({ ...source, ...part }));
  for await (const row of readSources<object>(reading, sources, descending)) {
    const turns = [row, { ...row, sort: row.sort + GONE }];
    for (const turn of descending ? turns.toReversed() : turns)
      if (after === undefined || (descending ? turn.sort < after : turn.sort > after)) yield turn;
  }
}

const withoutMark = (sort: string): string => (sort.endsWith(GONE) ? sort.slice(0, -GONE.length) : sort);
const once = (row: Row<object>): Row<object> => ({ ...row, sort: withoutMark(row.sort) });

/** What was recorded between these two, where both are nodes; else nothing. */
async function pairsBetween({ reading, own, group }: Nodes, [a, b]: Pair): Promise<Pair[]> {
  const isNode = (id: string) => group(id)[0] === id;
  if (!isNode(a) || !isNode(b) || (own && own[0] !== a && own[0] !== b)) return [];
  return recordedPairs(reading, group(a), group(b));
}

function compared(
  between: Pair,
  before: Encounters | undefined,
  now: Encounters | undefined,
): Edge | undefined {
  if (before?.meetings === now?.meetings) return undefined;
  const changes = [
    ...when('added', before === undefined),
    ...when('left', now === undefined),
    ...when('counts', before !== undefined && now !== undefined),
  ];
  return { between, ...(now ?? { meetings: 0 }), changes, ...(before ? { before } : {}) };
}
