// The record of each rebuild, kept: who asked for it and why, how far it is, what the comparison found, how it ended.
// Its id is the number of the generation that it makes. What readers see is decided by the view's item alone
// (domain/projections.ts); a record only follows it.
import type { Table } from '../ports.ts';
import type { View } from '../views/view.ts';
import type { Compared, Drift } from './drift.ts';

export type Reason = 'requested' | 'scheduled' | 'new-version';

/**
 * `folding`: from position 0, then on to the head. `comparing`: with the generation that is read. `drifted`: they
 * differ though their fold is the same, and somebody must accept or cancel it. `switching`: on to the head once more.
 * `cancelling`: asked to end. Ended: `switched`, `cancelled`.
 */
export type Phase =
  | 'folding'
  | 'comparing'
  | 'drifted'
  | 'switching'
  | 'cancelling'
  | 'switched'
  | 'cancelled';

/** Who did something, and when (milliseconds since 1970). */
export interface Act {
  readonly by: string;
  readonly at: number;
}

/** As the runner noted it last. */
export interface Progress {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of what `done` and `total` count; what is compared is counted in sixteenths of the rows. */
  readonly unit: 'events' | 'sixteenths';
  readonly done: number;
  readonly total: number;
  /** How many a second since this runner began. */
  readonly rate?: number;
}

export interface Rebuild {
  readonly id: number;
  /** Of the fold. */
  readonly version: number;
  readonly reason: Reason;
  readonly started: Act;
  readonly phase: Phase;
  readonly progress?: Progress;
  /** The generation that it is compared with, of which fold, and how far that is. */
  readonly comparing?: { readonly against: number; readonly version: number; readonly compared: Compared };
  readonly drift?: Drift;
  /** Switched in spite of its drift. */
  readonly accepted?: Act;
  /** `superseded`: the fold has another version now. */
  readonly cancelled?: Act & { readonly why: 'requested' | 'superseded' };
  /** Milliseconds since 1970. */
  readonly endedAt?: number;
  /** The last time that readers went back from what it made, or to it: `to` is the generation they went to. */
  readonly wentBack?: Act & { readonly to: number };
  /** Who works on it; nobody else does until then (milliseconds since 1970). */
  readonly runner?: { readonly name: string; readonly until: number };
}

export const hasEnded = ({ phase }: Rebuild): boolean => phase === 'switched' || phase === 'cancelled';

const partitionOf = (view: View): string => `rebuilds/${view.name}`;
const sortOf = (id: number): string => String(id).padStart(9, '0');

export async function readRebuild(views: Table, view: View, id: number): Promise<Rebuild | undefined> {
  return (await views.get(partitionOf(view), sortOf(id)))?.body as Rebuild | undefined;
}

/** The last ones first, of those below this id. */
export async function* readRebuilds(views: Table, view: View, below?: number): AsyncGenerator<Rebuild> {
  const range = { descending: true, ...(below === undefined ? {} : { below: sortOf(below) }) };
  for await (const { body } of views.range(partitionOf(view), range)) yield body as Rebuild;
}

/** False where this id has a record. */
export const createRebuild = (views: Table, view: View, rebuild: Rebuild): Promise<boolean> =>
  views.putIf({ partition: partitionOf(view), sort: sortOf(rebuild.id), body: rebuild }, 0);

/**
 * Changes a record to what `change` makes of it as it stands; undefined leaves it. Tries again while others are faster.
 * Gives the record as it stands then. Throws where there is none.
 */
export async function changeRebuild(
  views: Table,
  view: View,
  id: number,
  change: (before: Rebuild) => Rebuild | undefined,
): Promise<Rebuild> {
  for (;;) {
    const item = await views.get(partitionOf(view), sortOf(id));
    if (!item) throw new Error(`rebuild ${id} of ${view.name} has no record`);
    const before = item.body as Rebuild;
    const after = change(before);
    if (after === undefined) return before;
    const stored = { partition: item.partition, sort: item.sort, body: after };
    if (await views.putIf(stored, item.version)) return after;
  }
}
