// Ids and times of an invented history. Each is computed from a seed and a position, so it need not be stored.

export type Kind = 'article' | 'meeting' | 'statement' | 'opinion';

const BEGAN = Date.UTC(2015, 0, 1);
/** Average time between events. A million events take six years. */
const STEP_MS = 190_000;

/** Returns when the event at this position was recorded, in UTC milliseconds. Sometimes clocks differ by minutes. */
export const timeOf = (seed: number, position: number): number =>
  BEGAN + position * STEP_MS + (mixed(seed, position, 9) % (2 * STEP_MS));

/**
 * Returns the id of the resource whose first event is at this position. Articles have digests. Half of the others have
 * UUIDs of version 7, and half of version 8, as commands with an idempotency key get them.
 */
export function idOf(seed: number, kind: Kind, first: number): string {
  if (kind === 'article') return `article-${hex(seed, first, 8)}`;
  const ordered = mixed(seed, first, 8) % 2 === 0;
  return `${kind}-${ordered ? uuid7(seed, first) : uuid8(seed, first)}`;
}

/** Returns the UUID in an event's id. */
export const eventUuid = (seed: number, position: number): string => uuid8(~seed, position);

function uuid7(seed: number, position: number): string {
  const time = timeOf(seed, position).toString(16).padStart(12, '0');
  const rest = hex(seed, position, 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

function uuid8(seed: number, position: number): string {
  const rest = hex(seed, position, 4);
  return `${rest.slice(0, 8)}-${rest.slice(8, 12)}-8${rest.slice(12, 15)}-8${rest.slice(15, 18)}-${rest.slice(18, 30)}`;
}

const HEX4 = Array.from({ length: 0x10000 }, (_, bits) => bits.toString(16).padStart(4, '0'));

function hex(seed: number, position: number, words: number): string {
  let digits = '';
  for (let word = 0; word < words; word++) {
    const bits = mixed(seed, position, word);
    digits += `${HEX4[bits >>> 16]}${HEX4[bits & 0xffff]}`;
  }
  return digits;
}

/** Returns 32 pseudorandom bits. For one seed and word, they differ at all positions. */
export function mixed(seed: number, position: number, word: number): number {
  let bits = (position ^ Math.imul(seed + 1, 0x9e3779b9) ^ Math.imul(word + 1, 0x85ebca6b)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
