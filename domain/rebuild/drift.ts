// The drift report of a rebuild: a merge-join of what was built with what is read, shard by shard, as both stood up to
// one position. In bounded parts, each of which goes on where the one before ended.
import { same } from '../aggregate.ts';
import { keyOf, SHARDS, type Generation } from '../generation.ts';
import type { Table } from '../ports.ts';
import { firstDifference, type Apart } from '../projections/rebuild/difference.ts';
import { order, versionsOf, type Version, type VersionKey } from './versions.ts';

export interface Drift {
  /** The rows are compared as they stood up to this position; -1: there is nothing to compare. */
  readonly position: number;
  /** Rows that were compared, those that were closed included. */
  readonly rows: number;
  /** Rows that are read and were not built. */
  readonly missing: number;
  /** Rows that were built and are not read. */
  readonly extra: number;
  /** Rows at the same place, made by the same event, that differ in what they say or in when they were closed. */
  readonly different: number;
  /** The first few of each. */
  readonly examples: readonly Example[];
}

export interface Example extends Partial<Apart> {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly partition: string;
  readonly sort: string;
  readonly from: number;
}

/** A report as far as it is. */
export interface Compared {
  readonly drift: Drift;
  /** Shards that are compared whole. */
  readonly shards: number;
  /** What was compared last of the next one. */
  readonly after?: VersionKey;
}

export interface Pair {
  /** What is read. */
  readonly live: Generation;
  readonly built: Generation;
}

const EXAMPLES_OF_A_KIND = 5;

export const nothingCompared = (position: number): Compared => ({
  drift: { position, rows: 0, missing: 0, extra: 0, different: 0, examples: [] },
  shards: position < 0 ? SHARDS : 0,
});

export const isCompared = ({ shards }: Compared): boolean => shards === SHARDS;

export const isEmpty = ({ missing, extra, different }: Drift): boolean => missing + extra + different === 0;

/** Compares about `most` rows more. Both generations must have folded all events up to the report's position. */
export async function compareMore(
  views: Table,
  pair: Pair,
  before: Compared,
  most: number,
): Promise<Compared> {
  const { drift, shards, after } = before;
  if (shards === SHARDS) return before;
  const tally = tallyFrom(drift);
  const walk = (generation: Generation) =>
    versionsOf(views, generation, shards, drift.position, after)[Symbol.asyncIterator]();
  const [lives, builts] = [walk(pair.live), walk(pair.built)];
  try {
    let [live, built] = await Promise.all([lives.next(), builts.next()]);
    for (let row = 0; !live.done || !built.done; row++) {
      const left = live.done ? undefined : live.value;
      const right = built.done ? undefined : built.value;
      const turn = !left ? 1 : !right ? -1 : order(left, right);
      const found = { left: turn <= 0 ? left : undefined, right: turn >= 0 ? right : undefined };
      const last = tally.add(found.left, found.right);
      if (row + 1 >= most) return { drift: tally.drift(), shards, after: last };
      if (turn <= 0) live = await lives.next();
      if (turn >= 0) built = await builts.next();
    }
    return { drift: tally.drift(), shards: shards + 1 };
  } finally {
    await lives.return(undefined);
    await builts.return(undefined);
  }
}

function tallyFrom(before: Drift) {
  let { rows, missing, extra, different } = before;
  const examples = [...before.examples];

  function note(kind: Example['kind'], { key, from }: Version, apart: Partial<Apart>): void {
    if (examples.filter((each) => each.kind === kind).length < EXAMPLES_OF_A_KIND)
      examples.push({ kind, ...keyOf(key), from, ...apart });
  }

  return {
    drift: (): Drift => ({ ...before, rows, missing, extra, different, examples }),

    /** One row, as it is read and as it was built. */
    add(live: Version | undefined, built: Version | undefined): VersionKey {
      const version = live ?? built;
      if (!version) throw new Error('there is no row to compare');
      rows++;
      if (!built) {
        missing++;
        note('missing', version, firstDifference(shown(version), undefined));
      } else if (!live) {
        extra++;
        note('extra', version, firstDifference(undefined, shown(version)));
      } else if (live.to !== built.to || !isSame(live.body, built.body)) {
        different++;
        note('different', version, firstDifference(shown(live), shown(built)));
      }
      return { key: version.key, from: version.from };
    },
  };
}

const shown = ({ to, body }: Version) => ({ ...(to === undefined ? {} : { to }), body });

/** Most rows are written alike to the letter. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b) || same(a, b);
