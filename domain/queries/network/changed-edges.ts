// Lists the edges of the network that changed after a position. A merge joins nodes and their edges. So each recorded pair
// is compared twice: as part of its edge now, and as part of its edge then, if that no longer exists.
import { readingAt, type Reading } from '../../projections/rows/reading.ts';
import { slicesOf } from '../../concurrency.ts';
import { changeIf } from '../changes/comparison.ts';
import { encounters, recordedPairs, type Encounters, type MetPair, type Pair } from './encounters.ts';
import {
  edgeAt,
  edgeRows,
  MAX_EDGE_ROWS,
  nodesOf,
  withNames,
  type Edge,
  type EdgeRow,
  type NetworkFilter,
  type NetworkPage,
  type Nodes,
} from './network-edges.ts';
import { pageOf, type PageRequest } from '../paging.ts';

/** Suffix of the sort key of a row's second turn. It sorts below all other continuations of the key. */
const GONE = '\u0001';

/** A recorded pair, to be compared as part of its edge now or then. */
interface Turn extends EdgeRow {
  readonly row: EdgeRow;
}

/** Lists changed edges in the order of the network. The edge of a pair as of `since` follows its edge now. */
export async function listChangedEdges(
  reading: Reading,
  since: number,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const past = readingAt(reading, since);
  const [then, now] = [await nodesOf(past, actor), await nodesOf(reading, actor)];
  const own = now.own && [...new Set([...now.own, ...(then.own ?? [])])];

  async function resolved({ sort, row }: Turn): Promise<Edge | undefined> {
    if (await isUnchanged(row)) return undefined;
    return sort === row.sort ? edgeNow(row) : edgeGone(row);
  }

  /** Returns true if two unmerged actors met as often as before. It reads no meetings. */
  async function isUnchanged({ pair }: EdgeRow): Promise<boolean> {
    if (!pair || own || Object.keys(filter).length > 0) return false;
    if ([then, now].some(({ group }) => pair.some((id) => group(id).length > 1))) return false;
    const [a, b] = pair;
    return (await then.timesMet(a)).get(b) === (await now.timesMet(a)).get(b);
  }

  async function edgeNow(row: EdgeRow): Promise<Edge | undefined> {
    const edge = await edgeAt(now, row);
    if (!edge) return undefined;
    const was = await encounters(past, await pairsBetween(then, edge.between), filter);
    return compared(edge.between, was, await encounters(reading, edge.pairs, filter));
  }

  async function edgeGone(row: EdgeRow): Promise<Edge | undefined> {
    const edge = await edgeAt(then, row);
    if (!edge || (await pairsBetween(now, edge.between)).length > 0) return undefined;
    return compared(edge.between, await encounters(past, edge.pairs, filter), undefined);
  }

  const resolve = async (turns: readonly Turn[]) => {
    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of slicesOf(turns)) edges.push(...(await Promise.all(wave.map(resolved))));
    return edges;
  };
  const turns = twice(now, own, request);
  return withNames(reading, await pageOf(turns, { rows: MAX_EDGE_ROWS, ...request }, resolve));
}

/** Lists the rows of these edges, each twice. */
async function* twice(
  nodes: Nodes,
  own: readonly string[] | undefined,
  { after, descending = false }: PageRequest,
): AsyncGenerator<Turn> {
  const begin = after === undefined ? {} : { after: after.replace(GONE, '') };
  for await (const row of edgeRows(nodes, own, { ...begin, descending })) {
    const turns = [
      { ...row, row },
      { ...row, sort: row.sort + GONE, row },
    ];
    for (const turn of descending ? turns.toReversed() : turns)
      if (after === undefined || (descending ? turn.sort < after : turn.sort > after)) yield turn;
  }
}

/** Returns the recorded pairs of the edge between two actors; an empty list if one of them is not a node. */
async function pairsBetween({ own, group, timesMet }: Nodes, [a, b]: Pair): Promise<MetPair[]> {
  const isNode = (id: string) => group(id)[0] === id;
  if (!isNode(a) || !isNode(b) || (own && own[0] !== a && own[0] !== b)) return [];
  return recordedPairs(timesMet, group(a), group(b));
}

function compared(
  between: Pair,
  before: Encounters | undefined,
  now: Encounters | undefined,
): Edge | undefined {
  if (before?.meetings === now?.meetings) return undefined;
  const changes = [
    ...changeIf('added', before === undefined),
    ...changeIf('left', now === undefined),
    ...changeIf('counts', before !== undefined && now !== undefined),
  ];
  return { between, ...(now ?? { meetings: 0 }), changes, ...(before ? { before } : {}) };
}
