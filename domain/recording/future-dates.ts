// What is recorded as done has been done: it does not lie entirely in the future.
import { span, writtenDate } from '../../events/date.ts';
import type { End, WrittenDate } from '../../events/date-grammar.ts';
import { dateInWords } from '../../events/date-words.ts';
import { Refusal } from '../errors.ts';

const HOUR_MS = 3_600_000;
/** "Today" is the day in UTC+14, where each day begins first. */
const EASTMOST_MS = 14 * HOUR_MS;
/** The clock of a recorder may be ahead by this much. */
const TOLERANCE_MS = 5 * 60_000;

/** Is all of this date after now? `now` is in milliseconds since 1970. */
export function isFuture(date: string, now: number): boolean {
  const instants = firstInstants(writtenDate(date));
  if (instants !== undefined) return Math.min(...instants) > now + TOLERANCE_MS;
  const { earliest } = span(date);
  return earliest !== undefined && earliest > lastDayAt(now);
}

/** The instants at which a date can begin; undefined if it can begin at a day without a time, or is open there. */
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

/** In the form of a span's days. */
const lastDayAt = (now: number): string => `1${new Date(EASTMOST_MS + now).toISOString().slice(0, 10)}`;

export function rejectFutureMeeting(heldOn: string, now: number): void {
  if (!isFuture(heldOn, now)) return;
  throw future(
    'heldOn',
    heldOn,
    'a meeting that is to come is announced ("announced": true), and recorded as held once it was',
  );
}

export function rejectFutureStatement(madeOn: string, now: number): void {
  if (!isFuture(madeOn, now)) return;
  throw future(
    'madeOn',
    madeOn,
    'an embargoed speech is a written statement ("channel": "written") of the day on which it was handed out',
  );
}

/** Throws Refusal if this date, which lies ahead, is also after every article that prints the opinion. */
export function rejectFutureOpinion(publishedOn: string, articles: readonly string[]): void {
  const { earliest = '' } = span(publishedOn);
  if (articles.some((date) => (span(date).latest ?? '') >= earliest)) return;
  throw future('publishedOn', publishedOn, 'an opinion is dated no later than the article that prints it');
}

const future = (field: string, date: string, advice: string): Refusal =>
  new Refusal('in-the-future', `/${field}: ${date} (${dateInWords(date)}) has not come yet; ${advice}`, {
    pointer: `/${field}`,
    value: date,
  });
