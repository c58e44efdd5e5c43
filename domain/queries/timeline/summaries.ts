// Meetings, statements and opinions as lists show them: their summaries are in the list of all, and rows of other lists
// say where.
import { readRows, type Part, type Reading, type Row } from '../../projections/rows/reading.ts';
import { ALL, type Listed, listKey, spreadIn } from '../../projections/rows/row-keys.ts';
import type { SummaryRow } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { jsonSize } from '../../projections/state/json-size.ts';
import { readPage, type Page, type PageRequest, type Weigh } from '../paging.ts';

/** The summaries of things that the list of all has at these places, in their order. */
export async function summariesAt(
  reading: Reading,
  listed: readonly Listed[],
): Promise<(Summary | undefined)[]> {
  const rows = await readRows<SummaryRow>(
    reading,
    listed.map((each) => listKey(ALL, each)),
  );
  return rows.map((row) => row && summaryIn(row));
}

export const summaryAt = async (reading: Reading, listed: Listed): Promise<Summary | undefined> =>
  (await summariesAt(reading, [listed]))[0];

/** The position is that of the latest event, which wrote this version of the row. */
const summaryIn = ({ position, body }: Row<SummaryRow>): Summary => ({ ...body.summary, position });

/** Where the list of all has the thing of a row in another list by date. */
export function listedIn({ partition, sort }: Pick<Row<object>, 'partition' | 'sort'>): Listed {
  const spread = spreadIn(partition);
  return spread === undefined ? { sort } : { sort, spread };
}

export interface Passing<B> {
  /** True if the thing of a row in a list may pass. */
  readonly row?: (row: Row<B>) => boolean;
  readonly thing?: (summary: Summary) => boolean;
  /** Where the list of all has the thing of a row: at the same place as the list of the row, without it. */
  readonly listed?: (row: Row<B>) => Listed;
}

/** A page of the things that these parts of lists have. */
export function pageOfThings<B extends object>(
  reading: Reading,
  parts: readonly Part[],
  request: PageRequest,
  { row: passesRow = () => true, thing: passes = () => true, listed = listedIn }: Passing<B> = {},
  weighItem: Weigh<Summary> = weighSummary,
): Promise<Page<Summary>> {
  const resolve = async (rows: readonly Row<B>[]) => {
    const wanted = rows.filter(passesRow);
    const summaries = await summariesOf(reading, wanted, listed);
    const found = new Map(wanted.map((row, index) => [row, summaries[index]]));
    return rows.map((row) => {
      const summary = found.get(row);
      return summary && passes(summary) ? summary : undefined;
    });
  };
  return readPage<B, Summary>(reading, parts, request, resolve, weighItem);
}

/** The summaries of these rows: rows of the list of all have them already. */
async function summariesOf<B extends object>(
  reading: Reading,
  rows: readonly Row<B>[],
  listed: (row: Row<B>) => Listed,
): Promise<(Summary | undefined)[]> {
  const others = rows.filter((row) => !isInAll(row));
  const read = await summariesAt(reading, others.map(listed));
  const found = new Map(others.map((row, index) => [row, read[index]]));
  return rows.map((row) => (isInAll(row) ? summaryIn(row) : found.get(row)));
}

/** Only the list of all has summaries. */
const isInAll = (row: Row<object>): row is Row<SummaryRow> => 'summary' in row.body;

/** A name and its id take so many bytes at most. */
const NAME_BYTES = 1_000;

/** Bytes of a summary in an answer, with the names of its actors. Without a limit they are exact. */
export function weighSummary(summary: Summary, limit = 0): number {
  const names = NAME_BYTES * actorsIn(summary).size;
  return names + jsonSize(summary, limit - names);
}

/** Ids of the actors that a summary names. */
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
