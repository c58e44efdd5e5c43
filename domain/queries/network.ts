// The network of all who met: a page of its edges, with the names of its nodes.
import { actors } from '../views/actors.ts';
import { metPartition, network, pairOf, type Pair } from '../views/network.ts';
import { timeline } from '../views/timeline.ts';
import { wavesOf } from '../waves.ts';
import { groupOf, mergedInto, namesOf, shownActors, type Name } from './actors.ts';
import { when, type Change } from './comparison.ts';
import { encounters, recordedPairs, type EncounterFilter, type Encounters } from './encounters.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { asOf, type Reading, type Row } from './reading.ts';

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
const MOST_ROWS = 500;

/**
 * A page of edges, in the order of the ids under which they were recorded. Merged actors are one node; an edge stands
 * where the first of the pairs stands that are one now. With `since`, those who met more or less often after that
 * position.
 */
export async function listEdges(
  reading: Reading,
  { actor, ...filter }: NetworkFilter,
  request: PageRequest,
  since?: number,
): Promise<NetworkPage> {
  const own = actor === undefined ? undefined : await groupOf(reading, actor);
  const sources = own
    ? own.map((id) => ({ view: network, partition: metPartition(id) }))
    : [{ view: network, partition: 'edges' }];
  const resolve = async (rows: readonly Row<object>[]) => {
    const ends = rows.map(({ sort, from }): Ends | undefined => {
      // Of all edges, one whose count stands since before has nothing new.
      if (!own && since !== undefined && from <= since) return undefined;
      const [a = '', b = ''] = sort.split('~');
      return own ? [own[0] ?? '', a] : [a, b];
    });
    const group = await groupsOf(reading, ends.filter((each) => each !== undefined).flat());
    const edges: (Edge | undefined)[] = [];
    for (const [at, wave] of wavesOf(ends)) {
      const found = wave.map(async (pair, index) => {
        if (!pair) return undefined;
        const [left, right] = [group(pair[0]), group(pair[1])];
        if (left.includes(pair[1])) return undefined;
        const recorded = await recordedPairs(reading, left, right);
        const first = recorded.map((each) => (own ? other(each, left) : each.join('~'))).toSorted()[0];
        if (first !== rows[at + index]?.sort) return undefined;
        const between = pairOf(left[0] ?? '', right[0] ?? '');
        const now = await encounters(reading, recorded, filter);
        if (since === undefined) return now && { between, ...now };
        return compared(between, await encounters(asOf(reading, since), recorded, filter), now);
      });
      edges.push(...(await Promise.all(found)));
    }
    return edges;
  };
  const page = await readPage<object, Edge>(reading, sources, { rows: MOST_ROWS, ...request }, resolve);
  return { ...page, actors: await namesOf(reading, new Set(page.items.flatMap(({ between }) => between))) };
}

type Ends = readonly [string, string];

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

const other = ([a, b]: Pair, group: readonly string[]): string => (group.includes(a) ? b : a);

/** The group of each of these: the actor that it is shown as first, then all that are merged into that one. */
async function groupsOf(
  reading: Reading,
  ids: readonly string[],
): Promise<(id: string) => readonly string[]> {
  const shown = await shownActors(reading, ids);
  const rootOf = (id: string): string => shown.get(id)?.id ?? id;
  const groups = new Map<string, readonly string[]>();
  for (const [, wave] of wavesOf([...new Set(ids.map(rootOf))])) {
    const found = await Promise.all(wave.map((root) => mergedInto(reading, root)));
    for (const [index, root] of wave.entries()) groups.set(root, found[index] ?? [root]);
  }
  return (id) => groups.get(rootOf(id)) ?? [id];
}
