// Reads code points and strings from normalized text, which is stored as UTF-16 units.

/** Returns the units from `from` to `to` as a string. */
export function stringOf(units: Uint16Array, from = 0, to = units.length): string {
  let string = '';
  for (let at = from; at < to; at += 1) string += String.fromCharCode(units[at] ?? 0);
  return string;
}

/** Returns the code point at a unit. */
export function pointAt(units: Uint16Array, at: number): number {
  const unit = units[at] ?? 0;
  const next = units[at + 1] ?? 0;
  const isPair = (unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00;
  return isPair ? 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff) : unit;
}

/** Removes a space at either end. Normalized text has at most one space in a row. */
export function trimmed(units: Uint16Array): Uint16Array {
  const from = units[0] === 0x20 ? 1 : 0;
  return units.subarray(from, Math.max(from, units.length - (units.at(-1) === 0x20 ? 1 : 0)));
}
