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

/** Of first events: several views fold the same ones, one after another. */
const first = new WeakMap<RecordedEvent, Grounds>();

/** What a thing rests on after an event of its own stream. */
export function grounds(before: Grounds | undefined, event: RecordedEvent): Grounds {
  if (before) return after(before, event);
  const rests = first.get(event) ?? after(none, event);
  first.set(event, rests);
  return rests;
}

function after(before: Grounds, event: RecordedEvent): Grounds {
  if ('exact' in event.data) return without(before, event.data);
  const evidence = 'evidence' in event.data ? event.data.evidence : [];
  if (evidence.length === 0) return before;
  const known: Record<keyof Grounds, Record<string, readonly string[]>> = {
    supports: { ...before.supports },
    disputes: { ...before.disputes },
  };
  for (const piece of evidence) {
    const side = known[supports(piece) ? 'supports' : 'disputes'];
    const places = side[piece.articleId] ?? [];
    const place = placeOf(piece);
    if (!places.includes(place)) side[piece.articleId] = [...places, place];
  }
  return known;
}

type Piece = Pick<Evidence, 'articleId' | 'exact' | 'start' | 'in' | 'stance'>;

function without(before: Grounds, piece: Piece): Grounds {
  const side = supports(piece) ? 'supports' : 'disputes';
  const { [piece.articleId]: places = [], ...others } = before[side];
  const left = places.filter((place) => place !== placeOf(piece));
  return { ...before, [side]: left.length === 0 ? others : { ...others, [piece.articleId]: left } };
}

/** `exact` is kept in the source's own characters, so it says how long the passage is. */
export const placeOf = ({ start, exact, in: where }: Piece): string =>
  `${where === 'title' ? 'title:' : ''}${start}-${start + codePoints(exact)}`;
