// Random choices with realistic frequencies: few names are in most records, and new records are mentioned most often.
import type { Seeded } from '../seeded.ts';

const even = (random: Seeded): number => random.below(2 ** 32) / 2 ** 32;

/** Returns a rank below `count` by Zipf's law with exponent 1: the weight of rank k is about 1 / (k + 1). */
export const zipf = (random: Seeded, count: number): number =>
  Math.min(count, Math.floor((count + 1) ** even(random))) - 1;

/** Returns an index below `count` by age: the latest most often, one ten times as old a tenth as often. */
export const recent = (random: Seeded, count: number): number => count - 1 - zipf(random, count);

/** Picks by weight; weights are integers. @throws RangeError if there are no choices */
export function weighted<T>(random: Seeded, choices: readonly (readonly [weight: number, choice: T])[]): T {
  let left = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new RangeError('there are no choices with a weight');
}

/** Returns an integer from `least` to `most`, both included. */
export const between = (random: Seeded, least: number, most: number): number =>
  least + random.below(most - least + 1);

/** Returns optional fields with this probability, else no fields. */
export const sometimes = <F extends object>(
  random: Seeded,
  probability: number,
  fields: () => F,
): Partial<F> => (random.chance(probability) ? fields() : {});
