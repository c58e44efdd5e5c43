// The drift report of a rebuild: how the live rows differ from the rows that the log gives. For operators, it shows the
// first difference between two rows instead of two rows of up to 32 KB.
import { isSameJson } from '../../recording/aggregate.ts';
import type { RowVersion } from '../rows/row.ts';

export interface Drift {
  /** Row versions are compared up to this position. -1 if there is nothing to compare. */
  readonly position: number;
  /** Number of compared row versions, tombstones included. */
  readonly rows: number;
  /** Versions that the log gives and that are not live. */
  readonly missing: number;
  /** Live versions that the log does not give. */
  readonly extra: number;
  /** Live versions with another body than the log gives. */
  readonly different: number;
  /** The first five of each kind. */
  readonly examples: readonly DriftExample[];
  /** Why the live rows could not be read. The counts are not meaningful then. */
  readonly unreadable?: string;
}

export interface DriftExample extends Difference {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly partition: string;
  readonly sort: string;
  /** Position of the event that wrote the version. */
  readonly from: number;
}

/** The first difference between two rows. */
interface Difference {
  /** JSON Pointer (RFC 6901) of the first member that differs. '' is the whole body. */
  readonly pointer: string;
  /**
   * The live value and the built value, as JSON of at most 200 characters. Absent if the member does not exist. A
   * tombstone is the word `tombstone` without quotes.
   */
  readonly live?: string;
  readonly built?: string;
}

const MAX_EXAMPLES_OF_KIND = 5;
const MAX_CHARACTERS = 200;
const TOMBSTONE = Symbol('tombstone');

export const emptyDrift = (position: number): Drift => ({
  position,
  rows: 0,
  missing: 0,
  extra: 0,
  different: 0,
  examples: [],
});

export const hasNoDrift = ({ missing, extra, different }: Drift): boolean =>
  missing + extra + different === 0;

/** Counts the difference between the live version and the built version of one key and position, if they differ. */
export function withComparedVersions(
  drift: Drift,
  live: RowVersion | undefined,
  built: RowVersion | undefined,
): Drift {
  const version = built ?? live;
  if (!version || (live && built && isSameJson(live.body, built.body))) return drift;
  const kind = !live ? 'missing' : !built ? 'extra' : 'different';
  const counted = { ...drift, [kind]: drift[kind] + 1 };
  if (drift.examples.filter((each) => each.kind === kind).length >= MAX_EXAMPLES_OF_KIND) return counted;
  const { partition, sort, position: from } = version;
  const difference = firstDifference(bodyOf(live), bodyOf(built));
  return { ...counted, examples: [...drift.examples, { kind, partition, sort, from, ...difference }] };
}

const bodyOf = (version: RowVersion | undefined): unknown =>
  version && (version.body === undefined ? TOMBSTONE : version.body);

function firstDifference(live: unknown, built: unknown, pointer = ''): Difference {
  if (isObject(live) && isObject(built) && Array.isArray(live) === Array.isArray(built)) {
    for (const name of new Set([...Object.keys(live), ...Object.keys(built)])) {
      const [left, right] = [live[name], built[name]];
      if (isSameJson(left, right)) continue;
      return firstDifference(left, right, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  }
  return {
    pointer,
    ...(live === undefined ? {} : { live: textOf(live) }),
    ...(built === undefined ? {} : { built: textOf(built) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function textOf(value: unknown): string {
  const text = value === TOMBSTONE ? 'tombstone' : JSON.stringify(value);
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1).toWellFormed()}…`;
}
