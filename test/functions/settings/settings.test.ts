// The variables of the environment: one complete table, checked at start, and printed in the documentation.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settingsIn, SettingsError, variables } from '../../../functions/settings/settings.ts';
import { storeNamesIn } from '../../../functions/runtime/open-stores.ts';
import { rollbackRetentionIn } from '../../../functions/settings/retention.ts';
import { scheduleIn } from '../../../functions/settings/rebuild-schedule.ts';
import { tagsIn } from '../../../functions/settings/setting-values.ts';

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

describe('variables', () => {
  test('a variable that is set but empty counts as unset', () => {
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(settingsIn(empty)).toEqual(settingsIn({}));
    expect(settingsIn(empty).CHANCERY_HOME).toBe('.chancery');
    expect(storeNamesIn(empty)).toEqual(storeNamesIn({}));
    expect(rollbackRetentionIn(empty)).toBe(86_400_000);
  });

  test('a variable keeps its value unchanged', () => {
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
    ['CHANCERY_REBUILD_SCHEDULE', ['monthly', '0', '8761', '1.5', '-1', 'Weekly']],
    ['CHANCERY_REBUILD_ALWAYS_WRITES', ['true', '1']],
    ['CHANCERY_READ_MODELS_TABLE', ['a', 'a b']],
    ['CHANCERY_ROWS_PREFIX', ['a', 'rows 1', 'rows-1', 'r'.repeat(241)]],
    ['CHANCERY_ROWS_TAGS', ['archive', '=a', 'a=b,', 'a=b,,c=d', 'a=b;c']],
    ['CHANCERY_ALARM_THROTTLES', ['0', '1.5', 'many']],
    ['CHANCERY_ALARM_SECONDS', ['30', '90', '7200']],
    ['CHANCERY_KMS_KEYS', ['a,', ',a', 'a, b']],
    ['CHANCERY_EVENTS_TABLE', ['a', 'a b']],
    ['CHANCERY_LOG_BUCKET', ['Log', 'a', '-log']],
    ['CHANCERY_SWEEP_READ_UNITS', ['many', '0']],
  ])('%s with an unusable value is refused with its name and value', (name, values) => {
    for (const value of values) {
      const [fault = '', ...others] = faultsOf({ [name]: value });
      expect(others).toEqual([]);
      expect(fault).toContain(`${name} `);
      expect(fault).toContain(JSON.stringify(value.slice(0, 200)));
    }
  });

  test('an invalid variable does not hide another one', () => {
    expect(faultsOf({ PORT: 'x', CHANCERY_STORE: 'y', CHANCERY_GRACE_HOURS: 'z' })).toHaveLength(3);
  });
});

test.each([
  [undefined, 168],
  ['weekly', 168],
  ['daily', 24],
  ['1', 1],
  ['8760', 8_760],
] as const)('a schedule of %s begins a rebuild every %d hours', (text, hours) => {
  expect(scheduleIn({ CHANCERY_REBUILD_SCHEDULE: text }).everyMs).toBe(hours * 3_600_000);
});

test('no rebuild is scheduled if the schedule is off', () => {
  expect(scheduleIn({ CHANCERY_REBUILD_SCHEDULE: 'off' })).toEqual({ alwaysWrites: false });
});

test('a scheduled rebuild always writes a generation only if that is set', () => {
  expect(scheduleIn({}).alwaysWrites).toBe(false);
  expect(scheduleIn({ CHANCERY_REBUILD_ALWAYS_WRITES: 'yes' }).alwaysWrites).toBe(true);
});

test('tags are parsed into names and values', () => {
  expect(tagsIn('application=chancery,owner=desk@example.org: a = b')).toEqual({
    application: 'chancery',
    owner: 'desk@example.org: a = b',
  });
});

describe('the table of variables', () => {
  test('the table has every variable that a source file names', () => {
    const files = globSync('{adapters,bin,functions,infra}/**/*.ts', {
      exclude: ['**/node_modules/**', '**/cdk.out/**'],
    });
    expect(files.length).toBeGreaterThan(100);
    const named = files.flatMap(
      (file) => readFileSync(file, 'utf8').match(/\bCHANCERY_[A-Z_]*[A-Z]\b/g) ?? [],
    );
    expect([...new Set(named)].filter((name) => !names.includes(name))).toEqual([]);
  });

  test('the table in the documentation equals that of the code', () => {
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
