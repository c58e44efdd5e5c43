// How many bytes a value takes as JSON: exactly where it may be over a limit, and by a quick upper bound where it
// can't be.

/** Bytes of the value as JSON in UTF-8, or, where that cannot be over `limit`, a number that is no less and not over it. */
export function jsonSize(value: object, limit: number): number {
  const most = bound(value);
  return most <= limit ? most : Buffer.byteLength(JSON.stringify(value));
}

/** A code unit takes three bytes of UTF-8 at most, and six where JSON escapes it; a number, 24. */
function bound(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 24;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const member of value) sum += bound(member) + 1;
    return sum;
  }
  for (const name in value) sum += 6 * name.length + 4 + bound((value as Record<string, unknown>)[name]);
  return sum;
}
