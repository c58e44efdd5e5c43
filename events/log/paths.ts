// Object keys of the public log, as C2SP tlog-tiles lays them out. Checked against literals in its test.

/** Events in one entry bundle, hashes in one tile. */
export const TILE_WIDTH = 256;

/** Where the newest signed checkpoint stands, beside the tiles. */
export const CHECKPOINT_PATH = 'checkpoint';

/** Where the verifier keys of the log stand, one a line; no part of C2SP tlog-tiles. */
export const VKEY_PATH = 'vkey';

/** A tile of so many hashes (1–256), at a level of 0 to 63, the number `index` of its level. */
export interface TileAt {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** `tile/2/x001/234/067.p/7`: level, number in groups of three digits, and the width where it is not whole. */
export const tilePath = ({ level, index, width }: TileAt): string => pathOf(String(level), index, width);

/**
 * `tile/entries/x001/x234/067` for bundle 1,234,067: groups of three digits, all but the last prefixed by x.
 * A bundle of fewer than 256 entries has its width in the name (`.p/17`).
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

/** What a path of the log names; undefined where it names nothing that a log can have, however it is spelt. */
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

/** The entry bundles of a log of `size` entries from number `first` on: bundle number and width, in order. */
export function* bundlesOf(size: number, first = 0): Generator<{ bundle: number; width: number }> {
  for (let bundle = first; bundle * TILE_WIDTH < size; bundle++) {
    yield { bundle, width: Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH) };
  }
}
