// The sources of a record: articles whose passages support it, and articles whose passages dispute it.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { supports, type Evidence } from '../../../events/shared-pieces.ts';
import { codePoints } from '../../evidence/normalization/characters.ts';

/** Passage keys by article: match ranges in code points, such as `120-145` in the text and `title:0-12` in the title. */
export type PassageKeys = Readonly<Record<string, readonly string[]>>;

export interface EvidencePassages {
  readonly supports: PassageKeys;
  readonly disputes: PassageKeys;
}

/** Ids of articles, each once, by the stance of their passages. */
export type SourcesByStance = { readonly [Side in keyof EvidencePassages]: readonly string[] };

const NO_SOURCES: SourcesByStance = { supports: [], disputes: [] };

const sideOf = (piece: Pick<Evidence, 'stance'>): keyof SourcesByStance =>
  supports(piece) ? 'supports' : 'disputes';

/** Returns the sources after an event, from the sources before it and the evidence after it. */
export function sourcesAfter(
  before: SourcesByStance = NO_SOURCES,
  { data }: RecordedEvent,
  evidence: readonly Evidence[],
): SourcesByStance {
  if ('exact' in data) return afterWithdrawal(before, data, evidence);
  let after = before;
  for (const piece of 'evidence' in data ? data.evidence : []) {
    const side = sideOf(piece);
    if (!after[side].includes(piece.articleId))
      after = { ...after, [side]: [...after[side], piece.articleId] };
  }
  return after;
}

/** Removes the article of a withdrawn passage, or moves it to the end if other passages of it remain on this side. */
function afterWithdrawal(
  before: SourcesByStance,
  withdrawn: Pick<Evidence, 'articleId' | 'stance'>,
  evidence: readonly Evidence[],
): SourcesByStance {
  const { articleId } = withdrawn;
  const side = sideOf(withdrawn);
  const remains = evidence.some((piece) => piece.articleId === articleId && sideOf(piece) === side);
  const others = before[side].filter((id) => id !== articleId);
  return { ...before, [side]: remains ? [...others, articleId] : others };
}

/** Returns the passage keys of these sources, by article. */
export function evidencePassagesOf(
  sources: SourcesByStance,
  evidence: readonly Evidence[],
): EvidencePassages {
  const passageKeys = (side: keyof EvidencePassages): PassageKeys => {
    const pieces = Map.groupBy(
      evidence.filter((piece) => sideOf(piece) === side),
      ({ articleId }) => articleId,
    );
    return Object.fromEntries(
      sources[side].map((id) => [id, [...new Set((pieces.get(id) ?? []).map(passageKey))]]),
    );
  };
  return { supports: passageKeys('supports'), disputes: passageKeys('disputes') };
}

/** Returns the passage key: the match range as text. `exact` has as many code points as the range. */
export const passageKey = ({ start, exact, in: part }: Pick<Evidence, 'start' | 'exact' | 'in'>): string =>
  `${part === 'title' ? 'title:' : ''}${start}-${start + codePoints(exact)}`;
