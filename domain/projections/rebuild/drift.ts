// The drift report of a rebuild: how the rows that readers see differ from the rows that the log gives.
import { same } from '../../recording/aggregate.ts';
import type { RowVersion } from '../rows/row.ts';
import { firstDifference, type Apart } from './first-difference.ts';

export interface Drift {
  /** Row versions are compared up to this position; -1: there is nothing to compare. */
  readonly position: number;
  /** Row versions that were compared, tombstones included. */
  readonly rows: number;
  /** Versions that the log gives and readers do not see. */
  readonly missing: number;
  /** Versions that readers see and the log does not give. */
  readonly extra: number;
  /** Versions of the same key and event with another body. */
  readonly different: number;
  /** The first few of each. */
  readonly examples: readonly Example[];
  /** Why the rows that readers see could not be read; the counts say nothing then. */
  readonly unreadable?: string;
}

export interface Example extends Apart {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly partition: string;
  readonly sort: string;
  /** Position of the event that wrote the version. */
  readonly from: number;
}

const EXAMPLES_OF_A_KIND = 5;

export const noDrift = (position: number, rows: number): Drift => ({
  position,
  rows,
  missing: 0,
  extra: 0,
  different: 0,
  examples: [],
});

export const isEmpty = ({ missing, extra, different }: Drift): boolean => missing + extra + different === 0;

/** Adds what is found at one key and position: the live version, and the one that the log gives. */
export function withFound(drift: Drift, live: RowVersion | undefined, built: RowVersion | undefined): Drift {
  const version = built ?? live;
  if (!version || (live && built && same(live.body, built.body))) return drift;
  const kind = !live ? 'missing' : !built ? 'extra' : 'different';
  const counted = { ...drift, [kind]: drift[kind] + 1 };
  if (drift.examples.filter((each) => each.kind === kind).length >= EXAMPLES_OF_A_KIND) return counted;
  const { partition, sort, position: from } = version;
  const apart = firstDifference(live && (live.body ?? null), built && (built.body ?? null));
  return { ...counted, examples: [...drift.examples, { kind, partition, sort, from, ...apart }] };
}
