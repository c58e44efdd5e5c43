// Layout of the public log: object keys as in the specification, and entry bundles byte for byte as another
// implementation writes them (test/vectors/tlog, made with golang.org/x/mod/sumdb).
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packEntries, unpackEntries } from '../../../events/log/entries.ts';
import { bundlesOf, entriesPath, parsePath, tilePath } from '../../../events/log/paths.ts';
import { hex, vector, vectors } from '../../support/logs/tlog-vectors.ts';

describe('keys of entry bundles', () => {
  test.each([
    [0, 'tile/entries/000'],
    [7, 'tile/entries/007'],
    [255, 'tile/entries/255'],
    [999, 'tile/entries/999'],
    [1_000, 'tile/entries/x001/000'],
    [1_001, 'tile/entries/x001/001'],
    [67_890, 'tile/entries/x067/890'],
    [999_999, 'tile/entries/x999/999'],
    [1_000_000, 'tile/entries/x001/x000/000'],
    [1_234_067, 'tile/entries/x001/x234/067'],
    [9_876_543_210, 'tile/entries/x009/x876/x543/210'],
  ])('the path of entry bundle %i is %s', (bundle, path) => {
    expect(entriesPath(bundle)).toBe(path);
  });

  test.each([
    [0, 1, 'tile/entries/000.p/1'],
    [0, 255, 'tile/entries/000.p/255'],
    [1, 17, 'tile/entries/001.p/17'],
    [1_000, 8, 'tile/entries/x001/000.p/8'],
    [1_234_067, 255, 'tile/entries/x001/x234/067.p/255'],
  ])('the path of entry bundle %i with %i entries contains its width: %s', (bundle, width, path) => {
    expect(entriesPath(bundle, width)).toBe(path);
  });

  test('the path of a full entry bundle has no width', () => {
    expect(entriesPath(3, 256)).toBe('tile/entries/003');
  });
});

describe('bundles of a log', () => {
  test.each([
    [0, []],
    [1, [[0, 1]]],
    [255, [[0, 255]]],
    [256, [[0, 256]]],
    [
      257,
      [
        [0, 256],
        [1, 1],
      ],
    ],
    [
      1_000,
      [
        [0, 256],
        [1, 256],
        [2, 256],
        [3, 232],
      ],
    ],
  ])('all bundles of a log with %i entries are full, except perhaps the last', (size, expected) => {
    expect([...bundlesOf(size)].map(({ bundle, width }) => [bundle, width])).toEqual(expected);
  });

  test('bundlesOf starts at the requested bundle and ends with the log', () => {
    expect([...bundlesOf(1_000, 2)]).toEqual([
      { bundle: 2, width: 256 },
      { bundle: 3, width: 232 },
    ]);
    expect([...bundlesOf(1_000, 4)]).toEqual([]);
    expect([...bundlesOf(256, 1)]).toEqual([]);
  });

  test('the bundles of a log of any size contain each entry once', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (size) => {
        const widths = [...bundlesOf(size)].map(({ width }) => width);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBe(size);
        expect(widths.slice(0, -1).every((width) => width === 256)).toBe(true);
      }),
    );
  });
});

describe('entry bundles', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 256 });

  test('unpackEntries returns the packed entries', () => {
    fc.assert(
      fc.property(entries, (given) => {
        expect(unpackEntries(packEntries(given)).map(hex)).toEqual(given.map(hex));
      }),
    );
  });

  test('an entry bundle has a big-endian length before each entry', () => {
    expect(hex(packEntries([Buffer.from('a'), new Uint8Array(), new Uint8Array(258)]))).toBe(
      `00016100000102${'00'.repeat(258)}`,
    );
  });

  test('an entry bundle without entries is empty, and one with an empty entry is not', () => {
    expect(packEntries([])).toHaveLength(0);
    expect(unpackEntries(new Uint8Array())).toEqual([]);
    expect(unpackEntries(packEntries([new Uint8Array()]))).toHaveLength(1);
  });

  test('packEntries accepts an entry of 65,535 bytes and rejects one of 65,536', () => {
    const longest = new Uint8Array(65_535).fill(7);
    expect(unpackEntries(packEntries([longest, longest])).map(({ length }) => length)).toEqual([
      65_535, 65_535,
    ]);
    expect(() => packEntries([new Uint8Array(65_536)])).toThrow(RangeError);
  });

  test('a truncated entry bundle is rejected at every length', () => {
    const packed = packEntries([Buffer.from('first'), Buffer.from('second')]);
    for (let length = 1; length < packed.length; length++) {
      if (length === 7) continue;
      expect(() => unpackEntries(packed.subarray(0, length)), `cut at ${length}`).toThrow(RangeError);
    }
    expect(unpackEntries(packed.subarray(0, 7))).toHaveLength(1);
    expect(() => unpackEntries(Buffer.concat([packed, Buffer.of(0)]))).toThrow(RangeError);
  });

  test('an entry bundle is rejected if it does not have the expected number of entries', () => {
    const packed = packEntries([Buffer.from('first'), new Uint8Array()]);
    expect(unpackEntries(packed, 2)).toHaveLength(2);
    for (const count of [0, 1, 3]) expect(() => unpackEntries(packed, count)).toThrow(RangeError);
  });

  test('an entry bundle is read from a part of a larger buffer', () => {
    const packed = packEntries([Buffer.from('first'), Buffer.from('second')]);
    const within = Buffer.concat([Buffer.alloc(3), packed, Buffer.alloc(5)]).subarray(3, 3 + packed.length);
    expect(unpackEntries(within).map((entry) => Buffer.from(entry).toString())).toEqual(['first', 'second']);
  });
});

describe('compatibility with another implementation', () => {
  const first = vectors.firstEntriesHex.map((entry) => Buffer.from(entry, 'hex'));

  test('paths of entry bundles equal those of another implementation', () => {
    const paths = vectors.logs.flatMap(({ dir, size, bundles }) =>
      bundles.map((path, index) => ({ dir, path, ours: [...bundlesOf(size)][index] })),
    );
    for (const { dir, path, ours } of paths) {
      expect(ours && entriesPath(ours.bundle, ours.width), `in ${dir}`).toBe(path);
    }
    expect(paths.length).toBeGreaterThan(10);
  });

  test.each(vectors.logs.map(({ dir, size }) => [dir, size] as const))(
    'the entry bundles of %s are read and packed again to the same bytes',
    (dir, size) => {
      let read = 0;
      for (const { bundle, width } of bundlesOf(size)) {
        const bytes = vector(dir, entriesPath(bundle, width));
        const entries = unpackEntries(bytes);
        expect(entries).toHaveLength(width);
        expect(hex(packEntries(entries)) === hex(bytes)).toBe(true);
        read += entries.length;
      }
      expect(read).toBe(size);
    },
  );

  test('the first entries of the vectors equal their input', () => {
    const entries = unpackEntries(vector('size-257', entriesPath(0)));
    expect(first.length).toBeGreaterThan(17);
    expect(entries.slice(0, first.length).map(hex)).toEqual(first.map(hex));
  });

  test('entries of 0, 65,535 and 1 bytes are packed as by another implementation', () => {
    const bytes = vector('edge-65535', entriesPath(0, 3));
    expect(unpackEntries(bytes).map(({ length }) => length)).toEqual([0, 65_535, 1]);
    expect(hex(packEntries(unpackEntries(bytes))) === hex(bytes)).toBe(true);
  });
});

describe('keys of tiles', () => {
  test.each(vectors.paths)(
    'the path of tile $index of width $width at level $level is $c2sp',
    ({ level, index, width, c2sp }) => {
      expect(level < 0 ? entriesPath(index, width) : tilePath({ level, index, width })).toBe(c2sp);
      expect(parsePath(c2sp)).toEqual(level < 0 ? { bundle: index, width } : { level, index, width });
    },
  );

  test('parsePath inverts tilePath and entriesPath', () => {
    const n = fc.nat(Number.MAX_SAFE_INTEGER);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 63 }),
        n,
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          expect(parsePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
          expect(parsePath(entriesPath(index, width))).toEqual({ bundle: index, width });
        },
      ),
    );
  });

  test.each([
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/x001/x000',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/entries',
    'tile/data/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'checkpoint',
  ])('parsePath rejects %s', (path) => {
    expect(parsePath(path)).toBeUndefined();
  });
});
