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
  if (!('evidence' in data)) return before;
  const after: { -readonly [S in keyof Grounds]: Record<string, readonly string[]> | undefined } = {
    supports: undefined,
    disputes: undefined,
  };
  for (const piece of data.evidence) {
    const side = sideOf(piece);
    const places = (after[side] ?? before[side])[piece.articleId] ?? [];
    const place = placeOf(piece);
    if (places.includes(place)) continue;
    (after[side] ??= copyOf(before[side]))[piece.articleId] = [...places, place];
  }
  const { supports = before.supports, disputes = before.disputes } = after;
  return (after.supports ?? after.disputes) ? { supports, disputes } : before;
}

/** Without a prototype, and so a dictionary: of ordinary objects, V8 makes a class for each article's id. */
const copyOf = (places: Places): Record<string, readonly string[]> =>
  Object.assign(Object.create(null) as Record<string, readonly string[]>, places);

type Piece = Pick<Evidence, 'articleId' | 'exact' | 'start' | 'in' | 'stance'>;

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
