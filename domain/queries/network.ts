// Who met whom: the counterparts of an actor, and the network of all.
import { overlaps, span } from '../../events/date.ts';
import { actors } from '../views/actors.ts';
import { idIn } from '../views/facts.ts';
import {
  edgeKey,
  meetingsPartition,
  metPartition,
  network,
  pairOf,
  type EdgeRow,
  type Pair,
} from '../views/network.ts';
import { dateOf } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { wavesOf } from '../waves.ts';
import { namesOf, shownActor, type Name } from './actors.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { readRows, readSources, type Reading, type Row, type Source } from './reading.ts';
import { summariesOf } from './things.ts';

/** What is between two actors: how often they met, and when first and last (EDTF). */
interface Meetings {
  readonly meetings: number;
  readonly first: string;
  readonly last: string;
}

/** Whom an actor met. */
export interface Counterpart extends Meetings {
  readonly actor: string;
}

/** Two actors who met; the smaller id first. */
export interface Edge extends Meetings {
  readonly between: Pair;
}

/** What these read. */
export const networkViews = [network, timeline, actors] as const;

/** Of an actor and all that are merged into it; the most often met first. Merged counterparts count as one. */
export async function counterpartsOf(reading: Reading, group: readonly string[]): Promise<Counterpart[]> {
  const pairs = new Map<string, Pair[]>();
  for (const id of group) {
    for await (const { sort: other } of readSources(reading, network, [{ partition: metPartition(id) }])) {
      const shown = (await shownActor(reading, other))?.id ?? other;
      if (!group.includes(shown)) pairs.set(shown, [...(pairs.get(shown) ?? []), pairOf(id, other)]);
    }
  }
  const found: Counterpart[] = [];
  for (const [, wave] of wavesOf([...pairs])) {
    const met = wave.map(async ([actor, between]) => {
      const meetings = await meetingsOf(reading, between);
      return meetings ? [{ actor, ...meetings }] : [];
    });
    found.push(...(await Promise.all(met)).flat());
  }
  return found.toSorted((a, b) => b.meetings - a.meetings || (a.actor < b.actor ? -1 : 1));
}

/** Undefined where all meetings of these pairs were taken back. */
async function meetingsOf(reading: Reading, pairs: readonly Pair[]): Promise<Meetings | undefined> {
  const edges = await readRows<EdgeRow>(reading, network, pairs.map(edgeKey));
  const meetings = edges.reduce((sum, edge) => sum + (edge?.meetings ?? 0), 0);
  if (meetings === 0) return undefined;
  const sources = pairs.map((pair) => ({ partition: meetingsPartition(pair) }));
  const ends = await Promise.all([false, true].map((descending) => endOf(reading, sources, descending)));
  const [first, last] = await summariesOf(reading, ends);
  return { meetings, first: first ? dateOf(first.fields) : '', last: last ? dateOf(last.fields) : '' };
}

async function endOf(reading: Reading, sources: readonly Source[], descending: boolean): Promise<string> {
  for await (const { sort } of readSources(reading, network, sources, descending)) return idIn(sort);
  throw new Error(`no meeting stands in ${sources.map(({ partition }) => partition).join(', ')}`);
}

export interface NetworkFilter {
  /** EDTF: meetings that may have been held on or after the first day of `from`, on or before the last of `to`. */
  readonly from?: string;
  readonly to?: string;
}

export interface NetworkPage extends Page<Edge> {
  readonly actors: Record<string, Name>;
}

/** A page of the edges of all actors who met, by the smaller id, as recorded: merged actors stand apart, and say so. */
export async function listEdges(
  reading: Reading,
  { from, to }: NetworkFilter,
  request: PageRequest,
): Promise<NetworkPage> {
  const open = from === undefined && to === undefined;
  const resolve = async (rows: readonly Row<EdgeRow>[]) => {
    const edges: (Edge | undefined)[] = [];
    for (const [, wave] of wavesOf(rows)) {
      const found = wave.map(async ({ sort, body }): Promise<Edge | undefined> => {
        if (body.meetings === 0) return undefined;
        const [a = '', b = ''] = sort.split('~');
        const meetings = open
          ? await meetingsOf(reading, [[a, b]])
          : await meetingsWithin(reading, [a, b], { ...(from ? { from } : {}), ...(to ? { to } : {}) });
        return meetings && { between: [a, b], ...meetings };
      });
      edges.push(...(await Promise.all(found)));
    }
    return edges;
  };
  const page = await readPage<EdgeRow, Edge>(reading, network, [{ partition: 'edges' }], request, resolve);
  return { ...page, actors: await namesOf(reading, new Set(page.items.flatMap(({ between }) => between))) };
}

async function meetingsWithin(
  reading: Reading,
  pair: Pair,
  { from, to }: NetworkFilter,
): Promise<Meetings | undefined> {
  const earliest = from === undefined ? undefined : span(from).earliest;
  const latest = to === undefined ? undefined : span(to).latest;
  const window = {
    ...(earliest === undefined ? {} : { earliest }),
    ...(latest === undefined ? {} : { latest }),
  };
  const below = latest === undefined ? {} : { below: `${latest}U` };
  const ids: string[] = [];
  for await (const { sort } of readSources(reading, network, [
    { partition: meetingsPartition(pair), ...below },
  ]))
    ids.push(idIn(sort));
  const found = await summariesOf(reading, ids);
  const dates = found
    .flatMap((summary) => (summary ? dateOf(summary.fields) : []))
    .filter((date) => overlaps(span(date), window));
  const [first, last] = [dates[0], dates.at(-1)];
  return first === undefined || last === undefined ? undefined : { meetings: dates.length, first, last };
}
