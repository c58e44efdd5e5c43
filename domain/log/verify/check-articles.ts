// Checks the articles next to a log: the digest of each article, and each passage at its offsets in the text or in a
// title of the article.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { articleKey, decodeText } from '../../recording/stored-article.ts';
import type { Digest } from '../../ports.ts';
import { clipText } from '../../projections/state/clip.ts';
import { slicesOf } from '../../concurrency.ts';
import { piecesOf, type ArticleIndex, type IndexedArticle } from './article-index.ts';
import { parseEntry } from './parse-entry.ts';
import { MAX_QUOTED, type Faults } from './faults.ts';
import { offsetsIn, type Offsets } from './code-point-offsets.ts';
import type { Passage } from './recorded-passages.ts';

/** Returns the bytes of an article, undefined if they are missing, or the state that the archive reports for them. */
export type ReadArticle = (id: string) => Promise<Uint8Array | 'withdrawn' | 'damaged' | undefined>;

export interface ArticleCounts {
  /** Articles whose bytes were compared with their digest, excluding withdrawn articles. */
  checked: number;
  withdrawn: number;
  /** Withdrawn articles whose bytes are missing. */
  withdrawnWithoutBytes: number;
  /** Passages that were looked up at their offsets. */
  passages: number;
  /** Passages whose article could not be read. */
  passagesNotChecked: number;
}

export interface ArticleCheck {
  readonly index: ArticleIndex;
  /** Undefined if there are no articles next to the log. */
  readonly readArticle: ReadArticle | undefined;
  readonly readEntry: (position: number) => Promise<Uint8Array | undefined>;
  readonly sha256: Digest;
  readonly faults: Faults;
  /** True if every entry of the log could be parsed. */
  readonly isWhole: boolean;
  readonly progress: (done: number) => void;
}

export async function checkArticles(check: ArticleCheck): Promise<ArticleCounts> {
  const { index, readArticle, faults, progress } = check;
  const counts = { checked: 0, withdrawn: 0, withdrawnWithoutBytes: 0, passages: 0, passagesNotChecked: 0 };
  const passagesOf = index.passages.grouped();
  const total = index.size();

  async function checkOne(
    number: number,
    article: IndexedArticle | undefined,
    bytes: Awaited<ReturnType<ReadArticle>>,
  ): Promise<void> {
    const text =
      article?.archivedAt === undefined ? unarchivedText(article, bytes) : await textOf(article, bytes);
    let titles: Offsets[] | undefined;
    // The event that archives an article may not be sequenced yet, so the bytes of the article decide.
    const isMissing =
      article?.archivedAt === undefined && bytes === undefined && readArticle && check.isWhole;
    for (const passage of passagesOf(number)) {
      if (passage.inTitle && article) titles ??= await titlesOf(article);
      const sources = passage.inTitle ? (titles ?? []) : text ? [text] : [];
      if (isMissing) await reportPassage(passage, false);
      else if (sources.length === 0) counts.passagesNotChecked++;
      else {
        counts.passages++;
        if (!sources.some(passage.isIn)) await reportPassage(passage, true);
      }
    }
  }

  function unarchivedText(
    article: IndexedArticle | undefined,
    bytes: Awaited<ReturnType<ReadArticle>>,
  ): Offsets | undefined {
    const isIntact = article && typeof bytes === 'object' && check.sha256(bytes) === articleKey(article.id);
    return isIntact ? decoded(bytes) : undefined;
  }

  /** Counts the article and returns its text, even if it was altered: its passages then show the alteration. */
  async function textOf(
    article: IndexedArticle,
    bytes: Awaited<ReturnType<ReadArticle>>,
  ): Promise<Offsets | undefined> {
    const isGone = typeof bytes !== 'object';
    if (article.withdrawn || bytes === 'withdrawn') {
      counts.withdrawn++;
      if (isGone && readArticle) counts.withdrawnWithoutBytes++;
    } else if (!isGone) counts.checked++;
    else if (bytes === 'damaged')
      await reportArticle(article, 'the archive answers that the bytes of the article are damaged');
    else if (readArticle) await reportArticle(article, 'its bytes are missing');
    return isGone ? undefined : checkBytes(article, bytes);
  }

  async function checkBytes(article: IndexedArticle, bytes: Uint8Array): Promise<Offsets | undefined> {
    const digest = check.sha256(bytes);
    const text = decoded(bytes);
    if (digest !== articleKey(article.id))
      await reportArticle(article, `its bytes were altered: their SHA-256 is ${digest}`);
    else if (bytes.length !== article.bytes || text?.points !== article.characters)
      await reportArticle(
        article,
        `the event records ${article.bytes} bytes and ${article.characters} characters, but the article has ${bytes.length} bytes ${text ? `and ${text.points} characters` : 'that are not UTF-8'}`,
      );
    return text;
  }

  async function eventAt(position: number): Promise<RecordedEvent | undefined> {
    const bytes = await check.readEntry(position);
    const event = bytes && parseEntry(bytes);
    return typeof event === 'object' ? event : undefined;
  }

  async function titlesOf({ titledAt }: IndexedArticle): Promise<Offsets[]> {
    const events = await Promise.all(titledAt.map(eventAt));
    return events.flatMap((event) => {
      if (event?.type === 'ArticleArchived') return [offsetsIn(event.data.title)];
      if (event?.type === 'ArticleCorrected') return [offsetsIn(String(event.data.changes.title))];
      return [];
    });
  }

  async function reportArticle(
    { id, archivedAt: position = 0 }: IndexedArticle,
    what: string,
  ): Promise<void> {
    const event = faults.hasRoom() ? await eventAt(position) : undefined;
    faults.report({
      position,
      path: `articles/${articleKey(id)}`,
      what: `event ${event?.id ?? 'unknown'}: ${what}`,
    });
  }

  async function reportPassage({ position, ordinal }: Passage, isArchived: boolean): Promise<void> {
    const event = faults.hasRoom() ? await eventAt(position) : undefined;
    const { piece, pointer } = (event && piecesOf(event)[ordinal]) ?? {};
    const part = `${piece?.in === 'title' ? 'a title of ' : ''}${piece?.articleId}`;
    const what = isArchived
      ? `at ${piece?.start}-${piece?.end}, ${part} does not have: ${clipText(piece?.exact ?? '', MAX_QUOTED)}`
      : `no event archives ${piece?.articleId}`;
    faults.report({ position, what: `event ${event?.id ?? 'unknown'}: ${pointer}: ${what}` });
  }

  for (const [from, slice] of slicesOf(Array.from({ length: total }, (_, number) => number))) {
    const read = await Promise.all(
      slice.map(async (number) => {
        const article = index.article(number);
        return { number, article, bytes: article && (await readArticle?.(article.id)) };
      }),
    );
    for (const { number, article, bytes } of read) await checkOne(number, article, bytes);
    progress(from + slice.length);
  }
  return counts;
}

function decoded(bytes: Uint8Array): Offsets | undefined {
  try {
    return offsetsIn(decodeText(bytes));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
