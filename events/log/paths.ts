// Object keys of the public log, as C2SP tlog-tiles lays them out. Checked against literals in its test.

/** Events in one entry bundle, hashes in one tile. */
export const TILE_WIDTH = 256;

/**
 * `tile/entries/x001/x234/067` for bundle 1,234,067: groups of three digits, all but the last prefixed by x.
 * A bundle of fewer than 256 entries has its width in the name (`.p/17`).
 */
export function entriesPath(bundle: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${numberPath(bundle)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

function numberPath(n: number): string {
  const digits = String(n);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, index) => (index === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** The entry bundles of a log of `size` entries from number `first` on: bundle number and width, in order. */
export function* bundlesOf(size: number, first = 0): Generator<{ bundle: number; width: number }> {
  for (let bundle = first; bundle * TILE_WIDTH < size; bundle++) {
    yield { bundle, width: Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH) };
  }
}
