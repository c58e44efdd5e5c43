// Read model `article`: the heads of articles, and every passage of an article that the evidence of a record names.
// Queries derive from the passages which records depend on an article, and which of its sentences no record uses yet.
import type { Evidence } from '../../../events/shared-pieces.ts';
import { codePoints } from '../../evidence/normalization/characters.ts';
import { clipText } from '../state/clip.ts';
import type { ReadModel } from './read-model.ts';
import { ARTICLE_HEADS, keyText, type DateListKey, passagesOf, passageSort } from '../rows/row-keys.ts';
import type { ValueRow } from '../rows/row.ts';
import type { ArticleStream } from '../state/stream-state.ts';
import { fieldsOf, isRecordState, dateListKeyOf, type RecordStreamState } from '../state/thing-state.ts';

/** Row of an article. The position of the latest event is that of the row version. */
export interface HeadRow {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly publishedOn?: string;
  readonly url?: string;
  readonly withdrawn?: { readonly reason: string };
  readonly corrections: number;
  /** Number of appearances in other outlets. */
  readonly appearances: number;
}

export interface ArticleHead extends HeadRow {
  /** Position of its latest event. */
  readonly position: number;
}

/** A passage that evidence names. Start and end are in code points of the text, or of the title. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** The source's words, at most 2,000 code points. */
  readonly exact: string;
  readonly in: 'text' | 'title';
  readonly stance: 'supports' | 'disputes';
  readonly for?: readonly string[];
  /** The record that the passage supports or disputes. */
  readonly id: string;
}

/** Row of a passage, with the key of its record in lists by date. */
export interface PassageRow extends Passage {
  readonly listed: DateListKey;
}

export const article: ReadModel = {
  name: 'article',
  version: 1,
  lists: [ARTICLE_HEADS, 'passages'],
  rowsOf: (state) => {
    if (isRecordState(state)) return passageRows(state);
    return state.kind === 'article' ? [headRow(state)] : [];
  },
};

function headRow({ id, article }: ArticleStream): ValueRow {
  const { title, publisher, publishedOn, url } = article.fields;
  const body: HeadRow = {
    id,
    title,
    publisher,
    ...(publishedOn === undefined ? {} : { publishedOn }),
    ...(url === undefined ? {} : { url }),
    ...(article.withdrawn ? { withdrawn: { reason: article.withdrawn.reason } } : {}),
    corrections: article.corrections,
    appearances: article.appearances.length,
  };
  return { partition: ARTICLE_HEADS, sort: id, body, writtenAtEachEvent: true };
}

/** Returns the passages of the evidence, then the passage of the original words unless the evidence names it too. */
function passageRows(state: RecordStreamState): ValueRow[] {
  const { original } = fieldsOf(state);
  const listed = dateListKeyOf(state);
  const rows = state.life.evidence.map((piece) => passageRow(piece, state.id, listed));
  if (original) rows.push(passageRow({ ...original.evidence, for: ['original'] }, state.id, listed));
  return rows.length === 1 ? rows : firstOfEachKey(rows);
}

function firstOfEachKey(rows: readonly ValueRow[]): ValueRow[] {
  const firsts = new Map<string, ValueRow>();
  for (const row of rows) {
    const text = keyText(row);
    if (!firsts.has(text)) firsts.set(text, row);
  }
  return [...firsts.values()];
}

function passageRow(
  piece: Omit<Evidence, 'for'> & { for?: string[] },
  id: string,
  listed: DateListKey,
): ValueRow {
  const { articleId, start, end, exact, stance = 'supports', in: part = 'text', for: fields } = piece;
  const body: PassageRow = {
    start,
    end,
    exact: clipText(exact, 2_000),
    in: part,
    stance,
    ...(fields ? { for: fields } : {}),
    id,
    listed,
  };
  const sort = passageSort(part, start, start + codePoints(exact), id);
  return { partition: passagesOf(articleId), sort, body };
}
