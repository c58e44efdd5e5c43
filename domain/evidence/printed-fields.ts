// The fields of a record that claim to come from its source must be printed there: names, roles, dates, places.
import { type ArticleSource, isAddedByArchive } from '../recording/article-source.ts';
import { Refusal } from '../errors.ts';
import { MAX_SEGMENTS, missingFrom, NAMED, segmentCount } from './content.ts';
import { nearestName } from './nearest-passage/nearest-passage.ts';

/** Members whose text the source prints, wherever in a record they stand; `printed` is also that of a place. */
const FIELDS = new Set(['printed', 'description', 'capacity', 'datePrinted', 'occasion', 'outcome']);
/** For more values than this the nearest form in the source is not sought. */
const MAX_NEAREST = 10;

export interface PrintedValue {
  /** Of its member, such as `printed`. */
  readonly name: string;
  readonly pointer: string;
  readonly value: string;
}

/** Lists the values that a source must print. Values that the archivist added are left out. */
export function printedValues(value: unknown, pointer: string, name = ''): PrintedValue[] {
  if (typeof value === 'string')
    return FIELDS.has(name) && !isAddedByArchive(value) ? [{ name, pointer, value }] : [];
  if (Array.isArray(value))
    return value.flatMap((member, index) => printedValues(member, `${pointer}/${index}`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, each]) =>
    // Evidence is located by itself.
    member === 'evidence' || member === 'original' ? [] : printedValues(each, `${pointer}/${member}`, member),
  );
}

/** Returns a refusal for each value that no article prints in its text, titles, bylines or publishers' names. */
export function rejectUnprinted(
  values: readonly PrintedValue[],
  articles: readonly ArticleSource[],
  mostNearest = MAX_NEAREST,
): Refusal[] {
  const known = new Map<string, boolean>();
  const refusals: Refusal[] = [];
  for (const { pointer, value } of values) {
    const isKnown = known.get(value) ?? isPrinted(value, articles);
    known.set(value, isKnown);
    if (!isKnown) refusals.push(unprinted(pointer, value, articles, refusals.length < mostNearest));
  }
  return refusals;
}

/** Does one of these articles print it? */
export const isPrinted = (value: string, articles: readonly ArticleSource[]): boolean =>
  articles.some((article) => prints(article, value));

/** Is the value printed, case aside, and punctuation at its ends? */
function prints(article: ArticleSource, value: string): boolean {
  const bare = value.replace(/^[^\p{L}\p{N}\p{S}[…]+|[^\p{L}\p{N}\p{M}\p{S}\]…]+$/gu, '');
  if (bare === '' || segmentCount(bare) > MAX_SEGMENTS) return false;
  return missingFrom(bare, article.printed, NAMED) === undefined;
}

function unprinted(
  pointer: string,
  value: string,
  articles: readonly ArticleSource[],
  isSought: boolean,
): Refusal {
  const nearest = isSought ? nearestOf(value, articles) : undefined;
  const advice =
    nearest === undefined
      ? 'write it as the article prints it, leave it out, or put in [brackets] what you add yourself'
      : `the nearest there is "${nearest}"`;
  return new Refusal(
    'not-in-source',
    `${pointer}: "${value}" is not printed in the text, title, byline or publisher of an article that the evidence names; ${advice}`,
    { pointer, value, ...(nearest === undefined ? {} : { nearestForm: nearest }) },
  );
}

/** Returns the nearest printed form that is accepted if a client copies it. */
function nearestOf(value: string, articles: readonly ArticleSource[]): string | undefined {
  for (const article of articles) {
    for (const source of article.printed) {
      const nearest = nearestName(source, value);
      if (nearest !== undefined && prints(article, nearest)) return nearest;
    }
  }
  return undefined;
}
