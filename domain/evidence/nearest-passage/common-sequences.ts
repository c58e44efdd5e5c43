// Scores in one pass how similar a pattern is to each window of a text, by the short unit sequences that both contain.

import type { CountSteps } from '../occurrences.ts';

/**
 * Visits each window of the pattern's length by its `end`. `score` counts the sequences of two or four units that
 * window and pattern share, with multiplicity. Windows may extend beyond both edges of the text.
 */
export function commonSequences(
  units: Uint16Array,
  pattern: Uint16Array,
  spend: CountSteps,
  visit: (end: number, score: number) => void,
): void {
  const width = Math.min(pattern.length, pattern.length < 16 ? 2 : 4);
  const inWindow = pattern.length - width + 1;
  if (width === 0 || units.length < width) return;
  const slots = 2 ** Math.ceil(Math.log2(4 * inWindow + 4));
  const keys = new Int32Array(slots);
  const needed = new Int32Array(slots);
  const present = new Int32Array(slots);
  // A key contains the last `width` units only, because older units are shifted out of its 32 bits.
  const keyAfter = (key: number, unit: number) => (width === 1 ? unit : (key << (32 / width)) ^ unit);
  const slotOf = (key: number): number => {
    const mixed = Math.imul(key, 0x2c1b3c6d);
    let slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
    while ((needed[slot] ?? 0) > 0 && keys[slot] !== key) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  let key = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    key = keyAfter(key, pattern[at] ?? 0);
    if (at < width - 1) continue;
    const slot = slotOf(key);
    keys[slot] = key;
    needed[slot] = (needed[slot] ?? 0) + 1;
  }
  const recent = new Int32Array(inWindow);
  const over = units.length + inWindow;
  let oldest = 0;
  let score = 0;
  for (let end = 1; end < over; end += 1) {
    key = keyAfter(key, units[end - 1] ?? 0);
    if (end < width) continue;
    const left = recent[oldest] ?? 0;
    const leaving = present[left] ?? 0;
    // Before the first full window, no sequence leaves.
    if (end - width >= inWindow) {
      if (leaving <= (needed[left] ?? 0)) score -= 1;
      present[left] = leaving - 1;
    }
    if (end <= units.length) {
      const slot = slotOf(key);
      const entering = (present[slot] ?? 0) + 1;
      if (entering <= (needed[slot] ?? 0)) score += 1;
      present[slot] = entering;
      recent[oldest] = slot;
    }
    oldest = oldest + 1 === inWindow ? 0 : oldest + 1;
    visit(end, score);
  }
  spend(pattern.length + 2 * units.length);
}
