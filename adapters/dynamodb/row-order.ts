// Versions in order, each once, from the items of a query or a scan. Only items of the same block can hold the same
// version, or versions that are not in order; such items follow each other.
import type { Item } from './commit-item.ts';
import { blockStart, versionsIn, type StoredVersion } from './row-item.ts';

/** In the order of the items: descending if they are. The items of a block must all be there. */
export function* orderedVersions(items: readonly Item[], descending = false): Generator<StoredVersion> {
  for (let from = 0; from < items.length;) {
    const to = endOfBlock(items, from);
    const found = items.slice(from, to).flatMap(versionsIn);
    yield* found.length > 1 ? merged(found, descending) : found;
    from = to;
  }
}

/** Of the items that follow each other from `from` on and are of its block. */
function endOfBlock(items: readonly Item[], from: number): number {
  const block = blockName(items[from]);
  let to = from + 1;
  if (block !== undefined) while (blockName(items[to]) === block) to++;
  return to;
}

/** Divides a page before the last block in it, of which more items may follow. */
export function splitBlock(items: readonly Item[]): [complete: readonly Item[], open: readonly Item[]] {
  const block = blockName(items.at(-1));
  const last = items.findLastIndex((item) => block === undefined || blockName(item) !== block);
  return [items.slice(0, last + 1), items.slice(last + 1)];
}

function blockName(item: Item | undefined): string | undefined {
  const start = blockStart(item?.['sort']?.S ?? '');
  return start === undefined ? undefined : `${item?.['partition']?.S} ${start}`;
}

function merged(versions: readonly StoredVersion[], descending: boolean): StoredVersion[] {
  const sorted = versions.toSorted((a, b) => compared(a.sort, b.sort) || a.position - b.position);
  const distinct = sorted.filter(({ sort, position }, index) => {
    const before = sorted[index - 1];
    return sort !== before?.sort || position !== before.position;
  });
  return descending ? distinct.reverse() : distinct;
}

const compared = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
