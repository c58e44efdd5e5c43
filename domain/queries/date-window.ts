// The days that a query asks for.
import { span, type Span } from '../../events/date.ts';

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
