// Formats dates as words for people; --json keeps EDTF.
import { dateInWords } from '../../../events/date-words.ts';

/** Names of the fields of records and articles that are dates. */
const FIELDS = new Set(['heldOn', 'madeOn', 'publishedOn', 'postponedTo']);

/** Returns the words of a field that is a date; undefined for any other field. */
export const dateField = (field: string, value: unknown): string | undefined =>
  FIELDS.has(field) && typeof value === 'string' ? dateInWords(value) : undefined;

/** Returns the date in words; undefined if there is no date. */
export const dated = (date: string | undefined): string | undefined =>
  date === undefined ? undefined : dateInWords(date);
