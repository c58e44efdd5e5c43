// Suites that need Java say so where they are skipped, and are a failure where CHANCERY_REQUIRE_JAVA=1 asks for them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const suites = [
  'test/adapters/dynamodb/costs.test.ts',
  'test/adapters/dynamodb/dynamodb-local.test.ts',
  'test/bin/server/on-aws.test.ts',
  'test/functions/bundles.test.ts',
];

/** Without the emulator's package that is what is said first. */
const why = /there is no Java: install a runtime|test\/emulator is not installed: run/g;

/** Runs these suites where no other program is found. */
function runWithoutJava(env: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> {
  const root = join(import.meta.dirname, '..');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--no-color', ...suites],
      { cwd: root, env: { PATH: '', ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), output: out + err }),
    );
  });
}

describe('where there is no Java', { timeout: 300_000 }, () => {
  test('its suites are skipped, each says why, and the others go on', async () => {
    const { code, output } = await runWithoutJava({});
    expect(output.match(why)).toHaveLength(suites.length);
    expect(output).toMatch(/Test Files\s+4 skipped/);
    expect(code).toBe(0);
  });

  test('and they are required, that is a failure of each', async () => {
    const { code, output } = await runWithoutJava({ CHANCERY_REQUIRE_JAVA: '1' });
    expect(output).toContain('DynamoDB Local is required by CHANCERY_REQUIRE_JAVA, but');
    expect(output).toMatch(why);
    expect(output).toMatch(/Test Files\s+4 failed/);
    expect(code).toBe(1);
  });
});
