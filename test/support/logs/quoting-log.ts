// Makes logs of articles and of statements that quote them, event by event, so that tests can add faults.
import { sha256 } from '../../../adapters/node/ids.ts';
import { articleIdOf } from '../../../domain/recording/article.ts';
import { codePoints } from '../../../domain/evidence/normalization/characters.ts';
import { verifyArchive, type ArchiveVerdict } from '../../../domain/log/verify/verify-archive.ts';
import type { ReadArticle } from '../../../domain/log/verify/check-articles.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from '../archives/written-history.ts';
import { entryOf, logKeys, signedLog } from './signed-log.ts';

export const idOf = (text: string): string => articleIdOf(sha256(Buffer.from(text)));

export const archived = (text: string, over: object = {}): NewEvent =>
  event('ArticleArchived', {
    title: 'Talks',
    publisher: 'The Daily',
    language: 'en',
    sha256: sha256(Buffer.from(text)),
    bytes: Buffer.byteLength(text),
    characters: codePoints(text),
    ...over,
  });

/** Returns the passage of the first occurrence of these words in a text. */
export function piece(text: string, exact: string, over: Partial<Evidence> = {}): Evidence {
  const start = codePoints(text.slice(0, text.indexOf(exact)));
  return { articleId: idOf(text), exact, start, end: start + codePoints(exact), ...over };
}

export const made = (evidence: readonly Evidence[], over: object = {}): NewEvent =>
  event('StatementMade', {
    speakers: [{ actor: 'actor-anna' }],
    act: 'said',
    channel: 'press',
    madeOn: '2023-03-02',
    content: evidence[0]?.exact,
    form: 'direct',
    language: 'en',
    certainty: 'asserted',
    evidence,
    ...over,
  });

export const corrected = (changes: object, evidence: readonly Evidence[] = []): NewEvent =>
  event('StatementCorrected', { cause: 'coding-error', reason: 'misread', changes, evidence });

/** Returns the entries of these events in this order, each in its own commit. */
export function entriesOf(events: readonly (readonly [stream: string, event: NewEvent])[]): Uint8Array[] {
  const revisions = new Map<string, number>();
  return events.map(([stream, each]) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    return entryOf(stream, revision, each);
  });
}

/** Verifies a log of these entries, next to articles with these texts. */
export async function verifyEntries(
  entries: readonly Uint8Array[],
  articles: readonly string[] | ReadArticle | undefined,
): Promise<ArchiveVerdict> {
  const files = await signedLog(entries);
  const texts = Array.isArray(articles) ? (articles as readonly string[]) : [];
  const inTexts: ReadArticle = async (id) => {
    const text = texts.find((each) => idOf(each) === id);
    return text === undefined ? undefined : Buffer.from(text);
  };
  return verifyArchive(async (path) => files.get(path), {
    verifiers: logKeys,
    evidence: { sha256, readArticle: typeof articles === 'function' ? articles : articles && inTexts },
  });
}
