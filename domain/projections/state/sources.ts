// The articles that a thing rests on: those whose passages support it, and those whose passages dispute it.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { supports, type Evidence } from '../../../events/shared-pieces.ts';
import { codePoints } from '../../evidence/folding/characters.ts';

/** Places such as `120-145`, in code points of the text, or `title:0-12`; by the article's id. */
export type Places = Readonly<Record<string, readonly string[]>>;

export interface EvidencePassages {
  readonly supports: Places;
  readonly disputes: Places;
}

/** Ids of articles, each once, by what their passages say of the thing. */
export type SourceRevisions = { readonly [Side in keyof EvidencePassages]: readonly string[] };

const NONE: SourceRevisions = { supports: [], disputes: [] };

const sideOf = (piece: Pick<Evidence, 'stance'>): keyof SourceRevisions =>
  supports(piece) ? 'supports' : 'disputes';

/** The sources after an event of the thing, from those before it and from the evidence after it. */
export function sourcesAfter(
  before: SourceRevisions = NONE,
  { data }: RecordedEvent,
  evidence: readonly Evidence[],
): SourceRevisions {
  if ('exact' in data) return afterWithdrawal(before, data, evidence);
  let after = before;
  for (const piece of 'evidence' in data ? data.evidence : []) {
    const side = sideOf(piece);
    if (!after[side].includes(piece.articleId))
      after = { ...after, [side]: [...after[side], piece.articleId] };
  }
  return after;
}

/** An article with other passages on this side moves to the end. */
function afterWithdrawal(
  before: SourceRevisions,
  withdrawn: Pick<Evidence, 'articleId' | 'stance'>,
  evidence: readonly Evidence[],
): SourceRevisions {
  const { articleId } = withdrawn;
  const side = sideOf(withdrawn);
  const isLeft = evidence.some((piece) => piece.articleId === articleId && sideOf(piece) === side);
  const others = before[side].filter((id) => id !== articleId);
  return { ...before, [side]: isLeft ? [...others, articleId] : others };
}

/** The passages of these sources, by article. */
export function evidencePassagesOf(
  sources: SourceRevisions,
  evidence: readonly Evidence[],
): EvidencePassages {
  const places = (side: keyof EvidencePassages): Places => {
    const pieces = Map.groupBy(
      evidence.filter((piece) => sideOf(piece) === side),
      ({ articleId }) => articleId,
    );
    return Object.fromEntries(
      sources[side].map((id) => [id, [...new Set((pieces.get(id) ?? []).map(passageKey))]]),
    );
  };
  return { supports: places('supports'), disputes: places('disputes') };
}

/** `exact` is kept in the source's own characters, so it says how long the passage is. */
export const passageKey = ({ start, exact, in: where }: Pick<Evidence, 'start' | 'exact' | 'in'>): string =>
  `${where === 'title' ? 'title:' : ''}${start}-${start + codePoints(exact)}`;
