// Dates for people, as words; --json keeps EDTF.
import { dateInWords } from '../../events/date-words.ts';

/** The fields of things and articles that are dates. */
const FIELDS = new Set(['heldOn', 'madeOn', 'publishedOn', 'postponedTo']);

export const isDate = (field: string, value: unknown): value is string =>
  FIELDS.has(field) && typeof value === 'string';

/** Undefined if there is no date. */
export const dated = (date: string | undefined): string | undefined =>
  date === undefined ? undefined : dateInWords(date);
