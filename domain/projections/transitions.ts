// State transitions of the catalog of read models. Each one is pure and returns the next state, or undefined if it is
// not allowed now. No transition moves readers to rows that are further behind.
import { isSameJson } from '../recording/aggregate.ts';
import {
  liveCheckpoints,
  type ProjectionCheckpoint,
  type ProjectionCheckpoints,
  type Generations,
} from './catalog.ts';

/** Makes the first generation of an empty archive live, because it has no events to fold. */
export function withFirstGeneration(
  before: Generations,
  checkpoints: ProjectionCheckpoints,
): Generations | undefined {
  if (before.last !== 0) return undefined;
  return { live: 1, last: 1, generations: { 1: checkpoints } };
}

/**
 * Starts rebuild `id`. At most one rebuild runs at a time. Drops checkpoints of read models that are not in `names`,
 * because no rebuild could catch up with them.
 */
export function started(before: Generations, id: number, names: readonly string[]): Generations | undefined {
  if (before.building !== undefined || id <= before.last) return undefined;
  const generations: Record<number, ProjectionCheckpoints> = {};
  for (const [number, checkpoints] of Object.entries(before.generations))
    generations[Number(number)] = Object.fromEntries(
      Object.entries(checkpoints).filter(([name]) => names.includes(name)),
    );
  return { ...before, generations, building: id, last: id };
}

/** Ends a rebuild without promoting it, and retires its generation. */
export function abandoned(before: Generations, id: number, now: number): Generations | undefined {
  if (before.building !== id) return undefined;
  const { building: _, ...others } = before;
  return retired(others, id, now);
}

/** Adds the checkpoints of a new generation, so that projectors fold it too from now on. */
export function enrolled(
  before: Generations,
  id: number,
  checkpoints: ProjectionCheckpoints,
): Generations | undefined {
  if (before.building !== id || before.generations[id]) return undefined;
  return { ...before, generations: { ...before.generations, [id]: checkpoints } };
}

export interface Promotion {
  readonly id: number;
  /** The generation that it was compared with. Undefined if no generation was live. */
  readonly against: number | undefined;
  /** End of the retention period of the generation that is live now, in milliseconds since 1970. */
  readonly until: number;
}

/** Makes an enrolled generation live if it is not behind the live one, which is then kept to roll back to. */
export function promoted(before: Generations, promotion: Promotion): Generations | undefined {
  const { id, against, until } = promotion;
  const { building, live, ...others } = before;
  const checkpoints = before.generations[id];
  if (building !== id || live !== against || !checkpoints) return undefined;
  if (isBehind(checkpoints, liveCheckpoints(before))) return undefined;
  return {
    ...others,
    live: id,
    ...(live === undefined ? {} : { kept: { ...before.kept, [live]: until } }),
  };
}

/** Returns true if any read model has a lower checkpoint than in `live`, so that its readers would see older rows. */
export const isBehind = (checkpoints: ProjectionCheckpoints, live: ProjectionCheckpoints = {}): boolean =>
  Object.entries(live).some(([name, { next }]) => (checkpoints[name]?.next ?? 0) < next);

/** Makes a kept generation live again if it is not behind. The generation that is live now is kept instead. */
export function rolledBack(before: Generations, to: number, until: number): Generations | undefined {
  const { [to]: wasKept, ...kept } = before.kept ?? {};
  const checkpoints = before.generations[to];
  const { live } = before;
  if (wasKept === undefined || live === undefined || !checkpoints) return undefined;
  if (isBehind(checkpoints, liveCheckpoints(before))) return undefined;
  return { ...before, live: to, kept: { ...kept, [live]: until } };
}

/** Returns true if the retention period of this generation has not ended. */
export const isKept = ({ kept }: Generations, number: number, now: number): boolean =>
  (kept?.[number] ?? -Infinity) > now;

/** Retires the kept generations whose retention period has ended. */
export function expired(before: Generations, now: number): Generations | undefined {
  const ended = Object.keys(before.kept ?? {})
    .map(Number)
    .filter((number) => !isKept(before, number, now));
  return ended.length === 0 ? undefined : ended.reduce((each, number) => retired(each, number, now), before);
}

/**
 * Retires generations with faulty rows. If the live one is among them, it also ends a running rebuild, because that is
 * compared with the live generation and may have folded the same events.
 */
export function withRetired(
  before: Generations,
  numbers: readonly number[],
  now: number,
): Generations | undefined {
  const { live, building, ...others } = before;
  const isLive = live !== undefined && numbers.includes(live);
  const retiring = [
    ...(isLive ? [live] : []),
    ...numbers.filter((number) => before.kept?.[number] !== undefined),
    ...(isLive && building !== undefined ? [building] : []),
  ];
  if (retiring.length === 0) return undefined;
  const remaining: Generations = {
    ...others,
    ...(live === undefined || isLive ? {} : { live }),
    ...(building === undefined || isLive ? {} : { building }),
  };
  return retiring.reduce((each, number) => retired(each, number, now), remaining);
}

/** Retires a generation: readers and projectors do not begin to use it from now on. */
function retired(before: Generations, number: number, now: number): Generations {
  const { [number]: _, ...generations } = before.generations;
  const { kept: { [number]: __, ...kept } = {}, ...others } = before;
  return {
    ...others,
    ...(Object.keys(kept).length > 0 ? { kept } : {}),
    generations,
    removing: { ...before.removing, [number]: now },
  };
}

/** Removes a retired generation from the catalog after its rows were dropped. */
export function removed(before: Generations, number: number): Generations | undefined {
  if (before.removing?.[number] === undefined) return undefined;
  const { [number]: _, ...removing } = before.removing;
  const { removing: __, ...others } = before;
  return Object.keys(removing).length === 0 ? others : { ...others, removing };
}

/** The checkpoints that a batch reached, by generation. */
export type Reached = ReadonlyMap<number, ProjectionCheckpoints>;

/**
 * Moves checkpoints forward. Keeps a checkpoint that another process moved further, and one of another fold version.
 * Ignores generations without checkpoints.
 */
export function advanced(before: Generations, reached: Reached): Generations | undefined {
  const generations: Record<number, ProjectionCheckpoints> = { ...before.generations };
  for (const [number, checkpoints] of reached) {
    const known = generations[number];
    if (!known) continue;
    const further = Object.entries(checkpoints).filter(([name, each]) => isFurther(each, known[name]));
    if (further.length > 0) generations[number] = { ...known, ...Object.fromEntries(further) };
  }
  return isSameJson(generations, before.generations) ? undefined : { ...before, generations };
}

const isFurther = (checkpoint: ProjectionCheckpoint, before: ProjectionCheckpoint | undefined): boolean =>
  before === undefined || (before.version === checkpoint.version && before.next <= checkpoint.next);
