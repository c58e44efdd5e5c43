// Read model `article`: the heads of articles, and every passage of an article that something rests on. What rests on an
// article, alone or not, and what of it is not coded yet follow from the passages and the summaries.
import type { Evidence } from '../../events/pieces.ts';
import { codePoints } from '../evidence/characters.ts';
import type { ArticleHead as PositionedHead, PassageRow as Passage } from '../views/article.ts';
import { clipText } from '../views/clip.ts';
import type { ReadModel } from './read-model.ts';
import { keyText, type ValueRow } from './row.ts';
import type { ArticleStream } from './stream.ts';
import { fieldsOf, isThing, listedAt, type Listed, type ThingState } from './thing.ts';

/** Without the position of the latest event, which is that of the row's version. */
export type ArticleHead = Omit<PositionedHead, 'position'>;

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
  const body: ArticleHead = {
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
