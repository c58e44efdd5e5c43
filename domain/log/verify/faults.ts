// Collects faults: all are counted, and the first 100 are kept.
import type { Finding } from './foreign-files.ts';

export interface Faults {
  readonly report: (finding: Finding) => void;
  readonly findings: readonly Finding[];
  readonly count: () => number;
  /** Returns false if further findings are only counted, so that their details are not needed. */
  readonly hasRoom: () => boolean;
}

const MAX_FINDINGS = 100;

/** The maximum number of characters of a source that a fault quotes. */
export const MAX_QUOTED = 200;

export function collectFaults(): Faults {
  const findings: Finding[] = [];
  let count = 0;
  return {
    report: (finding) => {
      if (count++ < MAX_FINDINGS) findings.push(finding);
    },
    findings,
    count: () => count,
    hasRoom: () => count < MAX_FINDINGS,
  };
}

/** Joins the findings of two checks, in order. */
export const joinFaults = (
  a: { readonly findings: readonly Finding[]; readonly faults: number },
  b: Faults,
): { findings: readonly Finding[]; faults: number } => ({
  findings: [...a.findings, ...b.findings].slice(0, MAX_FINDINGS),
  faults: a.faults + b.count(),
});
