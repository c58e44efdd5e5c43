// Dates as sources print them, in EDTF: mostly days, and all other kinds that an archive has.
import type { Seeded } from '../seeded.ts';
import { between, weighted, zipf } from './chance.ts';

const DAY_MS = 86_400_000;

const iso = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const clock = (random: Seeded): string =>
  `${String(between(random, 7, 22)).padStart(2, '0')}:${random.pick(['00', '15', '30', '45'])}`;

/** Weights per thousand, and functions that format the day of a record. */
const SORTS: readonly (readonly [weight: number, print: (random: Seeded, day: number) => string])[] = [
  [790, (_, day) => iso(day)],
  [40, (random, day) => `${iso(day)}T${clock(random)}${random.pick(['Z', '+01:00', '+05:30', '-04:00'])}`],
  [45, (_, day) => iso(day).slice(0, 7)],
  [15, (_, day) => iso(day).slice(0, 4)],
  [20, (random, day) => `${iso(day)}${random.pick(['~', '?', '%'])}`],
  [15, (random, day) => `${iso(day).slice(0, 7)}${random.pick(['~', '?'])}`],
  [30, (random, day) => `${iso(day)}/${iso(day + between(random, 1, 5))}`],
  [10, (random, day) => `${iso(day).slice(0, 7)}/${iso(day + between(random, 40, 300)).slice(0, 7)}`],
  [8, (_, day) => `[..${iso(day)}]`],
  [5, (_, day) => `${iso(day)}/..`],
  [3, (_, day) => `../${iso(day)}`],
  [4, (random, day) => `[${iso(day)},${iso(day + between(random, 1, 9))}]`],
  [3, (random, day) => `{${iso(day)}..${iso(day + between(random, 1, 4))}}`],
  [5, (_, day) => `${iso(day).slice(0, 8)}XX`],
  [4, (random, day) => `${iso(day).slice(0, 4)}-2${between(random, 1, 4)}`],
  [3, (_, day) => `${iso(day).slice(0, 3)}X`],
];

/** Returns the date of a record that is made at `time` (UTC milliseconds): recent, or years ago. */
export function dateBefore(random: Seeded, time: number): string {
  const day = Math.floor(time / DAY_MS) - (random.chance(0.9) ? zipf(random, 14) : zipf(random, 15_000));
  return weighted(random, SORTS)(random, day);
}

/** Returns a day after `time`. */
export const dateAfter = (random: Seeded, time: number): string =>
  iso(Math.floor(time / DAY_MS) + between(random, 1, 60));

/** Returns the printed form of a date that is recorded as a day. */
export const printedDate = (random: Seeded): string =>
  `${random.pick(['on', 'last', 'late on', 'early on'])} ${random.pick(['Monday', 'Tuesday', 'Thursday', 'Friday', 'vendredi', 'среду'])}`;
