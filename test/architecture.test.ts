// Checks the architecture: imports run in one direction, events and domain are pure, and no file is a barrel.
// Each check is also tried on planted violations, because a check that cannot fail proves nothing.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cyclesIn, doubleNames, violations } from './support/house-rules.ts';
import { importsOf, tokensOf } from './support/tokens.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['events', 'domain', 'adapters', 'functions', 'bin', 'infra', 'tools', 'bench', 'test'];

const filesOf = (folder: string): string[] =>
  globSync(`${folder}/**/*.ts`, { cwd: ROOT, exclude: ['**/node_modules/**', 'infra/cdk.out/**'] }).map(
    (path) => path.replaceAll('\\', '/'),
  );

describe('every source file keeps the rules of the architecture', () => {
  test.each(FOLDERS)('every file in %s keeps the rules of the architecture', (folder) => {
    const found = filesOf(folder).flatMap((path) =>
      violations(path, readFileSync(join(ROOT, path), 'utf8')).map((what) => `${path} ${what}`),
    );
    expect(found).toEqual([]);
  });

  test.each(['events', 'domain', 'adapters', 'functions', 'bin'])('%s has files to check', (folder) => {
    expect(filesOf(folder).length).toBeGreaterThan(2);
  });

  test('the check finds all imports of a known file', () => {
    const source = readFileSync(join(ROOT, 'domain/recording/handle-command.ts'), 'utf8');
    const imports = importsOf(tokensOf(source));
    expect(imports.map(({ from }) => from)).toEqual(
      Array.from(source.matchAll(/^(?:import|\}) .*from '(.*)';$/gm), ([, from]) => from),
    );
    expect(imports.find(({ from }) => from === '../ports.ts')?.names).toContain('TooLarge');
  });
});

describe('the layout', () => {
  const SOURCES = FOLDERS.filter((folder) => folder !== 'test');
  const sources = SOURCES.flatMap(filesOf);

  test('no files import each other in a cycle', () => {
    const texts = new Map(
      FOLDERS.flatMap(filesOf).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
    );
    expect(texts.size).toBeGreaterThan(400);
    expect(cyclesIn(texts)).toEqual([]);
  });

  test('the check finds a cycle of imports', () => {
    const planted = new Map([
      ['domain/a.ts', "import { b } from './b.ts';"],
      ['domain/b.ts', "import type { C } from './c/c.ts';"],
      ['domain/c/c.ts', "import { b } from '../b.ts';\nimport { d } from '../d.ts';"],
      ['domain/d.ts', ''],
    ]);
    expect(cyclesIn(planted)).toEqual(['domain/b.ts -> domain/c/c.ts']);
  });

  // The Lambda entry points functions/sequencer.ts and functions/projector.ts are named by the stack.
  test('no two files have the same name', () => {
    expect(doubleNames(sources.filter((path) => path !== 'functions/sequencer.ts'))).toEqual([]);
    expect(doubleNames(['domain/a.ts', 'bin/a.ts', 'adapters/s3/b.ts', 'domain/b.ts'])).toEqual([
      'domain/a.ts and bin/a.ts',
    ]);
  });

  test('no folder has more files than fit on a screen', () => {
    const folders = Map.groupBy(sources, (path) => path.slice(0, path.lastIndexOf('/')));
    const long = Array.from(folders, ([folder, files]) => `${folder}: ${files.length}`).filter(
      (_, index) => (Array.from(folders.values())[index]?.length ?? 0) > 21,
    );
    expect(long).toEqual([]);
  });
});

const planted = (path: string, code: string) => violations(path, `// What it is for.\n${code}\n`);

describe('imports in the wrong direction', () => {
  test.each([
    [
      'events/a.ts',
      "import { fold } from '../domain/recording/aggregate.ts';",
      'domain/recording/aggregate.ts',
    ],
    ['events/log/a.ts', "import type { Commit } from '../../domain/ports.ts';", 'domain/ports.ts'],
    ['domain/a.ts', "import '../adapters/node/ids.ts';", 'adapters/node/ids.ts'],
    ['domain/views/a.ts', "export { b } from '../../functions/api/b.ts'; const c = 1;", 'functions/api/b.ts'],
    ['domain/a.ts', "const b = await import('../bin/b.ts');", 'bin/b.ts'],
    ['domain/a.ts', "let b: typeof import('../functions/b.ts');", 'functions/b.ts'],
    [
      'adapters/s3/a.ts',
      "import {\n  one,\n  two as three,\n} from '../../functions/b.ts';",
      'functions/b.ts',
    ],
    ['functions/a.ts', "import * as b from '../bin/b.ts';", 'bin/b.ts'],
    ['functions/a.ts', "export * from '../infra/stack.ts'; const b = 1;", 'infra/stack.ts'],
    ['bin/a.ts', "import b from '../test/support/b.ts';", 'test/support/b.ts'],
    ['bin/a.ts', "import { b } from '../infra/stack.ts';", 'infra/stack.ts'],
    ['infra/a.ts', "import { table } from '../domain/ports.ts';", 'domain/ports.ts'],
    ['tools/a.ts', "import { b } from '../test/support/b.ts';", 'test/support/b.ts'],
  ])('the check finds a forbidden import in %s: %s', (path, code, target) => {
    expect(planted(path, code)).toEqual([`${path.split('/')[0]} must not import ${target}`]);
  });

  test.each([
    ['bin/a.ts', "import { b } from '../functions/b.ts';"],
    ['functions/a.ts', "import { b } from '../adapters/b.ts';"],
    ['infra/a.ts', "import { b } from './b.ts'; import { c } from 'aws-cdk-lib';"],
    ['infra/a.ts', "const entry = new URL('../functions/api.ts', import.meta.url);"],
    ['tools/a.ts', "import { b } from './b/c.ts';"],
    ['bench/a.ts', "import { b } from '../bin/b.ts';"],
    ['test/a.test.ts', "import { b } from '../infra/b.ts';"],
    ['domain/a.ts', "// import { b } from '../bin/b.ts';"],
    ['domain/a.ts', "const text = `import { b } from '../bin/b.ts'`;"],
  ])('the check allows an import in %s: %s', (path, code) => {
    expect(planted(path, code)).toEqual([]);
  });
});

describe('impure code in events and domain', () => {
  test.each([
    ["import { readFile } from 'node:fs/promises';", 'must not import node:fs/promises'],
    ["import { hash } from 'node:crypto';", 'must not import node:crypto'],
    ["import fs from 'fs';", 'must not import fs'],
    [
      "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';",
      'must not import @aws-sdk/client-dynamodb',
    ],
    ["import { App } from 'aws-cdk-lib';", 'must not import aws-cdk-lib'],
    ['const now = Date.now();', 'must not use Date.now'],
    ['const clock = Date\n  .now;', 'must not use Date.now'],
    ['const now = new Date();', 'must not use new Date() of the present'],
    ['const now = new Date;', 'must not use new Date() of the present'],
    ['const now = Date();', 'must not use Date() of the present'],
    ['const chance = Math.random();', 'must not use Math.random'],
    ['const home = process.env.HOME;', 'must not use process'],
    ['const { env } = process; const quote = /[\'"]/;', 'must not use process'],
    ["const text = `${`${performance.now()}`} o'clock`;", 'must not use performance'],
    ['const quotes = /[\'"`]/.test(text) || crypto.randomUUID();', 'must not use crypto'],
    ['const half = a / 2; setTimeout(f, 10 / half);', 'must not use setTimeout'],
    ['setInterval(f, 1);', 'must not use setInterval'],
    ['globalThis.x = 1;', 'must not use globalThis'],
  ])('the check finds impure code: %s', (code, what) => {
    expect(planted('domain/a.ts', code)).toEqual([what]);
    expect(planted('events/a.ts', code)).toEqual([what]);
    expect(planted('events/log/a.ts', code)).toEqual(what.includes('node:crypto') ? [] : [what]);
    expect(planted('adapters/a.ts', code)).toEqual([]);
  });

  test.each([
    ["import { randomBytes, verify } from 'node:crypto';", 'randomBytes'],
    ["import * as all from 'node:crypto';", '*'],
    ["import crypto1 from 'node:crypto';", 'default'],
    ["import { type KeyObject, randomUUID as verify } from 'node:crypto';", 'randomUUID'],
  ])('the check finds a function of node:crypto that proofs do not need: %s', (code, name) => {
    expect(planted('events/log/a.ts', code)).toEqual([`must not use ${name} of node:crypto`]);
  });

  test.each([
    'const at = new Date(clock()).toISOString();',
    "const why = 'Date.now() and process.env are for others';",
    '// Math.random() is for others.',
    'const row = { process: 1, crypto: 2 }; row.process = job.performance;',
    'const pattern = /Date.now() process/;',
    'const url = `a ${b} process.env`;',
  ])('the check accepts pure code: %s', (code) => {
    expect(planted('domain/a.ts', code)).toEqual([]);
  });
});

describe('the form of a file', () => {
  test.each([
    "export * from './a.ts';",
    "export { a } from './a.ts';\nexport type { B } from './b.ts';",
    "import { a } from './a.ts';\nimport { b } from './b.ts';\nexport { a, b };",
  ])('the check finds a barrel: %s', (code) => {
    expect(planted('bin/a.ts', code)).toEqual(['only re-exports other files']);
  });

  test.each([
    "import './a.ts';",
    "export { a } from './a.ts';\nexport const b = 1;",
    'const a = 1;\nexport { a };',
    "import { a } from './a.ts';\nexport const all = [a];",
  ])('the check does not take this for a barrel: %s', (code) => {
    expect(planted('bin/a.ts', code)).toEqual([]);
  });

  test.each(['export const a = 1;\n', '\n// Late.\nexport const a = 1;\n', '//\nexport const a = 1;\n'])(
    'the check finds a file without an opening comment: %j',
    (source) => {
      expect(violations('bin/a.ts', source)).toEqual([
        'does not open with a comment that states its purpose',
      ]);
    },
  );

  test('a program may begin with a line that starts it', () => {
    expect(violations('bin/a.ts', '#!/usr/bin/env node\n// Starts.\nstart();\n')).toEqual([]);
  });
});
