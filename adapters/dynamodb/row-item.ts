// Encodes row versions as items. The sort key of an item is that of the row, a separator and the position. Rows whose
// sort key is their position, such as deltas, share an item with up to 32 neighbours: a block.
import { Damaged } from '../../domain/errors.ts';
import { positionKey } from '../../domain/projections/rows/row-keys.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { bodyText, withBody } from './event-bodies.ts';
import type { Item } from './commit-item.ts';

/** Separates the sort key of the row from the position. Sort keys have no character below a tab. */
export const JOINT = '\u0001';
const POSITION_DIGITS = 12;
/** Maximum number of positions in a block. Its key has one bit per position, so different blocks have different keys. */
const BLOCK = 32;
/** Maximum number of characters of JSON in a block, far below the limit of an item. Larger rows have items of their own. */
const MAX_BLOCK = 64 * 1_024;

/** A version in an item. The body is parsed on demand, because readers skip most versions. */
export interface StoredVersion {
  readonly partition: string;
  readonly sort: string;
  readonly position: number;
  /** Returns the body, or undefined for a tombstone. */
  readonly body: () => object | undefined;
}

/** Returns the sort key of an item with one version. */
export const itemSort = (sort: string, position: number): string => sort + JOINT + positionKey(position);

/** Returns the first position of the block of a sort key, or undefined if the key does not begin with a position. */
export function blockStart(sort: string): number | undefined {
  if (!/^\d{12}/.test(sort)) return undefined;
  const position = Number(sort.slice(0, POSITION_DIGITS));
  return position - (position % BLOCK);
}

/** Returns the lowest sort key of an item that may have a row with this sort key or a higher one. */
export function lowestSort(sort: string): string {
  const start = blockStart(sort);
  return start === undefined ? sort : positionKey(start);
}

/** Returns the items of versions, without duplicates. @throws TooLarge if a body has more than 350 KB. */
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
  return body !== undefined && sort === positionKey(position)
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

/** Ends the key of a block. The key of a single version ends with a digit. */
const BLOCK_MARK = '+';

/** Returns the versions in an item, by sort key. @throws TypeError if `itemsOf` did not make the item. */
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
    sort: positionKey(position),
    position,
    body: () => bodies?.[index],
  }));
}

/** Parses the body of an item. @throws Damaged if it is not JSON. */
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
