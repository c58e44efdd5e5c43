// Binary search in a sorted sequence, given by a predicate.

/** Counts the leading items for which `isBefore` is true. It must be false for every item after the first false one. */
export function countBefore(length: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
