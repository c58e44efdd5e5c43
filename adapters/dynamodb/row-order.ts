// Orders and deduplicates the versions in the items of a query or a scan. Only consecutive items of the same block can
// share a version or have versions out of order.
import type { Item } from './commit-item.ts';
import { blockStart, versionsIn, type StoredVersion } from './row-item.ts';

/** Returns each version once, in the order of the items. All items of a block must be present. */
export function* orderedVersions(items: readonly Item[], descending = false): Generator<StoredVersion> {
  for (let from = 0; from < items.length;) {
    const to = endOfBlock(items, from);
    const versions = items.slice(from, to).flatMap(versionsIn);
    yield* versions.length > 1 ? merged(versions, descending) : versions;
    from = to;
  }
}

/** Returns the end of the consecutive items from `from` on that belong to the same block. */
function endOfBlock(items: readonly Item[], from: number): number {
  const block = blockName(items[from]);
  let to = from + 1;
  if (block !== undefined) while (blockName(items[to]) === block) to++;
  return to;
}

/** Splits a page before its last block, because the next page may have more items of that block. */
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
