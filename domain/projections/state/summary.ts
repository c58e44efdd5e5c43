// Builds the summary of a record: its fields, with long texts clipped, and its state.
import { clipFields } from './clip.ts';
import { truncateToRowLimit } from './fit-row.ts';
import type { Summary as PositionedSummary, SummaryFields } from './summary-shape.ts';
import { fieldsOf, type RecordStreamState } from './thing-state.ts';

/** A summary without the position of the latest event, which is that of the row version. */
export type Summary = Omit<PositionedSummary, 'position'>;

const MAX_SOURCES = 10;

/** Returns the summary, of at most 28 KB of JSON. */
export function summaryOf(state: RecordStreamState): Summary {
  const { id, kind, life, recordedBy, recordedAt, latest, sources } = state;
  const { supports: supportedBy, disputes: disputedBy } = sources;
  const more = {
    ...(supportedBy.length > MAX_SOURCES ? { supportedBy: supportedBy.length - MAX_SOURCES } : {}),
    ...(disputedBy.length > MAX_SOURCES ? { disputedBy: disputedBy.length - MAX_SOURCES } : {}),
  };
  return truncateToRowLimit<Summary>({
    id,
    kind,
    status: life.status,
    // Required fields are always present, because the schemas of the events require them.
    fields: clipFields(fieldsOf(state)) as SummaryFields,
    ...(Object.keys(more).length > 0 ? { more } : {}),
    ...('postponedTo' in life ? { postponedTo: life.postponedTo } : {}),
    ...(life.retracted ? { retracted: life.retracted } : {}),
    corrections: life.corrections,
    supportedBy: supportedBy.slice(0, MAX_SOURCES),
    disputedBy: disputedBy.slice(0, MAX_SOURCES),
    recordedBy,
    recordedAt,
    revision: latest.revision,
    latest: { type: latest.type, time: latest.time },
  });
}
