// Formats a problem document: every fault, and the nearest passage if the archive names one.
import type { Passage } from '../../../domain/evidence/text-offsets.ts';
import { wrap } from './print.ts';

export interface Fault {
  readonly detail?: string;
  /** Each wrong field of a body. `detail` describes the first. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly candidates?: readonly Passage[];
  readonly nearest?: { readonly passage: Passage };
}

/** The fields of a problem document that are printed. */
export interface ProblemShown extends Fault {
  readonly others?: readonly Fault[];
}

export const problemLines = ({ others = [], ...first }: ProblemShown, indent = 0): string[] =>
  [first, ...others].flatMap((fault) => faultLines(fault, indent));

function faultLines({ detail = '', errors = [], candidates = [], nearest }: Fault, indent: number): string[] {
  return [
    wrap(detail, indent),
    ...errors.slice(1).map((error) => wrap(`${error.pointer || 'the body'}: ${error.detail}`, indent)),
    ...candidates.map(({ start, prefix = '', exact, suffix = '' }) =>
      wrap(`at ${start}: …${prefix}⟦${exact}⟧${suffix}…`, indent + 2, 2),
    ),
    ...(nearest
      ? [wrap(`nearest, at ${nearest.passage.start}: “${nearest.passage.exact}”`, indent + 2, 2)]
      : []),
  ];
}
