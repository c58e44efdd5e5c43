// The filters of lists, dossiers and feeds, as parameters of a query.
import { z } from '@hono/zod-openapi';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import { windowOf } from '../../../domain/queries/date-window.ts';
import { dateInWords } from '../../../events/date-words.ts';
import { actorId, certainty, date, topic } from '../../../events/shared-pieces.ts';
import { MAX_SUBJECT } from '../../../events/envelope.ts';
import { Problem } from '../support/problem.ts';

const many = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === undefined ? value : [value].flat()), z.array(schema).max(20).optional());

export const thingKind = z.enum(['meeting', 'statement', 'opinion']);

export const dates = {
  from: date.optional().describe('EDTF: on or after its first day'),
  to: date.optional().describe('EDTF: on or before its last day'),
};

export type AskedDates = Partial<z.output<z.ZodObject<typeof dates>>>;

/** Days that end before they begin: what spans both would be found, and nothing else. Throws Problem. */
export function rejectReversed({ from, to }: AskedDates): void {
  const { earliest, latest } = windowOf(given({ from, to }));
  if (earliest === undefined || latest === undefined || earliest <= latest) return;
  const [first, last] = [from, to].map((date = '') => `${date} (${dateInWords(date)})`);
  const detail = `${first} begins after ${last} has ended: exchange from and to, or leave one of them out`;
  throw new Problem('invalid-request', `/from: ${detail}`, { errors: [{ pointer: '/from', detail }] });
}

export const thingFilters = {
  actor: many(actorId).describe('Has a part in it; repeat it: all of them'),
  topic: topic.optional(),
  kind: thingKind.optional(),
  speaker: actorId
    .optional()
    .describe(
      'Who said it, or whose opinion it is; what was only speculated is left out unless certainty asks for it',
    ),
  addressee: actorId.optional(),
  about: actorId.optional(),
  certainty: certainty.optional(),
  recordedBy: z.string().max(MAX_SUBJECT).optional(),
  ...dates,
};

const names = Object.keys(thingFilters) as (keyof typeof thingFilters)[];

type Filters = z.output<z.ZodObject<typeof thingFilters>>;
type Given<F> = { [K in keyof F]: Exclude<F[K], undefined> };

/** Those of a query's parameters that filter meetings, statements and opinions. */
export const thingFilterOf = (query: Partial<Filters>): Given<Partial<Filters>> =>
  given(Object.fromEntries(names.map((name) => [name, query[name]])) as Partial<Filters>);

/**
 * The filters as the query of an address, the same for all that let the same things pass: in whichever order, how often
 * and in whichever encoding they are given, `from=2023-03` for `from=2023-03-01`, and an actor who is the speaker too.
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

/** The EDTF date of a day's key, whose year is 10,000 more than it is. */
function dayIn(key: string): string {
  const year = Number(key.slice(0, 5)) - 10_000;
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${key.slice(5)}`;
}

/** A parameter that is not given is absent, not undefined. */
export function given<F extends object>(filter: F): Given<F> {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<F>;
}
