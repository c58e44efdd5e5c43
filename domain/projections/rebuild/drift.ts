// The drift report of a rebuild: how the rows that readers see differ from the rows that the log gives. For somebody to
// look at: it shows where two rows part, and not two rows of up to 32 KB.
import { same } from '../../recording/aggregate.ts';
import type { RowVersion } from '../rows/row.ts';

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

/** Where two rows part. */
interface Apart {
  /** JSON Pointer (RFC 6901) of the first member that differs, in the row with its `to`; '' is the row itself. */
  readonly pointer: string;
  /**
   * What is read there, and what was built, as JSON of at most 200 characters; absent where nothing is. `tombstone`,
   * which is no JSON, says that the row ends.
   */
  readonly live?: string;
  readonly built?: string;
}

const EXAMPLES_OF_A_KIND = 5;
const MAX_CHARACTERS = 200;
const TOMBSTONE = Symbol('tombstone');

export const noDrift = (position: number): Drift => ({
  position,
  rows: 0,
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
  const apart = firstDifference(bodyOf(live), bodyOf(built));
  return { ...counted, examples: [...drift.examples, { kind, partition, sort, from, ...apart }] };
}

const bodyOf = (version: RowVersion | undefined): unknown =>
  version && (version.body === undefined ? TOMBSTONE : version.body);

function firstDifference(live: unknown, built: unknown, pointer = ''): Apart {
  if (isObject(live) && isObject(built) && Array.isArray(live) === Array.isArray(built)) {
    for (const name of new Set([...Object.keys(live), ...Object.keys(built)])) {
      const [left, right] = [live[name], built[name]];
      if (same(left, right)) continue;
      return firstDifference(left, right, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  }
  return {
    pointer,
    ...(live === undefined ? {} : { live: shown(live) }),
    ...(built === undefined ? {} : { built: shown(built) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function shown(value: unknown): string {
  const text = value === TOMBSTONE ? 'tombstone' : JSON.stringify(value);
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1).toWellFormed()}…`;
}
