// Near-duplicates: things already recorded that a new one may repeat. Only named in the answer, never a refusal.
import { overlap as mayBeSameDay, span } from '../../../events/date.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import { Refusal } from '../../errors.ts';
import { actors } from '../../projections/views/actors-view.ts';
import { directory, type Reading } from '../../projections/rows/reading.ts';
import { foldName } from '../../projections/state/folded-name.ts';
import type { ThingKind } from '../../projections/state/summary-shape.ts';
import { dateOf, type Summary, type SummaryFields } from '../../projections/state/summary-shape.ts';
import { placesBelow } from '../actors/actor-list.ts';
import { shownActors } from '../actors/actor-names.ts';
import type { OpenReading } from '../open-readings.ts';
import { listTimeline, timelineViews } from './timeline-list.ts';

const MOST = 5;
const READ = 200;

/** Remembers the candidates for a moment, so that a batch by one speaker reads them once. */
type Remember = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/** Meetings of the same actors, statements and opinions of the same person in much the same words, on the same days. */
export async function similarThings(
  open: OpenReading,
  kind: ThingKind,
  fields: SummaryFields,
  remember: Remember,
): Promise<string[]> {
  const actor = partiesOf(kind, fields).flatMap((party) => party.actor ?? []);
  if (actor.length === 0) return [];
  const date = dateOf(fields);
  const filter = { kind, actor, ...windowAround(date) };
  const key = `similar ${JSON.stringify(filter)}`;
  const { items, isOneState } = await remember(key, async () => {
    const reading = await opened(open(timelineViews));
    if (!reading) return { items: [], isOneState: false };
    const [only, ...others] = (await shownActors(reading, actor)).values();
    const { items } = await listTimeline(reading, filter, { limit: READ });
    return { items, isOneState: only?.kind === 'state' && others.every(({ id }) => id === only.id) };
  });
  const alike = items.filter((item) => {
    if (item.retracted || !mayBeSameDay(dateOf(item.fields), date) || !saysTheSame(kind, item, fields))
      return false;
    // A state takes part in much, and an open date covers much of it.
    const isOpen = [dateOf(item.fields), date].some((each) => span(each).open !== undefined);
    return !(isOneState && isOpen && sharesNoWords(item.fields, fields));
  });
  return alike.slice(0, MOST).map(({ id }) => id);
}

function partiesOf(
  kind: ThingKind,
  { participants = [], speakers = [], by }: SummaryFields,
): readonly Party[] {
  switch (kind) {
    case 'meeting':
      return participants;
    case 'statement':
      return speakers;
    case 'opinion':
      return by ? [by] : [];
    default:
      return kind satisfies never;
  }
}

/** A date that is open at both of its useful ends narrows nothing. */
function windowAround(date: string): { from?: string; to?: string } {
  const { earliest, latest } = span(date);
  return { ...(earliest === undefined ? {} : { from: date }), ...(latest === undefined ? {} : { to: date }) };
}

/** A meeting has no content, and of what was declined there may be none. */
const sharesNoWords = ({ content }: SummaryFields, given: SummaryFields): boolean =>
  content === undefined || given.content === undefined;

function saysTheSame(kind: ThingKind, { fields }: Summary, given: SummaryFields): boolean {
  if (kind === 'meeting') return true;
  if (fields.content === undefined || given.content === undefined) return fields.content === given.content;
  return overlap(wordsOf(fields.content), wordsOf(given.content)) >= 0.6;
}

const wordsOf = (content: string): Set<string> =>
  new Set(
    content
      .slice(0, 1_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  );

/** Words in common, as a share of the shorter of the two. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((word) => b.has(word)).length;
  return common / Math.max(1, Math.min(a.size, b.size));
}

/** Actors under the same name, but for case, accents and points. */
export async function similarActors(open: OpenReading, name: string): Promise<string[]> {
  const reading = await opened(open([actors]));
  if (!reading) return [];
  const all = (await directory(reading)).all();
  const folded = foldName(name);
  const alike = all.slice(placesBelow(all, `${folded}\t`), placesBelow(all, `${folded}\n`));
  return alike.slice(0, MOST).map(({ id }) => id);
}

/** Undefined while no generation has been folded yet: nothing is recorded any later for that. */
async function opened(reading: Promise<Reading>): Promise<Reading | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-ready') return undefined;
    throw error;
  }
}
