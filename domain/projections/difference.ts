// The versions that one event writes: the difference between the rows of its stream before and after it.
import { same } from '../aggregate.ts';
import { keyText, type Row, type RowVersion, type ValueRow } from './row.ts';
import { deltaRows } from './sums.ts';

/** Returns changed values, tombstones of values that are gone, new marks, and the deltas of sums. */
export function difference(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const isSummed = after.some(isAddend) || before.some(isAddend);
  const versions = isSummed ? deltaRows(before, after, position) : [];
  // Most events are the first of their stream.
  const earlier = before.length === 0 ? undefined : valuesByKey(before);
  const takeEarlier = (row: Row): Row | undefined => {
    if (earlier === undefined) return undefined;
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
  for (const row of earlier?.values() ?? []) {
    if ('body' in row) versions.push({ partition: row.partition, sort: row.sort, position });
  }
  return versions;
}

const isAddend = (row: Row): boolean => 'adds' in row;

function valuesByKey(rows: readonly Row[]): Map<string, Row> {
  const values = new Map<string, Row>();
  for (const row of rows) if (!('adds' in row)) values.set(keyText(row), row);
  return values;
}

const isSameValue = (known: Row | undefined, { body }: ValueRow): boolean =>
  known !== undefined && 'body' in known && same(known.body, body);
