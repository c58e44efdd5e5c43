// Finds the summary of a thing in the list of all, from a row of another list that says where the list of all has it.
import type { Summary as PositionedSummary } from '../views/summary.ts';
import { readParts, type Reading, type Row } from './reading.ts';
import { listKey, type Listed } from './thing.ts';
import { ALL, type SummaryRow } from './timeline.ts';

export async function summaryAt(reading: Reading, listed: Listed): Promise<PositionedSummary | undefined> {
  const { partition, sort } = listKey(ALL, listed);
  const part = { partition, from: sort, below: `${sort}\0` };
  for await (const row of readParts<SummaryRow>(reading, [part])) return positioned(row);
  return undefined;
}

/** With the position of the latest event, which is that of the row's version. */
export const positioned = ({ position, body }: Row<SummaryRow>): PositionedSummary => ({
  ...body.summary,
  position,
});
