// Schemas of the filters of lists, dossiers and feeds.
import { z } from '@hono/zod-openapi';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import { windowOf } from '../../../domain/queries/date-window.ts';
import { dateInWords } from '../../../events/date-words.ts';
import { actorId, certainty, date, topic } from '../../../events/shared-pieces.ts';
import { MAX_SUBJECT } from '../../../events/envelope.ts';
import { Problem } from '../support/problem.ts';

const many = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === undefined ? value : [value].flat()), z.array(schema).max(20).optional());

export const recordKind = z.enum(['meeting', 'statement', 'opinion']);

export const dates = {
  from: date.optional().describe('EDTF: on or after its first day'),
  to: date.optional().describe('EDTF: on or before its last day'),
};

export type AskedDates = Partial<z.output<z.ZodObject<typeof dates>>>;

/**
 * Refuses a window that ends before it begins, because it would match only records that span both days.
 *
 * @throws Problem
 */
export function rejectReversed({ from, to }: AskedDates): void {
  const { earliest, latest } = windowOf(given({ from, to }));
  if (earliest === undefined || latest === undefined || earliest <= latest) return;
  const [first, last] = [from, to].map((date = '') => `${date} (${dateInWords(date)})`);
  const detail = `${first} begins after ${last} has ended: exchange from and to, or leave one of them out`;
  throw new Problem('invalid-request', `/from: ${detail}`, { errors: [{ pointer: '/from', detail }] });
}

export const recordFilters = {
  actor: many(actorId).describe('Takes part in it; if repeated, all of them do'),
  topic: topic.optional(),
  kind: recordKind.optional(),
  speaker: actorId
    .optional()
    .describe(
      'The speaker of a statement or author of an opinion; speculated records are left out unless `certainty` selects them',
    ),
  addressee: actorId.optional(),
  about: actorId.optional(),
  certainty: certainty.optional(),
  recordedBy: z.string().max(MAX_SUBJECT).optional(),
  ...dates,
};

const names = Object.keys(recordFilters) as (keyof typeof recordFilters)[];

type Filters = z.output<z.ZodObject<typeof recordFilters>>;
type Given<F> = { [K in keyof F]: Exclude<F[K], undefined> };

/** Returns the parameters of a query that filter meetings, statements and opinions. */
export const recordFilterOf = (query: Partial<Filters>): Given<Partial<Filters>> =>
  given(Object.fromEntries(names.map((name) => [name, query[name]])) as Partial<Filters>);

/**
 * Returns the canonical query of a filter: equivalent filters have the same one. It sorts the parameters, writes dates as
 * days, and leaves out repeated actors and actors that another role names.
 */
export function searchOf({ actor = [], from, to, ...others }: TimelineFilter): string {
  const { earliest, latest } = windowOf(given({ from, to }));
  const days = { from: earliest && dayIn(earliest), to: latest && dayIn(latest) };
  const search = new URLSearchParams({ ...given({ ...others, ...days }) });
  const inRoles = new Set([others.speaker, others.addressee, others.about]);
  for (const id of new Set(actor.toSorted())) if (!inRoles.has(id)) search.append('actor', id);
  search.sort();
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** Returns the EDTF date of a day's key, in which the year is increased by 10,000. */
function dayIn(key: string): string {
  const year = Number(key.slice(0, 5)) - 10_000;
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${key.slice(5)}`;
}

/** Returns the filter without its undefined members. */
export function given<F extends object>(filter: F): Given<F> {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<F>;
}
