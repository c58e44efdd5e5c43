// An archive in memory whose views are rebuilt by hand, step by step, under a clock that stands until it is moved.
import { eventReader, type ReadEvents } from '../../domain/project.ts';
import { readProjection } from '../../domain/projections.ts';
import { readRebuild, type Rebuild } from '../../domain/rebuild/records.ts';
import { startRebuild } from '../../domain/rebuild/requests.ts';
import { tending, type Tender } from '../../domain/rebuild/tend.ts';
import type { View } from '../../domain/views/view.ts';
import { linesOf, projected, rowsOf, type Projected } from './projected.ts';

export const GRACE_MS = 1_000_000;
export const LATE_MS = 10_000;

export interface Rebuilding extends Projected, Omit<Tender, keyof Projected> {
  /** What the operator was told. */
  readonly alarms: string[];
  readonly pass: (ms: number) => void;
}

/** Batches of one bundle. */
export function rebuildable(of: Projected = projected()): Rebuilding {
  const alarms: string[] = [];
  let now = Date.UTC(2023, 2, 4);
  return {
    ...of,
    alarms,
    alarm: (what) => alarms.push(what),
    clock: () => now,
    abortAfter: () => new AbortController().signal,
    pass: (ms) => {
      now += ms;
    },
    runner: 'runner',
    bundles: 1,
    graceMs: GRACE_MS,
    lateMs: LATE_MS,
  };
}

export const asked = { by: 'operator:lena', reason: 'requested' } as const;

/** Tends the view until there is nothing to do at once. */
export async function tend(of: Tender, view: View, read: ReadEvents = eventReader(of)): Promise<void> {
  const step = tending(of, read);
  while (await step(view)) {}
}

/** Asks for a rebuild, and sees it to its end, or to where it waits. */
export async function rebuild(of: Tender, view: View): Promise<Rebuild> {
  const { id } = await startRebuild(of, view, asked);
  await tend(of, view);
  return recordOf(of, view, id);
}

export async function recordOf({ views }: Pick<Tender, 'views'>, view: View, id: number): Promise<Rebuild> {
  const record = await readRebuild(views, view, id);
  if (!record) throw new Error(`there is no rebuild ${id} of ${view.name}`);
  return record;
}

export async function projectionOf({ views }: Pick<Tender, 'views'>, view: View) {
  const { writes: _, ...projection } = await readProjection(views, view);
  return projection;
}

/** The rows of a generation as text, one a line. */
export const generationText = ({ views }: Pick<Projected, 'views'>, view: View, number: number): string =>
  linesOf(rowsOf(views, view, number));
