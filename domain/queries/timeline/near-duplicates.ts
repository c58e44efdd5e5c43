// Finds near-duplicates: existing records that a new one may repeat. The answer names them; nothing is rejected.
import { overlap as mayBeSameDay, span } from '../../../events/date.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import { Refusal } from '../../errors.ts';
import { actors } from '../../projections/views/actors-view.ts';
import { readDirectory, type Reading } from '../../projections/rows/reading.ts';
import { normalizeName } from '../../projections/state/normalized-name.ts';
import type { RecordKind } from '../../projections/state/summary-shape.ts';
import { recordDateOf, type Summary, type SummaryFields } from '../../projections/state/summary-shape.ts';
import { actorsBelow } from '../actors/actor-list.ts';
import { shownActors } from '../actors/actor-names.ts';
import type { OpenReading } from '../open-readings.ts';
import { listTimeline, timelineViews } from './timeline-list.ts';

const MAX_SIMILAR = 5;
const MAX_CANDIDATES = 200;

/** Caches candidates for a moment, so that a bulk request by one speaker reads them once. */
type Remember = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/** Returns ids of meetings of the same actors, or of records of the same parties in similar words, on the same days. */
export async function similarRecords(
  open: OpenReading,
  kind: RecordKind,
  fields: SummaryFields,
  remember: Remember,
): Promise<string[]> {
  const actor = partiesOf(kind, fields).flatMap((party) => party.actor ?? []);
  if (actor.length === 0) return [];
  const date = recordDateOf(fields);
  const filter = { kind, actor, ...windowAround(date) };
  const key = `similar ${JSON.stringify(filter)}`;
  const { items, isOneState } = await remember(key, async () => {
    const reading = await opened(open(timelineViews));
    if (!reading) return { items: [], isOneState: false };
    const [only, ...others] = (await shownActors(reading, actor)).values();
    const { items } = await listTimeline(reading, filter, { limit: MAX_CANDIDATES });
    return { items, isOneState: only?.kind === 'state' && others.every(({ id }) => id === only.id) };
  });
  const alike = items.filter((item) => {
    if (item.retracted || !mayBeSameDay(recordDateOf(item.fields), date) || !saysTheSame(kind, item, fields))
      return false;
    // Many records name a state, and an open date overlaps many of them, so such a pair needs words in common.
    const isOpen = [recordDateOf(item.fields), date].some((each) => span(each).open !== undefined);
    return !(isOneState && isOpen && lacksContent(item.fields, fields));
  });
  return alike.slice(0, MAX_SIMILAR).map(({ id }) => id);
}

function partiesOf(
  kind: RecordKind,
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

/** Returns the days of a date, without the ends at which it is open. */
function windowAround(date: string): { from?: string; to?: string } {
  const { earliest, latest } = span(date);
  return { ...(earliest === undefined ? {} : { from: date }), ...(latest === undefined ? {} : { to: date }) };
}

/** Returns true if one of them has no content: a meeting, or a declined statement. */
const lacksContent = ({ content }: SummaryFields, input: SummaryFields): boolean =>
  content === undefined || input.content === undefined;

function saysTheSame(kind: RecordKind, { fields }: Summary, input: SummaryFields): boolean {
  if (kind === 'meeting') return true;
  if (fields.content === undefined || input.content === undefined) return fields.content === input.content;
  return overlap(wordsOf(fields.content), wordsOf(input.content)) >= 0.6;
}

const wordsOf = (content: string): Set<string> =>
  new Set(
    content
      .slice(0, 1_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  );

/** Returns the number of common words, as a share of the smaller set. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((word) => b.has(word)).length;
  return common / Math.max(1, Math.min(a.size, b.size));
}

/** Returns ids of actors with the same name, apart from case, accents and points. */
export async function similarActors(open: OpenReading, name: string): Promise<string[]> {
  const reading = await opened(open([actors]));
  if (!reading) return [];
  const all = (await readDirectory(reading)).all();
  const normalized = normalizeName(name);
  const alike = all.slice(actorsBelow(all, `${normalized}\t`), actorsBelow(all, `${normalized}\n`));
  return alike.slice(0, MAX_SIMILAR).map(({ id }) => id);
}

/** Returns undefined as long as no generation is live, so that recording need not wait for one. */
async function opened(reading: Promise<Reading>): Promise<Reading | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-ready') return undefined;
    throw error;
  }
}
