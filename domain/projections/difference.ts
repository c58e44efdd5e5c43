// The versions that one event writes: the difference between the rows of its stream before and after it.
import { same } from '../aggregate.ts';
import { keyText, positionKey, type Row, type RowVersion, type ValueRow } from './row.ts';
import { deltaRows } from './sums.ts';

/** Returns changed values, tombstones of values that are gone, entries, and the deltas of sums. */
export function difference(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const versions = deltaRows(before, after, position);
  const earlier = new Map<string, ValueRow>();
  for (const row of before) if ('body' in row) earlier.set(keyText(row), row);
  // Most events are the first of their stream.
  const takeEarlier = (row: ValueRow): ValueRow | undefined => {
    if (earlier.size === 0) return undefined;
    const text = keyText(row);
    const found = earlier.get(text);
    earlier.delete(text);
    return found;
  };
  for (const row of after) {
    if ('entry' in row) {
      versions.push({
        partition: row.partition,
        sort: positionKey(position),
        position,
        body: row.entry,
      });
    } else if ('body' in row) {
      const { partition, sort, body } = row;
      const known = takeEarlier(row);
      if (row.renewed || known === undefined || !same(known.body, body))
        versions.push({ partition, sort, position, body });
    }
  }
  for (const { partition, sort } of earlier.values()) versions.push({ partition, sort, position });
  return versions;
}
