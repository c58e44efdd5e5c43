// The variables of the environment: one table that is complete, checked at start, and printed in the documentation.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settingsIn, SettingsError, variables } from '../../functions/settings.ts';
import { placesIn } from '../../functions/stores.ts';
import { graceIn } from '../../functions/grace.ts';

const names = Object.keys(variables);
const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    settingsIn(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
};

describe('a variable', () => {
  test('that is set but empty counts as unset', () => {
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(settingsIn(empty)).toEqual(settingsIn({}));
    expect(settingsIn(empty).CHANCERY_HOME).toBe('.chancery');
    expect(placesIn(empty)).toEqual(placesIn({}));
    expect(graceIn(empty)).toBe(86_400_000);
  });

  test('keeps its value as it is', () => {
    const given = { CHANCERY_HOME: ' archive ', PORT: '0', CHANCERY_SUBJECT: 'editor:priya' };
    expect(settingsIn(given)).toMatchObject(given);
  });

  test.each([
    ['PORT', ['x', '-1', '65536', '1.5', '0x10', ' 80']],
    ['HOST', ['0.0.0.0', '::', 'archive.example', 'localhost:3000']],
    ['CHANCERY_URL', ['localhost:3000', 'ftp://archive.example', 'http://']],
    ['CHANCERY_STORE', ['AWS', 'dynamodb']],
    ['CHANCERY_SUBJECT', ['x'.repeat(601), '\ud800']],
    ['CHANCERY_ORIGIN', ['https://archive.example', 'a b', 'a+b']],
    ['CHANCERY_WITNESSES', ['nobody']],
    ['CHANCERY_GRACE_HOURS', ['a day', '-1', '8761']],
    ['CHANCERY_KMS_KEYS', ['a,', ',a', 'a, b']],
    ['CHANCERY_EVENTS_TABLE', ['a', 'a b']],
    ['CHANCERY_LOG_BUCKET', ['Log', 'a', '-log']],
    ['CHANCERY_SWEEP_READ_UNITS', ['many', '0']],
  ])('%s is refused with its name and value if it cannot be used', (name, values) => {
    for (const value of values) {
      const [fault = '', ...others] = faultsOf({ [name]: value });
      expect(others).toEqual([]);
      expect(fault).toContain(`${name} `);
      expect(fault).toContain(JSON.stringify(value.slice(0, 200)));
    }
  });

  test('that is wrong does not hide another one', () => {
    expect(faultsOf({ PORT: 'x', CHANCERY_STORE: 'y', CHANCERY_GRACE_HOURS: 'z' })).toHaveLength(3);
  });
});

describe('the table of variables', () => {
  test('has every variable that a source file names', () => {
    const files = globSync('{adapters,bin,functions,infra}/**/*.ts', {
      exclude: ['**/node_modules/**', '**/cdk.out/**'],
    });
    expect(files.length).toBeGreaterThan(100);
    const named = files.flatMap(
      (file) => readFileSync(file, 'utf8').match(/\bCHANCERY_[A-Z_]*[A-Z]\b/g) ?? [],
    );
    expect([...new Set(named)].filter((name) => !names.includes(name))).toEqual([]);
  });

  test('is that of the documentation', () => {
    const page = readFileSync('docs/operating.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm)].map(
      ([, name, value, about]) => [name, value, about],
    );
    const expected = Object.entries<{ default?: string; about: string }>(variables).map(
      ([name, variable]) => [
        name,
        variable.default === undefined ? '–' : `\`${variable.default}\``,
        variable.about,
      ],
    );
    expect(rows).toEqual(expected);
  });
});
