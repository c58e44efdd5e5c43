// Keeps the summary of a thing under the limit of a row, 32 KB, whatever it names and however long.
import type { Party } from '../../../events/shared-pieces.ts';
import { clipText } from './clip.ts';
import type { Summary, SummaryFields } from './summary-shape.ts';
import { jsonSize } from './json-size.ts';

const MAX_BYTES = 28_000;
const FEW = 20;

/** With or without its position. */
type AnySummary = Omit<Summary, 'position'>;

/**
 * Keeps a row under its limit: where it would be over, parties keep only their ids, and of mere descriptions a few;
 * where that is not enough, texts and descriptions become shorter. No actor is left out, nor whom somebody speaks for:
 * lists are filtered by them.
 */
export function truncateToRowLimit<S extends AnySummary>(summary: S): S {
  if (fits(summary)) return summary;
  let fitted = withFewerParties(summary);
  for (const most of [60, 40, 20]) if (!fits(fitted)) fitted = withShorterTexts(fitted, most);
  return fitted;
}

const fits = (summary: AnySummary): boolean => {
  const most = 'position' in summary ? MAX_BYTES : MAX_BYTES - POSITION_BYTES;
  return jsonSize(summary, most) <= most;
};
/** A summary is shortened alike whether it has its position or not. */
const POSITION_BYTES = '"position":0,'.length;

const PARTIES = ['participants', 'speakers', 'addressees', 'attributedBy'] as const;

function withFewerParties<S extends AnySummary>(summary: S): S {
  const fields: Record<string, unknown> = { ...summary.fields };
  const more: Record<string, number> = { ...summary.more };
  for (const name of PARTIES) {
    const parties = summary.fields[name] ?? [];
    const kept = parties
      .filter((party, index) => party.actor !== undefined || party.for !== undefined || index < FEW)
      .map(({ printed: _, capacity: __, ...party }) => party);
    if (kept.length < parties.length) more[name] = (more[name] ?? 0) + parties.length - kept.length;
    if (parties.length > 0) fields[name] = kept;
  }
  const shown = { ...summary, fields: fields as unknown as SummaryFields };
  return Object.keys(more).length > 0 ? { ...shown, more } : shown;
}

/** Descriptions of at most so many characters, and texts five times as long: an id or a date is never longer. */
function withShorterTexts<S extends AnySummary>(summary: S, most: number): S {
  const fields: Record<string, unknown> = { ...summary.fields };
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') fields[name] = clipText(value, 5 * most);
  }
  for (const name of PARTIES) {
    if (summary.fields[name]) fields[name] = summary.fields[name].map((party) => shorter(party, most));
  }
  const { retracted } = summary;
  return {
    ...summary,
    fields: fields as unknown as SummaryFields,
    ...(retracted ? { retracted: { reason: clipText(retracted.reason, 5 * most) } } : {}),
  };
}

const shorter = (party: Party, most: number): Party =>
  party.description === undefined ? party : { ...party, description: clipText(party.description, most) };
