// What an archived article prints, ready for searching: its text, and what stands around it wherever it appeared.
import type { RecordedEvent } from '../../events/envelope.ts';
import { actor, type ActorState } from './actor.ts';
import { foldEvents as foldHistory } from './aggregate.ts';
import { article, type ArticleFields, type ArticleState } from './article.ts';
import { foldText, type Folded } from '../evidence/folding/folding.ts';
import type { SearchableText } from '../evidence/locating.ts';

export type ReadHistory = (stream: string) => Promise<RecordedEvent[]>;

/** Gives the text of an archived article, ready for searching. */
export type ReadSource = (id: string) => Promise<SearchableText>;

export interface ArticleSource {
  readonly id: string;
  readonly genre: NonNullable<ArticleFields['genre']>;
  readonly title: string;
  /** Names of those who published it, and the lines that name its authors. */
  readonly publishers: readonly string[];
  readonly bylines: readonly string[];
  readonly publishedOn?: string;
  /** Undefined if the article was withdrawn: then it is no source for anything new. */
  readonly text?: SearchableText;
  /** The text and the printed lines around it, each to be searched by itself. */
  readonly printed: readonly Folded[];
}

/** A value whose letters and digits are all in brackets is the archivist's, and no source. */
export function isArchivists(value: string): boolean {
  let depth = 0;
  let saysSomething = false;
  for (const character of value) {
    if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    else if (/[\p{L}\p{N}\p{S}]/u.test(character)) {
      if (depth <= 0) return false;
      saysSomething = true;
    }
  }
  return saysSomething && depth === 0;
}

const present = (values: readonly (string | undefined)[]): string[] =>
  values.filter((value) => value !== undefined).filter((value) => !isArchivists(value));

/** What the rules read of a record's surroundings. */
export interface Sources {
  /** Undefined if the archive has no such article. */
  readonly article: (id: string) => Promise<ArticleSource | undefined>;
  /** The names of an actor; none if the archive has no such actor. */
  readonly namesOf: (actor: string) => Promise<readonly string[]>;
}

export const sourcesFrom = (history: ReadHistory, source: ReadSource): Sources => ({
  article: async (id) => articleSource(id, foldHistory(article, await history(id)), source),
  namesOf: async (id) => namesIn(foldHistory(actor, await history(id))),
});

export const namesIn = (state: ActorState): string[] =>
  state.status === 'none' ? [] : [state.fields.name, ...state.fields.aliases.map(({ name }) => name)];

/** Undefined if the archive has no such article. */
export async function articleSource(
  id: string,
  state: ArticleState,
  source: ReadSource,
): Promise<ArticleSource | undefined> {
  if (state.status === 'none') return undefined;
  const { fields, appearances } = state;
  const places = [fields, ...appearances];
  const publishers = present(places.map(({ publisher }) => publisher));
  const bylines = present(places.map(({ byline }) => byline));
  const text = state.withdrawn ? undefined : await source(id);
  const lines = [...present(places.map(({ title }) => title)), ...bylines, ...publishers];
  return {
    id,
    genre: fields.genre ?? 'report',
    title: fields.title,
    publishers,
    bylines,
    ...(fields.publishedOn === undefined ? {} : { publishedOn: fields.publishedOn }),
    ...(text === undefined ? {} : { text }),
    printed: text === undefined ? [] : [text, ...[...new Set(lines)].map((line) => foldText(line))],
  };
}
