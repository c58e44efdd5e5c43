// Reads the summaries of records. Only the list `all` has summaries; rows of other lists say where to find them there.
import { readRows, type KeyRange, type Reading, type ReadRow } from '../../projections/rows/reading.ts';
import {
  ALL_RECORDS,
  type DateListKey,
  rowKeyInList,
  dateBucketIn,
} from '../../projections/rows/row-keys.ts';
import type { SummaryRow } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { jsonSize } from '../../projections/state/json-size.ts';
import { readPage, type Page, type PageRequest, type WeighItem } from '../paging.ts';

/** Reads the summaries that the list `all` has under these keys, in their order. */
export async function summariesAt(
  reading: Reading,
  listed: readonly DateListKey[],
): Promise<(Summary | undefined)[]> {
  const rows = await readRows<SummaryRow>(
    reading,
    listed.map((each) => rowKeyInList(ALL_RECORDS, each)),
  );
  return rows.map((row) => row && summaryIn(row));
}

export const summaryAt = async (reading: Reading, listed: DateListKey): Promise<Summary | undefined> =>
  (await summariesAt(reading, [listed]))[0];

/** Returns the summary of a row. Its position is that of the event that wrote this row version. */
const summaryIn = ({ position, body }: ReadRow<SummaryRow>): Summary => ({ ...body.summary, position });

/** Returns where the list `all` has the record of a row of another list by date. */
export function listedIn({ partition, sort }: Pick<ReadRow<object>, 'partition' | 'sort'>): DateListKey {
  const spread = dateBucketIn(partition);
  return spread === undefined ? { sort } : { sort, spread };
}

export interface Passing<B> {
  /** Returns true if the record of a row may pass. */
  readonly row?: (row: ReadRow<B>) => boolean;
  readonly passes?: (summary: Summary) => boolean;
  /** Returns where the list `all` has the record of a row; by default under the sort key of the row. */
  readonly listed?: (row: ReadRow<B>) => DateListKey;
}

/** Lists the records of these parts of lists. */
export function pageOfRecords<B extends object>(
  reading: Reading,
  parts: readonly KeyRange[],
  request: PageRequest,
  { row: passesRow = () => true, passes = () => true, listed = listedIn }: Passing<B> = {},
  weighItem: WeighItem<Summary> = weighSummary,
): Promise<Page<Summary>> {
  const resolve = async (rows: readonly ReadRow<B>[]) => {
    const candidates = rows.filter(passesRow);
    const summaries = await summariesOf(reading, candidates, listed);
    const summaryOf = new Map(candidates.map((row, index) => [row, summaries[index]]));
    return rows.map((row) => {
      const summary = summaryOf.get(row);
      return summary && passes(summary) ? summary : undefined;
    });
  };
  return readPage<B, Summary>(reading, parts, request, resolve, weighItem);
}

/** Returns the summaries of these rows. Rows of the list `all` contain them. */
async function summariesOf<B extends object>(
  reading: Reading,
  rows: readonly ReadRow<B>[],
  listed: (row: ReadRow<B>) => DateListKey,
): Promise<(Summary | undefined)[]> {
  const others = rows.filter((row) => !isInAll(row));
  const read = await summariesAt(reading, others.map(listed));
  const found = new Map(others.map((row, index) => [row, read[index]]));
  return rows.map((row) => (isInAll(row) ? summaryIn(row) : found.get(row)));
}

/** Returns true for rows of the list `all`. */
const isInAll = (row: ReadRow<object>): row is ReadRow<SummaryRow> => 'summary' in row.body;

/** Maximum bytes of a name and its id. */
const NAME_BYTES = 1_000;

/** Returns the bytes of a summary in an answer, plus an upper bound for the names of its actors. `limit` as in Weigh. */
export function weighSummary(summary: Summary, limit = 0): number {
  const names = NAME_BYTES * actorsIn(summary).size;
  return names + jsonSize(summary, limit - names);
}

/** Returns the ids of the actors that a summary names. */
export function actorsIn({ fields }: Summary): Set<string> {
  const { participants, speakers, addressees, attributedBy, by, about = [] } = fields;
  const ids = new Set<string>();
  for (const parties of [participants, speakers, addressees, attributedBy, by && [by]])
    for (const { actor, for: principal } of parties ?? []) {
      if (actor !== undefined) ids.add(actor);
      if (principal !== undefined) ids.add(principal);
    }
  for (const id of about) ids.add(id);
  return ids;
}
