// Keeps the summary of a record under the limit of a row, 32 KB.
import type { Party } from '../../../events/shared-pieces.ts';
import { clipText } from './clip.ts';
import type { Summary, SummaryFields } from './summary-shape.ts';
import { jsonSize } from './json-size.ts';

const MAX_BYTES = 28_000;
const MAX_DESCRIPTIONS = 20;

/** A summary with or without its position. */
type AnySummary = Omit<Summary, 'position'>;

/**
 * Shortens a summary over the limit: first it drops details of parties and most parties without an id, then it clips
 * texts. It keeps the id of every actor, and of every actor that a party speaks for, because queries filter by them.
 */
export function truncateToRowLimit<S extends AnySummary>(summary: S): S {
  if (fits(summary)) return summary;
  let shortened = withFewerParties(summary);
  for (const max of [60, 40, 20]) if (!fits(shortened)) shortened = withShorterTexts(shortened, max);
  return shortened;
}

const fits = (summary: AnySummary): boolean => {
  const max = 'position' in summary ? MAX_BYTES : MAX_BYTES - POSITION_BYTES;
  return jsonSize(summary, max) <= max;
};
/** Reserved for the position, so that a summary without it is shortened in the same way. */
const POSITION_BYTES = '"position":0,'.length;

const PARTIES = ['participants', 'speakers', 'addressees', 'attributedBy'] as const;

function withFewerParties<S extends AnySummary>(summary: S): S {
  const fields: Record<string, unknown> = { ...summary.fields };
  const more: Record<string, number> = { ...summary.more };
  for (const name of PARTIES) {
    const parties = summary.fields[name] ?? [];
    const kept = parties
      .filter(
        (party, index) => party.actor !== undefined || party.for !== undefined || index < MAX_DESCRIPTIONS,
      )
      .map(({ printed: _, capacity: __, ...party }) => party);
    if (kept.length < parties.length) more[name] = (more[name] ?? 0) + parties.length - kept.length;
    if (parties.length > 0) fields[name] = kept;
  }
  const shortened = { ...summary, fields: fields as unknown as SummaryFields };
  return Object.keys(more).length > 0 ? { ...shortened, more } : shortened;
}

/** Clips descriptions to `max` code points, and texts to five times as many. No id or date is that long. */
function withShorterTexts<S extends AnySummary>(summary: S, max: number): S {
  const fields: Record<string, unknown> = { ...summary.fields };
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') fields[name] = clipText(value, 5 * max);
  }
  for (const name of PARTIES) {
    if (summary.fields[name])
      fields[name] = summary.fields[name].map((party) => withShorterDescription(party, max));
  }
  const { retracted } = summary;
  return {
    ...summary,
    fields: fields as unknown as SummaryFields,
    ...(retracted ? { retracted: { reason: clipText(retracted.reason, 5 * max) } } : {}),
  };
}

const withShorterDescription = (party: Party, max: number): Party =>
  party.description === undefined ? party : { ...party, description: clipText(party.description, max) };
