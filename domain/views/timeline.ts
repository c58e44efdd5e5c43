// Read model `timeline`: every meeting, statement and opinion as lists show it, and where it stands by the day on which
// it happened: among its kind, and in the list of each actor and topic that it names; and by when it last changed.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { changedAt } from './changes.ts';
import {
  actorsNamed,
  factsOf,
  isFirst,
  isThing,
  notRecorded,
  placeOf,
  type Facts,
  type Folding,
} from './facts.ts';
import { grounds, type Grounds } from './grounds.ts';
import { summarise, type Summary } from './summary.ts';
import { difference, type Place, type ReadRow, type RowChange, type View } from './view.ts';

export const timeline: View = { name: 'timeline', version: 5, weight: 6, fold };

/** Where a thing stands in a list; the sort key has its id. */
export interface PlaceRow {
  readonly certainty: string;
  /** The last day that its date may mean, where that is not the one that it stands at; `~` where the end is open. */
  readonly until?: string;
  /** In the list of an actor: the fields that name this actor. */
  readonly as?: readonly string[];
  readonly retracted?: true;
  /** A meeting that was announced or called off: nobody has been at it. */
  readonly unheld?: true;
}

const factsFor = factsOf(
  'kind',
  'status',
  'recordedAt',
  'date',
  'certainty',
  'retracted',
  'actors',
  'topics',
);
type Placed = Omit<Facts, 'attended' | 'targets'>;

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  if (!isThing(event)) return [];
  const { position, first } = at;
  if (!first) throw notRecorded(event);
  const partition = `thing/${event.subject}`;
  const fresh = isFirst(event);
  const known = fresh ? undefined : row<Summary>(partition, 'summary');
  const rests = fresh ? first.grounds : grounds(row<Grounds>(partition, 'grounds'), event);
  const summary = summarise(known, event, position, rests);
  const facts = factsFor(event, row, at);
  return [
    { partition, sort: 'summary', body: summary, fresh },
    { partition, sort: 'grounds', body: rests, fresh },
    ...changedAt(event.subject, position, known?.position),
    ...(facts ? moves(event.subject, facts) : []),
  ];
}

const moves = (id: string, { before, after, changes }: Folding<keyof Placed>): readonly RowChange[] =>
  before
    ? [...changes, ...difference(placesOf(id, before, false), placesOf(id, after, false))]
    : placesOf(id, after, true);

function placesOf(id: string, facts: Placed, fresh: boolean): RowChange[] {
  const { kind, status, certainty, retracted, topics, actors } = facts;
  const { latest = '~', earliest = latest } = span(facts.date);
  const { beside, sort } = placeOf(id, facts);
  const place = (list: string, body: PlaceRow) => ({ partition: list + beside, sort, body, fresh });
  const unheld = status === 'announced' || status === 'called-off';
  const plain: PlaceRow = {
    certainty,
    ...(latest === earliest ? {} : { until: latest }),
    ...(retracted ? { retracted } : {}),
    ...(unheld ? { unheld } : {}),
  };
  return [
    place(`kind/${kind}`, plain),
    ...topics.map((topic) => place(`topic/${topic}`, plain)),
    ...actorsNamed(facts).map((actor) => {
      const as: string[] = [];
      for (const field in actors) if (actors[field]?.includes(actor)) as.push(field);
      return place(`actor/${actor}`, { ...plain, as });
    }),
  ];
}
