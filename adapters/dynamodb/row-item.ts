// A row version as one item. The sort key is the row's own, a joint below every character that sort keys have, and the
// position: so that the versions of a row follow each other, and rows keep the order of their keys.
import type { CurrentRow } from '../../domain/projections/row-store.ts';
import type { RowKey, RowVersion } from '../../domain/projections/row.ts';
import { bodyText, withBody } from './body.ts';
import type { Item } from './commit-item.ts';

/** Sort keys have no character below a tab. */
const JOINT = '\u0001';
const ABOVE_JOINT = '\u0002';
const POSITION_DIGITS = 12;

const positionText = (position: number): string => String(position).padStart(POSITION_DIGITS, '0');

/** The sort key of the item that holds this version. */
export const itemSort = (sort: string, position: number): string => sort + JOINT + positionText(position);

/**
 * The limit in the items' sort keys that stands for a limit in the rows' sort keys. A NUL ends the lowest key above
 * another key; it stands for the end of all versions of that key.
 */
export const itemLimit = (limit: string): string =>
  limit.endsWith('\0') ? limit.slice(0, -1) + ABOVE_JOINT : limit + JOINT;

/** @throws TooLarge if the body has more than 350 KB. */
export function itemOfVersion({ partition, sort, position, body }: RowVersion): Item {
  const key: Item = { partition: { S: partition }, sort: { S: itemSort(sort, position) } };
  return body === undefined ? key : withBody(key, body, `${partition} ${sort} at position ${position}`);
}

/** Names a version within a table. */
export const versionText = ({ partition, sort, position }: RowKey & { position: number }): string =>
  `${partition}${JOINT}${itemSort(sort, position)}`;

/** A version whose body is still text, because most versions are read only to be passed over. */
export interface PackedVersion {
  readonly sort: string;
  readonly position: number;
  readonly item: Item;
}

/** @throws TypeError if `itemOfVersion` did not make the item. */
export function packedVersion(item: Item): PackedVersion {
  const text = item['sort']?.S ?? '';
  const joint = text.length - POSITION_DIGITS - 1;
  if (item['partition']?.S === undefined || text[joint] !== JOINT)
    throw new TypeError(`${item['partition']?.S} ${text} is not a row version: its key has no position`);
  return { sort: text.slice(0, joint), position: Number(text.slice(joint + 1)), item };
}

/** Returns undefined for a tombstone. */
export function currentRow({ sort, position, item }: PackedVersion): CurrentRow | undefined {
  const json = bodyText(item);
  return json === undefined ? undefined : { sort, position, body: JSON.parse(json) as object };
}

export function versionOfItem(item: Item): RowVersion {
  const { sort, position } = packedVersion(item);
  const json = bodyText(item);
  return {
    partition: item['partition']?.S ?? '',
    sort,
    position,
    ...(json === undefined ? {} : { body: JSON.parse(json) as object }),
  };
}
