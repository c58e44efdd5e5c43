// Formats and parses object keys of the public log (C2SP tlog-tiles).

/** Number of events in a full entry bundle, and of hashes in a full tile. */
export const TILE_WIDTH = 256;

/** Path of the latest signed checkpoint. */
export const CHECKPOINT_PATH = 'checkpoint';

/** Path of the log's verifier keys, one a line. C2SP tlog-tiles does not define it. */
export const VKEY_PATH = 'vkey';

/** The coordinates of a tile: `level` from 0 to 63, `index` in its level, and `width` from 1 to 256 hashes. */
export interface TileAt {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Returns `tile/2/x001/x234/067.p/7`: level, index in groups of three digits, and the width of a partial tile. */
export const tilePath = ({ level, index, width }: TileAt): string => pathOf(String(level), index, width);

/**
 * Returns `tile/entries/x001/x234/067` for bundle 1,234,067: groups of three digits, all but the last prefixed by x.
 * The path of a bundle with fewer than 256 entries ends with its width (`.p/17`).
 */
export const entriesPath = (bundle: number, width: number = TILE_WIDTH): string =>
  pathOf('entries', bundle, width);

const pathOf = (folder: string, n: number, width: number): string =>
  `tile/${folder}/${numberPath(n)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;

function numberPath(n: number): string {
  const digits = String(n);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, index) => (index === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** Parses a path of a tile or an entry bundle. Returns undefined for all other paths and other spellings. */
export function parsePath(
  path: string,
): TileAt | { readonly bundle: number; readonly width: number } | undefined {
  const match =
    /^tile\/(?<folder>entries|\d{1,2})\/(?<number>(?:x\d{3}\/)*\d{3})(?:\.p\/(?<width>\d{1,3}))?$/.exec(path);
  if (!match?.groups) return undefined;
  const { folder = '', number = '', width } = match.groups;
  const [n, wide] = [Number(number.replaceAll(/[x/]/g, '')), Number(width ?? TILE_WIDTH)];
  if (pathOf(folder, n, wide) !== path || wide < 1 || wide > TILE_WIDTH || !Number.isSafeInteger(n))
    return undefined;
  if (folder === 'entries') return { bundle: n, width: wide };
  const level = Number(folder);
  return level <= 63 && String(level) === folder ? { level, index: n, width: wide } : undefined;
}

/** Yields index and width of each entry bundle of a log with `size` entries, in order from bundle `first` on. */
export function* bundlesOf(size: number, first = 0): Generator<{ bundle: number; width: number }> {
  for (let bundle = first; bundle * TILE_WIDTH < size; bundle++) {
    yield { bundle, width: Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH) };
  }
}
