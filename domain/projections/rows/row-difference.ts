// Computes the versions that one event writes: the difference between the rows of its stream before and after it.
import { isSameJson } from '../../recording/aggregate.ts';
import type { Row, RowVersion, ValueRow } from './row.ts';
import { keyText, positionKey, type RowKey } from './row-keys.ts';
import { deltaRows } from './sums.ts';

/** Returns changed values, tombstones of removed values, entries, and the deltas of sums. */
export function difference(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const isSummed = after.some(isAddend) || before.some(isAddend);
  const versions = isSummed ? deltaRows(before, after, position) : [];
  // Most events are the first of their stream.
  const earlier = before.length === 0 ? undefined : valuesByKey(before);
  const takeEarlier = (key: RowKey): ValueRow | undefined => {
    if (earlier === undefined) return undefined;
    const text = keyText(key);
    const row = earlier.get(text);
    earlier.delete(text);
    return row;
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
      const previous = takeEarlier(row);
      if (row.writtenAtEachEvent || previous === undefined || !isSameJson(previous.body, body))
        versions.push({ partition, sort, position, body });
    }
  }
  for (const { partition, sort } of earlier?.values() ?? []) versions.push({ partition, sort, position });
  return versions;
}

const isAddend = (row: Row): boolean => 'adds' in row;

function valuesByKey(rows: readonly Row[]): Map<string, ValueRow> {
  const values = new Map<string, ValueRow>();
  for (const row of rows) if ('body' in row) values.set(keyText(row), row);
  return values;
}
