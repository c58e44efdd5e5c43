// Row versions as items. The sort key of an item is that of the row, a joint below every character that sort keys have,
// and the position: so that the versions of a row follow each other, and rows keep the order of their keys.
//
// Rows whose sort key is their position, such as deltas, are small and are appended together: those of neighbouring
// positions share an item, a block. Its key says which positions it has. The same positions have the same rows, so a block
// is never overwritten by another one, however events are divided into batches; a row may be in several items instead.
import { Damaged } from '../../domain/errors.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { bodyText, withBody } from './event-bodies.ts';
import type { Item } from './commit-item.ts';

/** Sort keys have no character below a tab. */
export const JOINT = '\u0001';
const POSITION_DIGITS = 12;
/** Positions of a block, at most; a bit for each is in its key. */
const BLOCK = 32;
/** Characters of JSON. Rows that are larger together are items of their own, far below the limit of an item. */
const MAX_BLOCK = 64 * 1_024;

/** A version as an item has it. Most are read only to be passed over, so the body is parsed if it is asked for. */
export interface StoredVersion {
  readonly partition: string;
  readonly sort: string;
  readonly position: number;
  /** Undefined for a tombstone. */
  readonly body: () => object | undefined;
}

const positionText = (position: number): string => String(position).padStart(POSITION_DIGITS, '0');

/** The sort key of the item that holds this version alone. */
export const itemSort = (sort: string, position: number): string => sort + JOINT + positionText(position);

/** The first position of the block that a sort key belongs to; undefined if it does not begin with a position. */
export function blockStart(sort: string): number | undefined {
  if (!/^\d{12}/.test(sort)) return undefined;
  const position = Number(sort.slice(0, POSITION_DIGITS));
  return position - (position % BLOCK);
}

/** The lowest sort key of any item that has a row with this sort key, or one above it. */
export function lowestSort(sort: string): string {
  const start = blockStart(sort);
  return start === undefined ? sort : positionText(start);
}

/** Each key once. @throws TooLarge if a body has more than 350 KB. */
export function itemsOf(versions: readonly RowVersion[]): Item[] {
  const distinct = new Map(
    versions.map((version) => [
      version.partition + JOINT + itemSort(version.sort, version.position),
      version,
    ]),
  );
  const blocks = Map.groupBy(distinct.values(), (version) => blockOf(version));
  const alone = blocks.get(undefined) ?? [];
  blocks.delete(undefined);
  return [...alone.map(itemOf), ...[...blocks.values()].flatMap(blockItems)];
}

function blockOf({ partition, sort, position, body }: RowVersion): string | undefined {
  return body !== undefined && sort === positionText(position)
    ? `${partition}${JOINT}${blockStart(sort)}`
    : undefined;
}

function itemOf({ partition, sort, position, body }: RowVersion): Item {
  const key: Item = { partition: { S: partition }, sort: { S: itemSort(sort, position) } };
  return body === undefined ? key : withBody(key, body, `${partition} ${sort} at position ${position}`);
}

function blockItems(versions: readonly RowVersion[]): Item[] {
  const sorted = versions.toSorted((a, b) => a.position - b.position);
  const bodies = sorted.map(({ body }) => body);
  const [{ partition, sort } = { partition: '', sort: '' }] = sorted;
  if (sorted.length === 1 || JSON.stringify(bodies).length > MAX_BLOCK) return sorted.map(itemOf);
  const bits = sorted.reduce((sum, { position }) => sum + 2 ** (position % BLOCK), 0);
  const key = { partition: { S: partition }, sort: { S: sort + JOINT + bits.toString(16) + BLOCK_MARK } };
  return [withBody(key, bodies, `${partition} ${sort} and the rows after it`)];
}

/** Ends the key of a block; that of a version ends with a digit. */
const BLOCK_MARK = '+';

/** The versions that an item holds, in the order of their sort keys. @throws TypeError if `itemsOf` did not make it. */
export function versionsIn(item: Item): StoredVersion[] {
  const [partition = '', text = ''] = [item['partition']?.S, item['sort']?.S];
  const joint = text.lastIndexOf(JOINT);
  const [sort, rest] = [text.slice(0, joint), text.slice(joint + 1)];
  if (joint < 0) throw new TypeError(`${partition} ${text} is not a row version: its key has no position`);
  if (!rest.endsWith(BLOCK_MARK))
    return [{ partition, sort, position: Number(rest), body: () => bodyOf(item, partition, sort) }];
  const bits = Number.parseInt(rest, 16);
  const start = blockStart(sort) ?? 0;
  const positions = Array.from({ length: BLOCK }, (_, bit) => start + bit).filter(
    (position) => Math.floor(bits / 2 ** (position % BLOCK)) % 2 === 1,
  );
  const bodies = bodyOf(item, partition, sort) as object[] | undefined;
  return positions.map((position, index) => ({
    partition,
    sort: positionText(position),
    position,
    body: () => bodies?.[index],
  }));
}

/** @throws Damaged if it is not JSON. */
function bodyOf(item: Item, partition: string, sort: string): object | undefined {
  try {
    const json = bodyText(item);
    return json === undefined ? undefined : (JSON.parse(json) as object);
  } catch (cause) {
    throw new Damaged(
      `row ${partition} ${sort} of the read models cannot be read: ${(cause as Error).message}; start a rebuild and accept it`,
      { cause },
    );
  }
}
