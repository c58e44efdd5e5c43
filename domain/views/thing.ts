// A meeting, a statement or an opinion as views keep it: three rows of its own, folded from its events.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { grounds, type Grounds } from './grounds.ts';
import { named, nobody, type Named } from './named.ts';
import { dateOf, summarise, type Summary } from './summary.ts';
import type { ReadRow, RowChange } from './view.ts';

export interface Thing {
  readonly summary: Summary;
  readonly named: Named;
  readonly grounds: Grounds;
}

/** Folds an event into the thing's rows, and gives what they were and are. */
export function foldThing(
  event: RecordedEvent,
  row: ReadRow,
  position: number,
): { before?: Thing; after: Thing; changes: RowChange[] } {
  const partition = `thing/${event.subject}`;
  const known = {
    summary: row<Summary>(partition, 'summary'),
    named: row<Named>(partition, 'named'),
    grounds: row<Grounds>(partition, 'grounds'),
  };
  const rests = grounds(known.grounds, event);
  const after: Thing = {
    summary: summarise(known.summary, event, position, rests),
    named: named(known.named, event),
    grounds: rests,
  };
  return {
    ...before(known),
    after,
    changes: Object.entries(after).map(([sort, body]: [string, object]) => ({ partition, sort, body })),
  };
}

/** A view to which it is nothing whom a thing names keeps no row of that. */
function before({ summary, named = nobody, grounds }: { [K in keyof Thing]: Thing[K] | undefined }): {
  before?: Thing;
} {
  return summary && grounds ? { before: { summary, named, grounds } } : {};
}

/**
 * Where a thing stands in a list: by date, and on the same date in the order in which it was recorded. Unique. The
 * point sorts before digits and colons, so a day comes before its hours, 14:00 before 14:00:30.
 */
export const sortOf = (summary: Summary): string =>
  `${span(dateOf(summary.fields)).sort}.${String(summary.position).padStart(12, '0')}`;
