// The passages that a thing rests on, by article, each once: what supports it, and what disputes it.
import type { RecordedEvent } from '../../events/envelope.ts';
import { supports, type Evidence } from '../../events/pieces.ts';
import { codePoints } from '../evidence/characters.ts';

/** Places such as `120-145`, in code points of the text, or `title:0-12`; by the article's id. */
export type Places = Readonly<Record<string, readonly string[]>>;

export interface Grounds {
  readonly supports: Places;
  readonly disputes: Places;
}

const none: Grounds = { supports: {}, disputes: {} };

/** What a thing rests on after an event of its own stream. */
export function grounds(before: Grounds = none, { data }: RecordedEvent): Grounds {
  if ('exact' in data) return without(before, data);
  let after = before;
  for (const piece of 'evidence' in data ? data.evidence : []) after = having(after, piece);
  return after;
}

type Piece = Pick<Evidence, 'articleId' | 'exact' | 'start' | 'in' | 'stance'>;

function having(before: Grounds, piece: Piece): Grounds {
  const side = sideOf(piece);
  const places = before[side][piece.articleId] ?? [];
  const place = placeOf(piece);
  if (places.includes(place)) return before;
  // Without a prototype, and so a dictionary: of ordinary objects, V8 makes a class for each article's id.
  const articles = Object.assign(Object.create(null) as Record<string, readonly string[]>, before[side]);
  articles[piece.articleId] = [...places, place];
  return side === 'supports'
    ? { supports: articles, disputes: before.disputes }
    : { supports: before.supports, disputes: articles };
}

function without(before: Grounds, piece: Piece): Grounds {
  const side = sideOf(piece);
  const { [piece.articleId]: places = [], ...others } = before[side];
  const left = places.filter((place) => place !== placeOf(piece));
  return { ...before, [side]: left.length === 0 ? others : { ...others, [piece.articleId]: left } };
}

const sideOf = (piece: Piece): keyof Grounds => (supports(piece) ? 'supports' : 'disputes');

/** `exact` is kept in the source's own characters, so it says how long the passage is. */
export const placeOf = ({ start, exact, in: where }: Piece): string =>
  `${where === 'title' ? 'title:' : ''}${start}-${start + codePoints(exact)}`;
