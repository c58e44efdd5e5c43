// Collects what is wrong: every fault is counted, and the first hundred are kept to be shown.
import type { Finding } from './foreign-files.ts';

export interface Faults {
  readonly report: (finding: Finding) => void;
  readonly findings: readonly Finding[];
  readonly count: () => number;
  /** False if further findings are only counted, so that describing them would be wasted. */
  readonly hasRoom: () => boolean;
}

const MAX_FINDINGS = 100;

/** Characters of a source that one fault quotes. */
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

/** Joins what two checks found, in their order. */
export const joinFaults = (
  a: { readonly findings: readonly Finding[]; readonly faults: number },
  b: Faults,
): { findings: readonly Finding[]; faults: number } => ({
  findings: [...a.findings, ...b.findings].slice(0, MAX_FINDINGS),
  faults: a.faults + b.count(),
});
