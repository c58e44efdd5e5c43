// When things last changed: in partition `changes` of a view each stands once, by the position of its latest event.
import { positionKey } from '../generation.ts';
import type { RowChange } from './view.ts';

/** Its id ends the sort key. */
export const changeKey = (position: number, id: string): string => `${positionKey(position)}~${id}`;

/** From the place of its event before, if there was one, to that of this one. */
export function changedAt(id: string, position: number, before: number | undefined): RowChange[] {
  const row = (at: number) => ({ partition: 'changes', sort: changeKey(at, id) });
  return [...(before === undefined ? [] : [row(before)]), { ...row(position), body: {}, fresh: true }];
}
