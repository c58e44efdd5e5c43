// Measures values as JSON in UTF-8: by a fast upper bound, and exactly if the bound exceeds a limit.

/** Returns the bytes of a value as JSON, or an upper bound of them that does not exceed `limit`. */
export function jsonSize(value: object, limit: number): number {
  const bound = upperBound(value);
  return bound <= limit ? bound : Buffer.byteLength(JSON.stringify(value));
}

/** Returns an upper bound: six bytes for each code unit, as if JSON escaped it, and 24 for a number. */
function upperBound(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 24;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const member of value) sum += upperBound(member) + 1;
    return sum;
  }
  for (const name in value) sum += 6 * name.length + 4 + upperBound((value as Record<string, unknown>)[name]);
  return sum;
}
