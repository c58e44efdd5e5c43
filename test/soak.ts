// `npm run soak`: runs every suite that has properties with one seed after another, prints each seed, and stops at the
// first that fails. `-- --seeds 50` takes fifty instead of ten; `-- --seed 7` takes that one.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } });

/** Reads a whole number from this option. @throws RangeError with the value if it is not one. */
function wholeNumber(option: 'seeds' | 'seed', least: number): number | undefined {
  const given = values[option];
  if (given === undefined) return undefined;
  const number = Number(given);
  if (!Number.isSafeInteger(number) || number < least)
    throw new RangeError(`--${option} ${given}: give a whole number from ${least}`);
  return number;
}

const one = wholeNumber('seed', 0);
const seeds =
  one === undefined ? Array.from({ length: wholeNumber('seeds', 1) ?? 10 }, () => randomInt(2 ** 31)) : [one];
const suites = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"))
  .toSorted();

console.log(`${suites.length} suites, ${seeds.length} seeds`);
for (const [index, seed] of seeds.entries()) {
  console.log(`seed ${seed}, ${index + 1} of ${seeds.length}`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--silent=true', ...suites], {
    cwd: root,
    env: { ...process.env, CHANCERY_TEST_SEED: String(seed) },
    stdio: 'inherit',
  });
  if (status === 0) continue;
  console.error(`seed ${seed} fails; run it again with: npm run soak -- --seed ${seed}`);
  process.exit(1);
}
console.log(`all suites pass with all ${seeds.length} seeds`);
