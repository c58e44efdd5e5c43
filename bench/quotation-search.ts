// Generates articles with texts, and statements that quote them at correct offsets, for measurements of `verify`.
// The same seed gives the same history.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../adapters/node/ids.ts';
import { articleIdOf } from '../domain/recording/article.ts';
import { codePoints } from '../domain/evidence/normalization/characters.ts';
import { commitBytes } from '../events/envelope.ts';
import type { Evidence } from '../events/shared-pieces.ts';
import type { DataOf, NewEvent } from '../events/vocabulary.ts';
import { eventUuid, timeOf } from '../test/support/history/ids.ts';
import { seeded, type Seeded } from '../test/support/seeded.ts';

const SEED = 5;
/** Passages for each article, and for each statement. */
export const PER_ARTICLE = 50;
const PER_STATEMENT = 2;
const SENTENCES = 60;
/** Only this many of the latest articles are quoted. */
const RECENT = 1_000;
/** Percentage of statements that are corrected later. */
const CORRECTED = 3;
const MINISTER = 'actor-minister';

const WORDS =
  'the minister said that talks were on café “ceasefire” naïve offer — border trade peace 🕊️ treaty council region'.split(
    ' ',
  );

interface Article {
  readonly id: string;
  /** The sentences as passages of the article. */
  readonly sentences: readonly Evidence[];
}

/** Yields entries until they quote `passages` passages. Writes each article into the folder before its first entry. */
export function* quotations(folder: string, passages: number): Generator<Uint8Array> {
  mkdirSync(folder, { recursive: true });
  const random = seeded(SEED);
  const articles: Article[] = [];
  let position = 0;
  const corrections: { readonly stream: string; readonly piece: Evidence }[] = [];
  const entryOf = (stream: string, event: NewEvent, revision = 1): Uint8Array => {
    const header = {
      stream,
      revision,
      time: new Date(timeOf(SEED, position)).toISOString(),
      recordedBy: 'bench',
    };
    const [entry = new Uint8Array()] = commitBytes(
      header,
      [event],
      [`${stream}_${eventUuid(SEED, position)}`],
    );
    position++;
    return entry;
  };
  const correctionOf = ({ stream, piece }: { readonly stream: string; readonly piece: Evidence }) => {
    const changes = { content: piece.exact };
    const data = { cause: 'coding-error' as const, reason: 'misread', changes, evidence: [] };
    return entryOf(stream, { type: 'StatementCorrected', data }, 2);
  };
  yield entryOf(MINISTER, {
    type: 'ActorIntroduced',
    data: { id: MINISTER, kind: 'person', name: 'The Minister', aliases: [] },
  });
  for (let made = 0, n = 0; made < passages; made += PER_STATEMENT, n++) {
    if (made % PER_ARTICLE === 0) {
      const { article, bytes, data } = articleOf(random, n);
      writeFileSync(join(folder, data.sha256), bytes);
      articles.push(article);
      if (articles.length > RECENT) articles.shift();
      yield entryOf(article.id, { type: 'ArticleArchived', data });
    }
    const { sentences } = random.pick(articles);
    const [first, second] = [random.pick(sentences), random.pick(sentences)];
    yield entryOf(`statement-${n}`, { type: 'StatementMade', data: statementOf(first, second) });
    if (random.below(100) < CORRECTED) corrections.push({ stream: `statement-${n}`, piece: second });
    if (corrections.length > RECENT) for (const each of corrections.splice(0, 1)) yield correctionOf(each);
  }
  for (const each of corrections) yield correctionOf(each);
}

function articleOf(
  random: Seeded,
  n: number,
): { article: Article; bytes: Uint8Array; data: DataOf<'ArticleArchived'> } {
  const words = (count: number): string => Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
  const sentences = Array.from(
    { length: SENTENCES },
    (_, at) => `${n}/${at} ${words(10 + random.below(10))}.`,
  );
  const text = sentences.join(' ');
  const bytes = Buffer.from(text);
  const id = articleIdOf(sha256(bytes));
  let at = 0;
  const passages = sentences.map((exact) => {
    const start = at;
    at += codePoints(exact) + 1;
    return { articleId: id, exact, start, end: at - 1 };
  });
  const data = {
    title: `Article ${n}`,
    publisher: 'The Daily',
    language: 'en',
    sha256: sha256(bytes),
    bytes: bytes.length,
    characters: codePoints(text),
  };
  return { article: { id, sentences: passages }, bytes, data };
}

const statementOf = (first: Evidence, second: Evidence): DataOf<'StatementMade'> => ({
  speakers: [{ actor: MINISTER }],
  act: 'said',
  addressees: [],
  channel: 'press',
  madeOn: '[..2023-03-02]',
  content: first.exact,
  form: 'indirect',
  language: 'en',
  certainty: 'asserted',
  attributedBy: [],
  about: [],
  regarding: [],
  topics: ['peace'],
  evidence: [first, second],
});
