// A large file of records is sent in several calls. Each call is within the limits, and "@key" works across calls.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesIn, partsOf, TooMuch, type Part } from '../../../../bin/cli/commands/record-parts.ts';
import type { Line } from '../../../../functions/api/support/record-line.ts';

const LIMITS = { records: 5, bytes: 10_000 };
const actor = (key: string, id?: string): Line => ({
  kind: 'actor',
  key,
  body: { kind: 'person', name: key, ...(id === undefined ? {} : { id }) },
});
const about = (key: string, ...names: string[]): Line => ({ kind: 'statement', key, body: { about: names } });
const change = (key: string, of: string): Line => ({ kind: 'retraction', key, of, body: { reason: 'x' } });

const shown = (parts: readonly Part[]) => parts.map(({ sent, own }) => [sent, [...own]]);

test('a file that fits into one call has one part', () => {
  const records = [actor('a'), actor('b'), about('c', '@a')];
  for (const isDryRun of [false, true])
    expect(shown(partsOf(records, LIMITS, isDryRun))).toEqual([
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
    ]);
});

test('each part has as many records as a call accepts, in the order of the file', () => {
  const records = Array.from({ length: 12 }, (_, index) => actor(`a${index}`));
  expect(partsOf(records, LIMITS, false).map(({ sent }) => sent)).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
    [10, 11],
  ]);
});

test('each part has at most as many bytes as a call accepts', () => {
  const records = Array.from({ length: 4 }, (_, index) => actor(`${index}`.padStart(1_400, 'é')));
  expect(partsOf(records, LIMITS, false).map(({ sent }) => sent)).toEqual([[0], [1], [2], [3]]);
  expect(() => partsOf([actor('a'), actor('b'.repeat(6_000))], LIMITS, false)).toThrow(
    'has at most 10000: shorten it',
  );
});

test('in a dry run, a part includes the records that its own ones depend on by key, id or change', () => {
  const records = [
    actor('a', 'actor-a'),
    actor('b'),
    about('c', '@b'),
    change('d', '@c'),
    actor('e'),
    // The sixth line begins the second call.
    about('f', 'actor-a'),
    about('g', '@c'),
  ];
  expect(shown(partsOf(records, LIMITS, true))).toEqual([
    [
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ],
    [[0, 5], [5]],
    [[1, 2, 3, 6], [6]],
  ]);
  expect(partsOf(records, LIMITS, false)).toHaveLength(2);
});

test('in a dry run, a part with a merge includes all earlier merges, because they share one stream', () => {
  const merge = (key: string, of: string, into: string): Line => ({
    kind: 'merge',
    key,
    of,
    body: { into, reason: 'x' },
  });
  const records = [
    merge('m', 'actor-a', 'actor-b'),
    ...['c', 'd', 'e', 'f'].map((key) => actor(key)),
    merge('n', 'actor-x', 'actor-y'),
  ];
  expect(shown(partsOf(records, LIMITS, true))[1]).toEqual([[0, 5], [5]]);
});

test('a dry run of a line that depends on more lines than a call accepts is refused', () => {
  const records = [actor('a'), ...Array.from({ length: 6 }, (_, index) => change(`c${index}`, '@a'))];
  expect(partsOf(records, LIMITS, false)).toHaveLength(2);
  expect(() => partsOf(records, LIMITS, true)).toThrow(TooMuch);
  expect(() => partsOf(records, LIMITS, true)).toThrow('depends on 5 earlier lines');
});

test('each record is the own record of one part, which includes every record that it names before it', () => {
  const file = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 40 }).map((pairs) =>
    pairs.map(([a, b], index) => {
      const names = [a, b].filter((each) => each < index && each % 3 === 0).map((each) => `@k${each}`);
      return about(`k${index}`, ...names);
    }),
  );
  fc.assert(
    fc.property(file, fc.integer({ min: 20, max: 25 }), (records, most) => {
      const parts = partsOf(records, { records: most, bytes: 100_000 }, true);
      expect(parts.flatMap(({ own }) => [...own])).toEqual([...records.keys()]);
      for (const { sent } of parts) {
        expect(sent.length).toBeLessThanOrEqual(most);
        const keys = new Set<string>();
        for (const index of sent) {
          const record = records[index];
          if (record === undefined) throw new Error(`there is no record ${index}`);
          for (const name of namesIn(record)) expect(keys).toContain(name);
          keys.add(`@${record.key}`);
        }
      }
    }),
  );
});
