// No property test fails by chance: each takes the seed that test/support/fixed-seed.ts sets.
import { readConfigureGlobal } from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const suites = globSync('test/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes("from 'fast-check'"),
);

test('a property test takes its seed from the environment, or one that is always the same', () => {
  expect(readConfigureGlobal().seed).toBe(Number(process.env['CHANCERY_TEST_SEED'] ?? 1));
});

test('no suite sets a seed of its own, so a soak gives each of them another', () => {
  expect(suites.length).toBeGreaterThan(20);
  const own = suites.filter((file) => /\bseed: -?\d+, numRuns\b/.test(readFileSync(file, 'utf8')));
  expect(own).toEqual([]);
});
