// The versions that one event writes: the difference between the rows of its stream before and after it.
import { same } from '../aggregate.ts';
import { keyText, type Row, type RowVersion, type ValueRow } from './row.ts';
import { deltaRows } from './sums.ts';

/** Returns changed values, tombstones of values that are gone, new marks, and the deltas of sums. */
export function difference(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const known = new Map<string, Row>();
  for (const row of before) if (!('adds' in row)) known.set(keyText(row), row);
  const versions: RowVersion[] = [];
  for (const row of after) {
    if ('adds' in row) continue;
    const { partition, sort } = row;
    const text = keyText(row);
    const earlier = known.get(text);
    known.delete(text);
    if ('mark' in row) {
      if (!earlier) versions.push({ partition, sort, position, body: {} });
    } else if (row.renewed || !isSameValue(earlier, row)) {
      versions.push({ partition, sort, position, body: row.body });
    }
  }
  for (const row of known.values()) {
    if ('body' in row) versions.push({ partition: row.partition, sort: row.sort, position });
  }
  return [...versions, ...deltaRows(before, after, position)];
}

const isSameValue = (earlier: Row | undefined, { body }: ValueRow): boolean =>
  earlier !== undefined && 'body' in earlier && same(earlier.body, body);
