// The versions that one event writes: the difference between the rows of its stream before and after it.
import { same } from '../aggregate.ts';
import { keyText, type Row, type RowVersion, type ValueRow } from './row.ts';
import { deltaRows } from './sums.ts';

/** Returns changed values, tombstones of values that are gone, new marks, and the deltas of sums. */
export function difference(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const versions = deltaRows(before, after, position);
  const earlier = new Map<string, Row>();
  for (const row of before) if (!('adds' in row)) earlier.set(keyText(row), row);
  // Most events are the first of their stream.
  const takeEarlier = (row: Row): Row | undefined => {
    if (earlier.size === 0) return undefined;
    const text = keyText(row);
    const found = earlier.get(text);
    earlier.delete(text);
    return found;
  };
  for (const row of after) {
    if ('adds' in row) continue;
    const { partition, sort } = row;
    const known = takeEarlier(row);
    if ('mark' in row) {
      if (!known) versions.push({ partition, sort, position, body: {} });
    } else if (row.renewed || !isSameValue(known, row)) {
      versions.push({ partition, sort, position, body: row.body });
    }
  }
  for (const row of earlier.values()) {
    if ('body' in row) versions.push({ partition: row.partition, sort: row.sort, position });
  }
  return versions;
}

const isSameValue = (known: Row | undefined, { body }: ValueRow): boolean =>
  known !== undefined && 'body' in known && same(known.body, body);
