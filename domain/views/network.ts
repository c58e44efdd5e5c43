// Read model `network`: who met whom, how often and when. Meetings count that were held, are not retracted and are more
// than somebody's guess.
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf, sortOf, type Facts } from './facts.ts';
import { difference, type Place, type ReadRow, type RowChange, type View } from './view.ts';

/** How often two actors met; 0 where every meeting was taken back. */
export interface EdgeRow {
  readonly meetings: number;
}

export const network: View = { name: 'network', version: 4, firstReads: true, fold };

/** The smaller id first. */
export type Pair = readonly [string, string];
export const pairOf = (a: string, b: string): Pair => (a < b ? [a, b] : [b, a]);

export const edgeKey = ([a, b]: Pair) => ({ partition: 'edges', sort: `${a}~${b}` });
/** The actors whom this one met: each is a sort key. */
export const metPartition = (id: string): string => `met/${id}`;
/** The meetings of two actors, by date. */
export const meetingsPartition = ([a, b]: Pair): string => `meetings/${a}/${b}`;

const factsFor = factsOf('status', 'certainty', 'retracted', 'recordedAt', 'date', 'attended');
type Met = Pick<Facts, 'status' | 'certainty' | 'retracted' | 'recordedAt' | 'date' | 'attended'>;

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  if (!event.subject.startsWith('meeting-')) return [];
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { before, after, changes } = facts;
  const [had, has] = [before ? pairsOf(before) : [], pairsOf(after)];
  const [more, less] = [without(has, had), without(had, has)];
  const fresh = before === undefined;
  const meetings = (pairs: readonly Pair[], met: Met) => {
    const sort = sortOf(event.subject, met);
    return pairs.map((pair) => ({ partition: meetingsPartition(pair), sort, body: {}, fresh }));
  };
  return [
    ...changes,
    ...more.flatMap(([a, b]) => [
      { partition: metPartition(a), sort: b, body: {} },
      { partition: metPartition(b), sort: a, body: {} },
    ]),
    ...more.map((pair) => counted(pair, 1, row)),
    ...less.map((pair) => counted(pair, -1, row)),
    ...difference(before ? meetings(had, before) : [], meetings(has, after)),
  ];
}

/** No pair comes twice in a meeting. */
function counted(pair: Pair, by: number, row: ReadRow): RowChange {
  const { partition, sort } = edgeKey(pair);
  const { meetings = 0 } = row<EdgeRow>(partition, sort) ?? {};
  return { partition, sort, body: { meetings: meetings + by } };
}

function pairsOf({ status, certainty, retracted, attended }: Met): Pair[] {
  if (status !== 'held' || retracted || certainty === 'speculated') return [];
  return attended.flatMap((a, index) => attended.slice(index + 1).map((b): Pair => [a, b]));
}

function without(pairs: readonly Pair[], others: readonly Pair[]): Pair[] {
  const known = new Set(others.map(([a, b]) => `${a}~${b}`));
  return pairs.filter(([a, b]) => !known.has(`${a}~${b}`));
}
