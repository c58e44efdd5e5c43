// Indexes the articles and the passages of a log until the texts are read. It takes 48 bytes for each article, 40 for
// each passage and about 40 for each id.
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import { articleIdOf } from '../../recording/article.ts';
import { mapEvidence } from '../../recording/references.ts';
import { rows } from './number-rows.ts';
import { passages, type Passages } from './recorded-passages.ts';
import { revisionMap } from './last-revisions.ts';

export interface IndexedArticle {
  readonly id: string;
  /** The position of the event that archived it. Undefined if only evidence names the article. */
  readonly archivedAt: number | undefined;
  /** The positions of the events that set its title. */
  readonly titledAt: readonly number[];
  readonly bytes: number;
  readonly characters: number;
  readonly withdrawn: boolean;
}

export interface ArticleIndex {
  readonly next: (position: number, event: RecordedEvent, report: (what: string) => void) => void;
  readonly size: () => number;
  /** Returns undefined if the id does not have the form of an article's id. */
  readonly article: (index: number) => IndexedArticle | undefined;
  readonly passages: Pick<Passages, 'size' | 'grouped'>;
}

/** Column of the position of the event that archived the article, plus 1. */
const ARCHIVED = 0;
const BYTES = 1;
const CHARACTERS = 2;
const WITHDRAWN = 3;
const DIGEST = 4;
const DIGEST_WORDS = 8;

export function articleIndex(): ArticleIndex {
  const list = rows(DIGEST + DIGEST_WORDS);
  const located = passages();
  const indexes = revisionMap();
  /** The positions of corrections that set a title, by article. Few articles have any. */
  const corrected = new Map<number, number[]>();

  const indexOf = (id: string): number => {
    const existing = indexes.get(id);
    if (existing > 0) return existing - 1;
    const index = list.add([0, 0, 0, 0, ...wordsOf(id)]);
    indexes.set(id, index + 1);
    return index;
  };

  function next(position: number, event: RecordedEvent, report: (what: string) => void): void {
    if (event.type === 'ArticleArchived') {
      const { sha256, bytes, characters } = event.data;
      if (event.subject !== articleIdOf(sha256))
        report(
          `event ${event.id}: the id ${event.subject} does not contain the digest of the text, ${sha256}`,
        );
      else {
        const index = indexOf(event.subject);
        for (const [column, value] of [position + 1, bytes, characters].entries())
          list.set(index, column, value);
      }
    } else if (event.type === 'ArticleWithdrawn') list.set(indexOf(event.subject), WITHDRAWN, 1);
    else if (event.type === 'ArticleCorrected' && 'title' in event.data.changes) {
      const index = indexOf(event.subject);
      corrected.set(index, [...(corrected.get(index) ?? []), position]);
    } else
      for (const [ordinal, { piece }] of piecesOf(event).entries())
        located.add(indexOf(piece.articleId), piece, { position, ordinal });
  }

  function article(index: number): IndexedArticle | undefined {
    const words = Array.from({ length: DIGEST_WORDS }, (_, word) => list.get(index, DIGEST + word));
    if (words.every((word) => word === 0)) return undefined;
    const archivedAt = list.get(index, ARCHIVED) - 1;
    return {
      id: articleIdOf(words.map((word) => word.toString(16).padStart(8, '0')).join('')),
      archivedAt: archivedAt < 0 ? undefined : archivedAt,
      titledAt: archivedAt < 0 ? [] : [archivedAt, ...(corrected.get(index) ?? [])],
      bytes: list.get(index, BYTES),
      characters: list.get(index, CHARACTERS),
      withdrawn: list.get(index, WITHDRAWN) === 1,
    };
  }

  return { next, size: list.size, article, passages: located };
}

/** Returns the digest in an article's id as 32-bit words; an empty list if the id has another form. */
function wordsOf(id: string): number[] {
  const hex = /^article-([0-9a-f]{64})$/.exec(id)?.[1] ?? '';
  return (hex.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16));
}

/** Returns the evidence of an event in order, each piece with its JSON Pointer. */
export function piecesOf({ data }: RecordedEvent): { piece: Evidence; pointer: string }[] {
  const pieces: { piece: Evidence; pointer: string }[] = [];
  mapEvidence(data, (piece, pointer) => {
    pieces.push({ piece: piece as Evidence, pointer });
    return piece;
  });
  return pieces;
}
