// Counts the records that name an actor or an actor that is merged into it. A record that names two of them counts once.
import { ACTOR_COUNTS, actorList, kindIn, rowKeyInList } from '../../projections/rows/row-keys.ts';
import { sumNameWithoutDate, withoutDates } from '../../projections/rows/latest-dates.ts';
import {
  dateRanges,
  readMerged,
  readRows,
  type Reading,
  type ReadRow,
} from '../../projections/rows/reading.ts';
import type { SumsByName } from '../../projections/rows/sums.ts';
import type { ActorListRow } from '../../projections/views/timeline-view.ts';
import { listedIn } from '../timeline/summaries.ts';
import { unionOf, type UnionDefinition } from '../unions.ts';

/** Numbers of records by kind, without retracted ones. */
export type Counts = Readonly<Partial<Record<'meetings' | 'statements' | 'opinions', number>>>;

/** Returns the counts of a group of merged actors. `sums` has the sums of each actor of the group. */
export async function countsOf(
  reading: Reading,
  group: readonly string[],
  sums: ReadonlyMap<string, SumsByName>,
): Promise<Counts> {
  const [largest = '', ...others] = group.toSorted((a, b) => total(sums.get(b)) - total(sums.get(a)));
  const own = countsIn(sums.get(largest));
  if (others.length === 0) return own;
  const unions: UnionDefinition = {
    key: `${ACTOR_COUNTS} ${group.toSorted().join(' ')}`,
    partition: ACTOR_COUNTS,
    nameOf: ([, actor, name]) => (group.includes(actor) ? sumNameWithoutDate(name) : undefined),
  };
  const counts = await unionOf(reading, unions, () => countsWith(reading, largest, others, own));
  return Object.fromEntries(
    Object.entries({ ...own, ...counts }).filter(([kind, count]) => count > 0 || kind in own),
  );
}

/** Adds to the counts of the largest actor the records of the others that do not name it. */
async function countsWith(
  reading: Reading,
  largest: string,
  others: readonly string[],
  own: Counts,
): Promise<Counts> {
  const counts: Record<string, number> = { ...own };
  for (const sort of await onlyIn(reading, largest, others)) {
    const kind = `${kindIn(sort)}s`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const countsIn = (sums: SumsByName = {}): Counts => withoutDates(sums);

const total = (sums: SumsByName | undefined): number =>
  Object.values(countsIn(sums)).reduce((sum, count) => sum + count, 0);

/** Returns the sort keys of records that name others, but not the largest actor, without retracted ones. */
async function onlyIn(reading: Reading, largest: string, others: readonly string[]): Promise<string[]> {
  const rows: ReadRow<ActorListRow>[] = [];
  const parts = others.flatMap((id) => dateRanges(actorList(id), {}));
  for await (const row of readMerged<ActorListRow>(reading, parts)) if (!row.body.retracted) rows.push(row);
  const same = await readRows(
    reading,
    rows.map((row) => rowKeyInList(actorList(largest), listedIn(row))),
  );
  return rows.filter((_, index) => same[index] === undefined).map(({ sort }) => sort);
}
