// The printed words of an archived article in searchable form: its text, titles, bylines and publishers.
import type { RecordedEvent } from '../../events/envelope.ts';
import { actor, type ActorState } from './actor.ts';
import { foldEvents as foldHistory } from './aggregate.ts';
import { article, type ArticleFields, type ArticleState } from './article.ts';
import { normalizeText, type NormalizedText } from '../evidence/normalization/normalize-text.ts';
import type { SearchableText } from '../evidence/locating.ts';

export type ReadHistory = (stream: string) => Promise<RecordedEvent[]>;

/** Reads the text of an archived article in searchable form. */
export type ReadArticleText = (id: string) => Promise<SearchableText>;

export interface ArticleSource {
  readonly id: string;
  readonly genre: NonNullable<ArticleFields['genre']>;
  readonly title: string;
  /** Of the article and all its appearances, like the bylines. */
  readonly publishers: readonly string[];
  readonly bylines: readonly string[];
  readonly publishedOn?: string;
  /** Undefined if the article was withdrawn, because new records cannot cite it. */
  readonly text?: SearchableText;
  /** The text, the titles, the bylines and the publishers. Each is searched separately. */
  readonly printed: readonly NormalizedText[];
}

/** Returns true if all letters and digits are in brackets. Such a value was added by the archive and is not printed. */
export function isAddedByArchive(value: string): boolean {
  let depth = 0;
  let hasWords = false;
  for (const character of value) {
    if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    else if (/[\p{L}\p{N}\p{S}]/u.test(character)) {
      if (depth <= 0) return false;
      hasWords = true;
    }
  }
  return hasWords && depth === 0;
}

const printedOnly = (values: readonly (string | undefined)[]): string[] =>
  values.filter((value) => value !== undefined).filter((value) => !isAddedByArchive(value));

/** Looks up articles and actors for the rules that compare a record with its sources. */
export interface SourceLookup {
  /** Returns undefined if the archive does not have the article. */
  readonly article: (id: string) => Promise<ArticleSource | undefined>;
  /** Returns all names of an actor; an empty list if the archive does not have the actor. */
  readonly namesOf: (actor: string) => Promise<readonly string[]>;
}

export const sourceLookupFrom = (history: ReadHistory, source: ReadArticleText): SourceLookup => ({
  article: async (id) => articleSource(id, foldHistory(article, await history(id)), source),
  namesOf: async (id) => namesIn(foldHistory(actor, await history(id))),
});

export const namesIn = (state: ActorState): string[] =>
  state.status === 'none' ? [] : [state.fields.name, ...state.fields.aliases.map(({ name }) => name)];

/** Reads the printed words of an article. Returns undefined if the archive does not have it. */
export async function articleSource(
  id: string,
  state: ArticleState,
  source: ReadArticleText,
): Promise<ArticleSource | undefined> {
  if (state.status === 'none') return undefined;
  const { fields, appearances } = state;
  const printings = [fields, ...appearances];
  const publishers = printedOnly(printings.map(({ publisher }) => publisher));
  const bylines = printedOnly(printings.map(({ byline }) => byline));
  const text = state.withdrawn ? undefined : await source(id);
  const lines = [...printedOnly(printings.map(({ title }) => title)), ...bylines, ...publishers];
  return {
    id,
    genre: fields.genre ?? 'report',
    title: fields.title,
    publishers,
    bylines,
    ...(fields.publishedOn === undefined ? {} : { publishedOn: fields.publishedOn }),
    ...(text === undefined ? {} : { text }),
    printed: text === undefined ? [] : [text, ...[...new Set(lines)].map((line) => normalizeText(line))],
  };
}
