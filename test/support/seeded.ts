// Numbers that look random and are the same for the same seed, so that a failing run can be run again.

export interface Seeded {
  /** A whole number from 0 up to, and without, `below`. */
  readonly below: (below: number) => number;
  /** True this often. */
  readonly chance: (probability: number) => boolean;
  /** One of these, of which there must be one. */
  readonly pick: <T>(from: readonly T[]) => T;
}

/** Mulberry32: small, fast, and even enough to choose crashes by. */
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
