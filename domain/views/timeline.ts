// Read model `timeline`: every meeting, statement and opinion as lists show it, and where it stands by the day on which
// it happened: among its kind, and in the list of each actor and topic that it names; and by when it last changed.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { positionKey } from '../generation.ts';
import { actorsNamed, factsOf, isFirst, isThing, sortOf, type Facts, type Folding } from './facts.ts';
import { grounds, type Grounds } from './grounds.ts';
import { summarise, type Summary } from './summary.ts';
import { difference, type ReadRow, type RowChange, type View } from './view.ts';

export const timeline: View = { name: 'timeline', version: 2, fold };

/** Where a thing stands in a list; the sort key has its id. */
export interface PlaceRow {
  readonly certainty: string;
  /** In the list of an actor: the fields that name this actor. */
  readonly as?: readonly string[];
  readonly retracted?: true;
}

const factsFor = factsOf('kind', 'recordedAt', 'date', 'certainty', 'retracted', 'actors', 'topics');
type Placed = Pick<Facts, 'kind' | 'recordedAt' | 'date' | 'certainty' | 'retracted' | 'actors' | 'topics'>;

function fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  if (!isThing(event)) return [];
  const partition = `thing/${event.subject}`;
  const fresh = isFirst(event) ? { fresh: true } : {};
  const known = isFirst(event) ? undefined : row<Summary>(partition, 'summary');
  const rests = grounds(isFirst(event) ? undefined : row<Grounds>(partition, 'grounds'), event);
  const summary = summarise(known, event, position, rests);
  const facts = factsFor(event, row);
  const moved = known ? [{ partition: 'changes', sort: changeKey(known.position, event.subject) }] : [];
  return [
    { partition, sort: 'summary', body: summary, ...fresh },
    { partition, sort: 'grounds', body: rests, ...fresh },
    ...moved,
    { partition: 'changes', sort: changeKey(position, event.subject), body: {}, fresh: true },
    ...(facts ? moves(event.subject, facts) : []),
  ];
}

/** In the order of the last change. */
export const changeKey = (position: number, id: string): string => `${positionKey(position)}~${id}`;

/**
 * What spans more days than this, or has an open end, stands in a partition beside (`…/wide`): a query by date reads
 * the days that it asks for, as many before, and the few wide ones.
 */
export const WIDE_DAYS = 31;

const moves = (id: string, { before, after, change }: Folding<keyof Placed>): RowChange[] => [
  change,
  ...difference(before && placesOf(id, before), placesOf(id, after)),
];

function placesOf(id: string, facts: Placed) {
  const { kind, certainty, retracted, topics, actors, date } = facts;
  const sort = sortOf(id, facts);
  const wide = span(date).days > WIDE_DAYS ? '/wide' : '';
  const place = (partition: string, body: PlaceRow) => ({ partition: partition + wide, sort, body });
  const plain: PlaceRow = { certainty, ...(retracted ? { retracted } : {}) };
  return [
    place(`kind/${kind}`, plain),
    ...topics.map((topic) => place(`topic/${topic}`, plain)),
    ...actorsNamed(facts).map((actor) => {
      const as = Object.keys(actors).filter((field) => actors[field]?.includes(actor));
      return place(`actor/${actor}`, { ...plain, as });
    }),
  ];
}
