// Meetings, statements and opinions as lists show them, found by the rows that say where they stand.
import { idIn } from '../views/facts.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { bytesOf, readPage, type Page, type PageRequest } from './pages.ts';
import { readRows, type Reading, type Row, type Source } from './reading.ts';

/** Summaries of these things, in the order of their ids. */
export const summariesOf = (reading: Reading, ids: readonly string[]): Promise<(Summary | undefined)[]> =>
  readRows<Summary>(
    reading,
    timeline,
    ids.map((id) => ({ partition: `thing/${id}`, sort: 'summary' })),
  );

export interface Passing<B> {
  /** Of the row that says where a thing stands. */
  readonly row?: (row: Row<B>) => boolean;
  readonly thing?: (summary: Summary) => boolean;
}

/** A page of the things whose ids end the sort keys of these rows. */
export async function pageOfThings<B extends object>(
  reading: Reading,
  sources: readonly Source[],
  request: PageRequest,
  { row: passesRow = () => true, thing: passes = () => true }: Passing<B> = {},
  weigh: (summary: Summary) => number = weighSummary,
): Promise<Page<Summary>> {
  const resolve = async (rows: readonly Row<B>[]) => {
    const wanted = rows.filter(passesRow);
    const summaries = await summariesOf(
      reading,
      wanted.map(({ sort }) => idIn(sort)),
    );
    const found = new Map(wanted.map((row, index) => [row, summaries[index]]));
    return rows.map((row) => {
      const summary = found.get(row);
      return summary && passes(summary) ? summary : undefined;
    });
  };
  return readPage<B, Summary>(reading, sources, request, resolve, weigh);
}

/** A name and its id take so many bytes at most. */
const NAME_BYTES = 1_000;

/** What a summary takes in an answer, with the names of its actors. */
export const weighSummary = (summary: Summary): number =>
  bytesOf(summary) + NAME_BYTES * actorsIn(summary).size;

/** Ids of the actors that a summary names. */
export function actorsIn({ fields }: Summary): Set<string> {
  const parties = [
    fields.participants,
    fields.speakers,
    fields.addressees,
    fields.attributedBy,
    fields.by,
  ].flat();
  const named = [...parties.flatMap((party) => [party?.actor, party?.for]), ...(fields.about ?? [])];
  return new Set(named.filter((id) => id !== undefined));
}
