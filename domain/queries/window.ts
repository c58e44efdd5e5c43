// The days that a query asks for, and where they lie in lists by date.
import { daysBefore, span, type Span } from '../../events/date.ts';
import { WIDE_DAYS } from '../views/facts.ts';
import type { View } from '../views/view.ts';
import type { Source } from './reading.ts';

/** EDTF: from the first day of `from` to the last day of `to`; open where either is absent. */
export interface Dates {
  readonly from?: string;
  readonly to?: string;
}

export type Window = Pick<Span, 'earliest' | 'latest'>;

export function windowOf({ from, to }: Dates): Window {
  const earliest = from === undefined ? undefined : span(from).earliest;
  const latest = to === undefined ? undefined : span(to).latest;
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}

/**
 * The days asked for and those before from which a thing may reach into them, and all the wide things: one whose
 * beginning is open sorts by its end.
 */
export function sourcesOf(view: View, partition: string, { earliest, latest }: Window): Source[] {
  const from = earliest === undefined ? {} : { from: daysBefore(earliest, WIDE_DAYS) };
  const below = latest === undefined ? {} : { below: `${latest}U` };
  return [
    { view, partition, ...from, ...below },
    { view, partition: `${partition}/wide` },
  ];
}
