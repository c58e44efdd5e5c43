// State transitions of the catalog of read models. Each is pure and returns the next state, or undefined if the
// transition is not allowed now. No transition moves readers to rows that are further behind.
import { same } from '../recording/aggregate.ts';
import { liveCheckpoints, type Checkpoint, type Checkpoints, type Generations } from './catalog.ts';

/** An empty archive has nothing to fold: its first generation is live at once. */
export function withFirstGeneration(before: Generations, checkpoints: Checkpoints): Generations | undefined {
  if (before.last !== 0) return undefined;
  return { live: 1, last: 1, generations: { 1: checkpoints } };
}

/**
 * Starts a rebuild of this number. At most one runs at a time. Checkpoints of read models that the code no longer has
 * are forgotten: no rebuild could catch up with them.
 */
export function started(before: Generations, id: number, names: readonly string[]): Generations | undefined {
  if (before.building !== undefined || id <= before.last) return undefined;
  const generations: Record<number, Checkpoints> = {};
  for (const [number, checkpoints] of Object.entries(before.generations))
    generations[Number(number)] = Object.fromEntries(
      Object.entries(checkpoints).filter(([name]) => names.includes(name)),
    );
  return { ...before, generations, building: id, last: id };
}

/** Ends a rebuild without a switch; the rows that it may have written are removed. */
export function abandoned(before: Generations, id: number, now: number): Generations | undefined {
  if (before.building !== id) return undefined;
  const { building: _, ...others } = before;
  return retired(others, id, now);
}

/** From now on projectors fold the new generation, too, which is this far. */
export function enrolled(before: Generations, id: number, checkpoints: Checkpoints): Generations | undefined {
  if (before.building !== id || before.generations[id]) return undefined;
  return { ...before, generations: { ...before.generations, [id]: checkpoints } };
}

export interface Promotion {
  readonly id: number;
  /** The generation that it was compared with; undefined if none was live. */
  readonly against: number | undefined;
  /** When the retention period of the generation that was live ends. */
  readonly until: number;
}

/** Makes an enrolled generation live if it is not behind; the one that was live is kept to roll back to. */
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

/** True if a reader who is moved from `live` to these rows would step back in any read model. */
export const isBehind = (checkpoints: Checkpoints, live: Checkpoints = {}): boolean =>
  Object.entries(live).some(([name, { next }]) => (checkpoints[name]?.next ?? 0) < next);

/** Makes a generation live that was live before; the one that is live now is kept in its turn. */
export function rolledBack(before: Generations, to: number, until: number): Generations | undefined {
  const { [to]: wasKept, ...kept } = before.kept ?? {};
  const checkpoints = before.generations[to];
  const { live } = before;
  if (wasKept === undefined || live === undefined || !checkpoints) return undefined;
  if (isBehind(checkpoints, liveCheckpoints(before))) return undefined;
  return { ...before, live: to, kept: { ...kept, [live]: until } };
}

/** May readers go back to this generation? */
export const isKept = ({ kept }: Generations, number: number, now: number): boolean =>
  (kept?.[number] ?? -Infinity) > now;

/** Retires the kept generations whose retention period is over. */
export function expired(before: Generations, now: number): Generations | undefined {
  const over = Object.keys(before.kept ?? {})
    .map(Number)
    .filter((number) => !isKept(before, number, now));
  return over.length === 0 ? undefined : over.reduce((each, number) => retired(each, number, now), before);
}

/**
 * Retires generations whose rows cannot be trusted. If the live one is among them, a rebuild ends too: it was compared
 * with the live generation, and may have folded the same events.
 */
export function withRetired(
  before: Generations,
  numbers: readonly number[],
  now: number,
): Generations | undefined {
  const { live, building, ...others } = before;
  const isLive = live !== undefined && numbers.includes(live);
  const gone = [
    ...(isLive ? [live] : []),
    ...numbers.filter((number) => before.kept?.[number] !== undefined),
    ...(isLive && building !== undefined ? [building] : []),
  ];
  if (gone.length === 0) return undefined;
  const left: Generations = {
    ...others,
    ...(live === undefined || isLive ? {} : { live }),
    ...(building === undefined || isLive ? {} : { building }),
  };
  return gone.reduce((each, number) => retired(each, number, now), left);
}

/** From now on no reader or projector begins to use it. */
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

/** Its rows are gone. */
export function removed(before: Generations, number: number): Generations | undefined {
  if (before.removing?.[number] === undefined) return undefined;
  const { [number]: _, ...removing } = before.removing;
  const { removing: __, ...others } = before;
  return Object.keys(removing).length === 0 ? others : { ...others, removing };
}

/** The checkpoints that a batch reached in one generation, by the name of the read model. */
export type Reached = ReadonlyMap<number, Checkpoints>;

/**
 * Moves checkpoints forward. A checkpoint that another process moved further stays, and so does one of another version
 * or of a generation that is gone.
 */
export function advanced(before: Generations, reached: Reached): Generations | undefined {
  const generations: Record<number, Checkpoints> = { ...before.generations };
  for (const [number, checkpoints] of reached) {
    const known = generations[number];
    if (!known) continue;
    const further = Object.entries(checkpoints).filter(([name, each]) => isFurther(each, known[name]));
    if (further.length > 0) generations[number] = { ...known, ...Object.fromEntries(further) };
  }
  return same(generations, before.generations) ? undefined : { ...before, generations };
}

const isFurther = (checkpoint: Checkpoint, before: Checkpoint | undefined): boolean =>
  before === undefined || (before.version === checkpoint.version && before.next <= checkpoint.next);
