// Requires that direct and mixed words are speech in the article. Speech is inside quotation marks, in a transcript or
// document, in the source's own voice, or set off as a post, block, list or headline.
import type { Evidence, Party } from '../../../events/shared-pieces.ts';
import { supports } from '../../../events/shared-pieces.ts';
import type { ArticleSource } from '../../recording/article-source.ts';
import { Refusal } from '../../errors.ts';
import { anySegmentIn, missingFrom, NAMED, QUOTED } from '../content.ts';
import { normalizeText, type NormalizedText } from '../normalization/normalize-text.ts';
import { indexOfPoint } from '../text-offsets.ts';
import { isPartlyQuoted, isQuoted, type Quotation, quotationsOf } from './quotations.ts';

/** The fields of a statement or an opinion that describe its words. */
export interface Words {
  readonly content?: string;
  readonly form?: 'direct' | 'mixed' | 'indirect';
  readonly speakers?: readonly Party[];
  readonly by?: Party;
  readonly standing?: string;
}

/** The names of an actor. */
export type NamesOf = (actor: string) => Promise<readonly string[]>;

/** A passage of the evidence, with what is speech in it. */
interface Passage {
  readonly exact: string;
  readonly normalized: NormalizedText;
  /** True if the whole passage is speech, with or without quotation marks. */
  readonly isSpoken: boolean;
  readonly article: string;
  /** Offset of the passage in `article`, in UTF-16 units. */
  readonly offset: number;
  readonly quotations: readonly Quotation[];
}

const NOTE =
  'all of this content is inside quotation marks in the article: if they are the words of this speaker, the form is direct';

/** Returns the reason why these words cannot be direct or mixed; undefined if they can, or if they are indirect. */
export async function refusalOfForm(...record: WordsInSources): Promise<Refusal | undefined> {
  const [{ content, form }] = record;
  if (content === undefined) return undefined;
  if (form === 'mixed') {
    const isSpoken = anySegmentIn(content, await passagesOf(...record), isPartlySpoken);
    return isSpoken ? undefined : rejectMixed();
  }
  if (form !== 'direct') return undefined;
  const unspoken = unspokenIn(content, await passagesOf(...record));
  return unspoken === undefined ? undefined : rejectDirect(unspoken);
}

/** Returns a note for the editor if indirect words are quoted in full; undefined otherwise. */
export async function noteOnForm(...record: WordsInSources): Promise<string | undefined> {
  const [{ content, form }] = record;
  if (content === undefined || form !== 'indirect') return undefined;
  const passages = await passagesOf(...record);
  if (passages.some(({ isSpoken }) => isSpoken)) return undefined;
  return unspokenIn(content, passages) === undefined ? NOTE : undefined;
}

/** The words of a record, its evidence, the articles that this names, and the names of actors. */
type WordsInSources = [
  words: Words,
  evidence: readonly Evidence[],
  articles: ReadonlyMap<string, ArticleSource>,
  namesOf: NamesOf,
];

async function passagesOf(...[words, evidence, articles, namesOf]: WordsInSources): Promise<Passage[]> {
  const bearing = evidence.filter((piece) => supports(piece) && (piece.for?.includes('content') ?? true));
  return Promise.all(bearing.map((piece) => passageOf(piece, words, articles.get(piece.articleId), namesOf)));
}

const unspokenIn = (content: string, passages: readonly Passage[]): string | undefined =>
  missingFrom(content, passages, { ...QUOTED, admits: isAllSpoken });

const isAllSpoken = ({ isSpoken, quotations, offset }: Passage, from: number, to: number): boolean =>
  isSpoken || isQuoted(quotations, offset + from, offset + to);

const isPartlySpoken = (
  { isSpoken, quotations, offset, article }: Passage,
  from: number,
  to: number,
): boolean => isSpoken || isPartlyQuoted(article, quotations, offset + from, offset + to);

async function passageOf(
  piece: Evidence,
  words: Words,
  article: ArticleSource | undefined,
  namesOf: NamesOf,
): Promise<Passage> {
  const { exact, start, setOff } = piece;
  const isSpoken =
    setOff !== undefined ||
    (article !== undefined && (article.genre !== 'report' || (await isOwnVoice(words, article, namesOf))));
  const around = piece.in === 'title' ? article && normalizeText(article.title) : article?.text;
  const offset = around === undefined ? -1 : indexOfPoint(around, start);
  const normalized = normalizeText(exact);
  // A title may have been corrected since, and the text of a withdrawn article is not read: the passage stands alone.
  if (around === undefined || !around.text.startsWith(exact, offset))
    return { exact, normalized, isSpoken, article: exact, offset: 0, quotations: quotationsOf(normalized) };
  return { exact, normalized, isSpoken, article: around.text, offset, quotations: quotationsOf(around) };
}

/** Does the source speak for itself: is each speaker its publisher, or named in its byline? */
async function isOwnVoice(
  { speakers = [], by, standing }: Words,
  { publishers, bylines }: ArticleSource,
  namesOf: NamesOf,
): Promise<boolean> {
  if (standing === 'publisher') return true;
  const parties = by === undefined ? speakers : [by];
  for (const { actor, printed, description } of parties) {
    // An actor is compared by its own names, because `printed` can name any author of the byline.
    const given = [printed, description].filter((name) => name !== undefined);
    const names = actor === undefined ? given : await namesOf(actor);
    const isPublisher = names.some((name) => publishers.some((publisher) => isSameName(name, publisher)));
    if (!isPublisher && !names.some((name) => missingFrom(name, bylines, NAMED) === undefined)) return false;
  }
  return parties.length > 0;
}

const isSameName = (left: string, right: string): boolean => bareName(left) === bareName(right);
const bareName = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/^the\s+|[^\p{L}\p{M}\p{N}]+/gu, '');

const ADVICE =
  'record it as indirect. If the article sets the words off as a post, a block, a list or a headline, say so in the evidence (setOff). If the article is a transcript or a document, correct its genre';

const rejectDirect = (piece: string): Refusal =>
  new Refusal(
    'not-quoted',
    `content is direct, but the article does not have this inside quotation marks: ${piece}; ${ADVICE}`,
    { field: 'content', piece },
  );

const rejectMixed = (): Refusal =>
  new Refusal(
    'not-quoted',
    `content is mixed, but no piece of it is inside quotation marks in the article; ${ADVICE}`,
    { field: 'content' },
  );
