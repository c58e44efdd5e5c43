// What a view's item becomes when a rebuild begins, switches or is cancelled, when readers go back, and when a
// generation is let go: pure, so that each is one conditional write. undefined: this turn can't be taken now.
import { liveCheckpoint, type Checkpoint, type Projection } from '../projections.ts';

/** The highest number that a generation of this view ever had: numbers are never used again. */
export const lastNumber = ({ last = 1 }: Projection): number => last;

/** A generation of this number is there to be folded from position 0. One at most is built at a time. */
export function begun(before: Projection, number: number, version: number): Projection | undefined {
  if (before.building !== undefined || lastNumber(before) !== number - 1) return undefined;
  const generations = { ...before.generations, [number]: { version, next: 0 } };
  return { ...before, building: number, last: number, generations };
}

/** Nobody folds it any more, nobody ever read it. */
export function abandoned(before: Projection, number: number, now: number): Projection | undefined {
  if (before.building !== number) return undefined;
  const { building: _, ...others } = before;
  return letGo(others, number, now);
}

export interface Switch {
  readonly built: number;
  /** The generation that it was compared with. */
  readonly against: number;
  /** Of today's fold. */
  readonly version: number;
  /** Readers may go back until then. */
  readonly until: number;
}

/** Readers see what was built, which is no further behind; what was read before is kept to go back to. */
export function switched(
  before: Projection,
  { built, against, version, until }: Switch,
): Projection | undefined {
  const checkpoint = before.generations[built];
  if (before.building !== built || before.live !== against || checkpoint?.version !== version)
    return undefined;
  if (isBehind(checkpoint, liveCheckpoint(before))) return undefined;
  const { building: _, ...others } = before;
  return { ...others, live: built, kept: { ...before.kept, [before.live]: until } };
}

/** A reader who was shown the one and is shown the other now would step back. */
export const isBehind = (checkpoint: Checkpoint, live: Checkpoint): boolean => checkpoint.next < live.next;

/** Readers see generation `to`, which they saw before; what they see now is kept in its turn. */
export function wentBack(before: Projection, to: number, until: number): Projection | undefined {
  const { [to]: wasKept, ...kept } = before.kept ?? {};
  const checkpoint = before.generations[to];
  if (wasKept === undefined || !checkpoint || isBehind(checkpoint, liveCheckpoint(before))) return undefined;
  return { ...before, live: to, kept: { ...kept, [before.live]: until } };
}

/** The way back is closed once its time is over. */
export function expired(before: Projection, now: number): Projection | undefined {
  const numbers = Object.keys(before.kept ?? {}).map(Number);
  const over = numbers.filter((number) => !isKept(before, number, now));
  if (over.length === 0) return undefined;
  return over.reduce((each, number) => letGo(each, number, now), before);
}

/** May readers go back to it? */
export const isKept = ({ kept }: Projection, number: number, now: number): boolean =>
  (kept?.[number] ?? -Infinity) > now;

/** Its rows are to go. */
function letGo(before: Projection, number: number, now: number): Projection {
  const { [number]: _, ...generations } = before.generations;
  const { kept: { [number]: __, ...kept } = {}, ...others } = before;
  return {
    ...others,
    ...(Object.keys(kept).length > 0 ? { kept } : {}),
    generations,
    removing: { ...before.removing, [number]: now },
  };
}

/** Its rows are gone. */
export function removed(before: Projection, number: number): Projection | undefined {
  if (before.removing?.[number] === undefined) return undefined;
  const { [number]: _, ...removing } = before.removing;
  const { removing: __, ...others } = before;
  return Object.keys(removing).length === 0 ? others : { ...others, removing };
}
