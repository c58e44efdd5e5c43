// A pseudo-random generator. The same seed gives the same numbers, so a failing run can be repeated.

export interface Seeded {
  /** Returns an integer from 0 to `below` - 1. */
  readonly below: (below: number) => number;
  /** Returns true with this probability (0 to 1). */
  readonly chance: (probability: number) => boolean;
  /** Returns one of these elements. The list must not be empty. */
  readonly pick: <T>(from: readonly T[]) => T;
}

/** Returns a generator with this seed (Mulberry32: small, fast and even enough for tests). */
export function seeded(seed: number): Seeded {
  let state = (seed + 1) * 0x9e3779b9;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}
