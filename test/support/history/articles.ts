// Events of articles in an invented history: archived, printed elsewhere, corrected, withdrawn. They have no texts.
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import { between, sometimes } from './chance.ts';
import { dateBefore } from './dates.ts';
import { idOf, mixed, timeOf } from './ids.ts';
import { begin, pickFirst, type Happening, type Past } from './past.ts';
import { FAMILY, GIVEN, LANGUAGES, PLACES, PUBLISHERS, TOPICS } from './words.ts';

/** Returns the printed title of the article that was archived at this position. */
export function titleOf(seed: number, first: number): string {
  const of = (from: readonly string[], word: number) => from[mixed(seed, first, word) % from.length] ?? '';
  return `${of(TOPICS, 20)}: ${of(PLACES, 21)} waits for an answer on ${of(TOPICS, 22)}`;
}

const urlOf = ({ position }: Past): string => `https://news.example/${position}`;
const publishedOn = ({ random, seed, position }: Past) => ({
  publishedOn: dateBefore(random, timeOf(seed, position)),
});

export function archiveArticle(past: Past): Happening {
  const { random, seed, position } = past;
  const stream = begin(past, 'article');
  const characters = between(random, 2_000, 14_000);
  const data: DataOf<'ArticleArchived'> = {
    title: titleOf(seed, position),
    publisher: random.pick(PUBLISHERS),
    ...sometimes(random, 0.9, () => ({ url: urlOf(past) })),
    ...sometimes(random, 0.6, () => ({ byline: `${random.pick(GIVEN)} ${random.pick(FAMILY)}` })),
    ...sometimes(random, 0.9, () => publishedOn(past)),
    language: random.chance(0.7) ? 'en' : random.pick(LANGUAGES),
    sha256: stream.slice('article-'.length),
    bytes: characters + random.below(900),
    characters,
  };
  return { stream, first: position, event: { type: 'ArticleArchived', data } };
}

const ofSome =
  (make: (past: Past, first: number) => NewEvent) =>
  (past: Past): Happening | undefined => {
    const first = pickFirst(past, 'article');
    if (first === undefined) return undefined;
    return { stream: idOf(past.seed, 'article', first), first, event: make(past, first) };
  };

export const addAppearance = ofSome((past) => ({
  type: 'AppearanceAdded',
  data: { publisher: past.random.pick(PUBLISHERS), url: urlOf(past), ...publishedOn(past) },
}));

export const correctArticle = ofSome((past) => ({
  type: 'ArticleCorrected',
  data: { reason: 'copied wrongly from the page', changes: { url: urlOf(past), ...publishedOn(past) } },
}));

/** Withdraws an article, but not the first, so that there is always one to quote. */
export function withdrawArticle(past: Past): Happening | undefined {
  const first = pickFirst(past, 'article');
  if (first === undefined || first === past.firsts.article.at[0]) return undefined;
  past.gone[first] = 1;
  const stream = idOf(past.seed, 'article', first);
  const reason = 'the publisher asked for its removal';
  return {
    stream,
    first,
    event: { type: 'ArticleWithdrawn', data: { reason, authority: 'Regional Court' } },
  };
}
