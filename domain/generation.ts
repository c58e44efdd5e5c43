// Where the rows of a view lie: which generation of them, which shard, and under which keys.
// Rows that stand and rows that were closed lie apart, so that reading the present never wades through the past.
import type { Range } from './ports.ts';
import type { RowKey } from './views/view.ts';

/** One set of rows of a view, folded from position 0; a rebuild makes the next one. */
export interface Generation {
  readonly view: string;
  /** From 1. */
  readonly number: number;
}

/**
 * A generation is spread over so many partitions of a table: few enough that all its rows can be walked in order,
 * shard by shard, to compare or remove them; enough that DynamoDB spreads the writes.
 */
export const SHARDS = 16;

/** Below everything that a view's partitions and sort keys hold, so that keys keep their order when joined by it. */
const JOINT = '\u0001';
const JOINT_UNIT = JOINT.charCodeAt(0);
const ABOVE_JOINT = '\u0002';

/** `timeline~3/live/07`, or `…/past/07` for rows that were closed. */
export function shardPartition({ view, number }: Generation, part: 'live' | 'past', shard: number): string {
  return `${view}~${number}/${part}/${String(shard).padStart(2, '0')}`;
}

/** Those of all shards, in order. */
export const shardPartitions = (generation: Generation, part: 'live' | 'past'): string[] =>
  Array.from({ length: SHARDS }, (_, shard) => shardPartition(generation, part, shard));

/** A key as one text, which is the sort key of the row that stands there. */
export const keyText = ({ partition, sort }: RowKey): string => partition + JOINT + sort;

/** Where the row that stands at this key lies. */
export const liveKey = (generation: Generation, key: RowKey): RowKey => ({
  partition: shardPartition(generation, 'live', shardOf(key.partition)),
  sort: keyText(key),
});

/** The sort key of the row that stood at a key, as one text, from position `from` and was closed since. */
export const pastSort = (text: string, from: number): string => text + JOINT + positionKey(from);

/** The key as one text, from the sort key of a row that was closed. */
export const keyOfClosed = (sort: string): string => sort.slice(0, sort.lastIndexOf(JOINT));

/** Where the rows begin that stood at this key and were closed since. */
export const closedUnder = (key: string): string => key + JOINT;

/** The closed rows of this key that stood from before position `next`, the latest first. */
export function pastRange(generation: Generation, key: RowKey, next: number): [string, Range] {
  const text = keyText(key);
  const partition = shardPartition(generation, 'past', shardOf(key.partition));
  return [partition, { from: pastSort(text, 0), below: pastSort(text, next), descending: true }];
}

/** The rows of a view's partition between two sort keys, as ranges of the live and of the past ones. */
export function rangesOf(
  generation: Generation,
  partition: string,
  { from, below, ...others }: Range,
): { live: [string, Range]; past: [string, Range] } {
  const range = {
    from: partition + JOINT + (from ?? ''),
    below: below === undefined ? partition + ABOVE_JOINT : partition + JOINT + below,
    ...others,
  };
  const shard = shardOf(partition);
  return {
    live: [shardPartition(generation, 'live', shard), range],
    past: [shardPartition(generation, 'past', shard), range],
  };
}

/** The view's own key of a row, from where it lies. */
export function keyOf(stored: string): RowKey {
  const [partition = '', sort = ''] = stored.split(JOINT);
  return { partition, sort };
}

/** A sort key above this one and all that was closed under it, and below any other. */
export const justAbove = (sort: string): string => sort + ABOVE_JOINT;

/** Positions as they sort. */
export const positionKey = (position: number): string => String(position).padStart(12, '0');

/**
 * The shard of a view's partition, or of a key in it as one text: FNV-1a over the UTF-16 code units of the partition's
 * name: the same on every machine.
 */
export function shardOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === JOINT_UNIT) break;
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}
