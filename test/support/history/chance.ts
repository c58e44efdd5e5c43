// Choices as they fall in the world: few names are in most of what happens, and what is new is spoken of most.
import type { Seeded } from '../seeded.ts';

const even = (random: Seeded): number => random.below(2 ** 32) / 2 ** 32;

/** A rank from 0 up to, and without, `count`, by Zipf's law with exponent 1: rank k is drawn about 1 / (k + 1) as often. */
export const zipf = (random: Seeded, count: number): number =>
  Math.min(count, Math.floor((count + 1) ** even(random))) - 1;

/** One of `count` things by age: the latest most often, one ten times as old a tenth as often. */
export const recent = (random: Seeded, count: number): number => count - 1 - zipf(random, count);

/** Picks by weight; the weights are whole numbers. */
export function weighted<T>(random: Seeded, choices: readonly (readonly [weight: number, choice: T])[]): T {
  let left = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new RangeError('there is nothing to choose from');
}

/** From `least` to `most`, both included. */
export const between = (random: Seeded, least: number, most: number): number =>
  least + random.below(most - least + 1);

/** The fields, this often; else none. For fields that may be absent. */
export const sometimes = <F extends object>(
  random: Seeded,
  probability: number,
  fields: () => F,
): Partial<F> => (random.chance(probability) ? fields() : {});
