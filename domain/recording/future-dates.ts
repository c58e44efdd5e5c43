// Refuses records whose whole date is in the future.
import { span, writtenDate } from '../../events/date.ts';
import type { End, WrittenDate } from '../../events/date-grammar.ts';
import { dateInWords } from '../../events/date-words.ts';
import { Refusal } from '../errors.ts';

const HOUR_MS = 3_600_000;
/** UTC+14 is the time zone in which each day begins first. It defines "today" for dates without a time. */
const EASTMOST_MS = 14 * HOUR_MS;
/** The tolerated lead of the recorder's clock. */
const TOLERANCE_MS = 5 * 60_000;

/** Returns true if the whole date is after `now` (milliseconds since 1970). */
export function isFuture(date: string, now: number): boolean {
  const instants = firstInstants(writtenDate(date));
  if (instants !== undefined) return Math.min(...instants) > now + TOLERANCE_MS;
  const { earliest } = span(date);
  return earliest !== undefined && earliest > lastDayAt(now);
}

/** Returns the instants at which a date can begin, or undefined if a beginning is open or has no time of day. */
function firstInstants(date: WrittenDate): number[] | undefined {
  const instants = beginningsOf(date).map(instantOf);
  return instants.every((instant) => instant !== undefined) ? instants : undefined;
}

function beginningsOf(date: WrittenDate): End[] {
  if (date.kind === 'interval') return [date.from];
  if (date.kind !== 'set') return [date];
  const { earlier, members } = date;
  return earlier ? ['open'] : members.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to]));
}

function instantOf(end: End): number | undefined {
  if (typeof end === 'string' || end.kind !== 'date' || end.time === undefined) return undefined;
  return Date.parse(`${end.year}-${end.month}-${end.day}T${end.time}`);
}

/** Returns the last day that has begun anywhere, in the format of the days of a span. */
const lastDayAt = (now: number): string => `1${new Date(EASTMOST_MS + now).toISOString().slice(0, 10)}`;

export function rejectFutureMeeting(heldOn: string, now: number): void {
  if (!isFuture(heldOn, now)) return;
  throw future(
    'heldOn',
    heldOn,
    'record it as announced ("announced": true), and as held after it took place',
  );
}

export function rejectFutureStatement(madeOn: string, now: number): void {
  if (!isFuture(madeOn, now)) return;
  throw future(
    'madeOn',
    madeOn,
    'record an embargoed speech as a written statement ("channel": "written") of the day on which it was handed out',
  );
}

/** Checks a date in the future. @throws Refusal if it is also after the date of every article that prints the opinion */
export function rejectFutureOpinion(publishedOn: string, articles: readonly string[]): void {
  const { earliest = '' } = span(publishedOn);
  if (articles.some((date) => (span(date).latest ?? '') >= earliest)) return;
  throw future('publishedOn', publishedOn, 'an opinion cannot be dated after the article that prints it');
}

const future = (field: string, date: string, advice: string): Refusal =>
  new Refusal('in-the-future', `/${field}: ${date} (${dateInWords(date)}) is in the future; ${advice}`, {
    pointer: `/${field}`,
    value: date,
  });
