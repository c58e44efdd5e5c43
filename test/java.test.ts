// Suites that need Java state that if they are skipped, and fail if CHANCERY_REQUIRE_JAVA=1 requires them.
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

describe('without Java', { timeout: 300_000 }, () => {
  test('without Java, the suites that need it are skipped with the reason, and the others run', async () => {
    const { code, output } = await runWithoutJava({});
    expect(output.match(why)).toHaveLength(suites.length);
    expect(output).toMatch(/Test Files\s+4 skipped/);
    expect(code).toBe(0);
  });

  test('without Java, each suite that needs it fails if CHANCERY_REQUIRE_JAVA=1 requires it', async () => {
    const { code, output } = await runWithoutJava({ CHANCERY_REQUIRE_JAVA: '1' });
    expect(output).toContain('DynamoDB Local is required by CHANCERY_REQUIRE_JAVA, but');
    expect(output).toMatch(why);
    expect(output).toMatch(/Test Files\s+4 failed/);
    expect(code).toBe(1);
  });
});
