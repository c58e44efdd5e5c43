// The days that a query asks for, and where they lie in lists by date.
import { daysBefore } from '../../events/calendar.ts';
import { span, type Span } from '../../events/date.ts';
import { BESIDE, MOST_DAYS } from '../views/facts.ts';
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

/** The partitions of a list by date, each as far as it may reach into the window. One with an open beginning sorts by its end. */
export function sourcesOf(view: View, partition: string, { earliest, latest }: Window): Source[] {
  const below = latest === undefined ? {} : { below: `${latest}U` };
  const before = earliest === undefined ? undefined : daysBefore(earliest, MOST_DAYS);
  const [onOne, onSeveral, wide] = BESIDE;
  return [
    { view, partition: partition + onOne, ...begin(earliest), ...below },
    { view, partition: partition + onSeveral, ...begin(before), ...below },
    { view, partition: partition + wide },
  ];
}

const begin = (day: string | undefined) => (day === undefined ? {} : { from: day });
