// The range of days that a query filters by.
import { span, type Span } from '../../events/date.ts';

/** EDTF dates: the first day of `from` to the last day of `to`. An absent one leaves that end open. */
export interface DateFilter {
  readonly from?: string;
  readonly to?: string;
}

export type DateWindow = Pick<Span, 'earliest' | 'latest'>;

export function windowOf({ from, to }: DateFilter): DateWindow {
  const earliest = from === undefined ? undefined : span(from).earliest;
  const latest = to === undefined ? undefined : span(to).latest;
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}
