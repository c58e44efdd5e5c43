// Read model `article`: the heads of articles, and every passage of an article that something rests on. What rests on an
// article, alone or not, and what of it is not coded yet follow from the passages and the summaries.
import type { Evidence } from '../../../events/shared-pieces.ts';
import { codePoints } from '../../evidence/folding/characters.ts';
import { clipText } from '../state/clip.ts';
import type { ReadModel } from './read-model.ts';
import { keyText, type ValueRow } from '../rows/row.ts';
import type { ArticleStream } from '../state/stream-state.ts';
import { fieldsOf, isThing, listedAt, type Listed, type ThingState } from '../state/thing-state.ts';

/** Without the position of the latest event, which is that of the row's version. */
export interface HeadRow {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly publishedOn?: string;
  readonly url?: string;
  readonly withdrawn?: { readonly reason: string };
  readonly corrections: number;
  /** Other outlets that printed the same text. */
  readonly appearances: number;
}

export interface ArticleHead extends HeadRow {
  /** Of its latest event in the log. */
  readonly position: number;
}

/** A passage that something rests on; start and end in code points of the text, or of the title. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** The source's words, clipped at 2,000 characters. */
  readonly exact: string;
  readonly in: 'text' | 'title';
  readonly stance: 'supports' | 'disputes';
  readonly for?: readonly string[];
  /** The meeting, statement or opinion that rests on it. */
  readonly id: string;
}

/** A passage that something rests on, and where the list of all has that thing. */
export interface PassageRow extends Passage {
  readonly listed: Listed;
}

/** By id, the heads of all articles. */
export const HEADS = 'articles';
/** By their place in the article, its passages. */
export const passagesOf = (article: string): string => `passages/${article}`;

export const article: ReadModel = {
  name: 'article',
  version: 1,
  lists: ['articles', 'passages'],
  rowsOf: (state) => {
    if (isThing(state)) return passageRows(state);
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
  return { partition: HEADS, sort: id, body, renewed: true };
}

/** The passages of the evidence, and that of the words as they were spoken unless it is evidence as well. */
function passageRows(state: ThingState): ValueRow[] {
  const { original } = fieldsOf(state);
  const listed = listedAt(state);
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

function passageRow(piece: Omit<Evidence, 'for'> & { for?: string[] }, id: string, listed: Listed): ValueRow {
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
  const sort = `${part}~${characterKey(start)}-${characterKey(start + codePoints(exact))}~${id}`;
  return { partition: passagesOf(articleId), sort, body };
}

const characterKey = (character: number): string => String(character).padStart(9, '0');
