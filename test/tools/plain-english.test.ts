// The language check reports planted faults with their lines and passes plain English.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, isChecked } from '../../tools/plain-english/check.ts';

const LONG = `It ${Array.from({ length: 30 }, () => 'word').join(' ')}.`;
const lines = (path: string, source: string) => check(path, source).map(({ line }) => line);
const messages = (path: string, source: string) =>
  check(path, source).map(({ line, message }) => `${line}: ${message}`);

describe('phrases', () => {
  test.each([
    'Whoever reads is told.',
    'Rows that nobody reads.',
    'He publishes the head.',
    'Returns rows, or none.',
    'It reads so many rows.',
    'Readers see no more of it.',
    'It takes no more than two.',
    'The run is gone on with.',
    'Readers come to the end.',
    'Rows, of which two are live.',
    'The write is taken back.',
    'The rebuild is called off.',
    'Whatever the rows are.',
    'It is undefined where no row exists.',
    'Where no row exists, it returns undefined.',
    'What an earlier run decided on.',
  ])('the check rejects the comment "%s"', (text) => {
    expect(lines('domain/a.ts', `const a = 1;\n// ${text}\nconst b = 2;`)).toEqual([2]);
    expect(lines('docs/a.md', `# A\n\n${text}\n`)).toEqual([3]);
  });

  test.each([
    'Returns the place where the key of a row is built.',
    'Throws if the writer is not the only one.',
    'What is a stream?',
    'The word `none` is a value, and so is “nobody”.',
    "It matches '[T]he' and [T]he.",
    'See https://example.org/whoever for more.',
    'A reader resumes at the cursor.',
  ])('the check accepts the comment "%s"', (text) => {
    expect(messages('domain/a.ts', `// ${text}\n`)).toEqual([]);
  });

  test('a phrase that spans two lines of a comment is reported at the line on which it begins', () => {
    expect(messages('domain/a.ts', '\n// It is read so\n// many times.\n')).toEqual([
      '2: "so many": give the number, or say "this many"',
    ]);
  });

  test('docstrings, trailing comments, block comments and template strings are checked', () => {
    const source = [
      '/**',
      ' * Reads.',
      ' * Whoever writes waits.',
      ' */',
      'const a = 1; // nobody',
      '/* somebody */',
      'const b = `the row ${a} is ${`nobody`} that nobody reads`;',
      'const c = /`nobody reads this here/;',
      "const d = 'nobody';",
    ].join('\n');
    expect(lines('domain/a.ts', source)).toEqual([3, 5, 6, 7]);
  });

  test('a list of words is not a message', () => {
    expect(messages('domain/a.ts', 'const a = words(`he she it they`);')).toEqual([]);
  });

  test('names of tests are checked, but other strings of tests are data', () => {
    const source = [
      "test('nobody reads the row', () => {",
      "  say('nobody reads the row');",
      '});',
      "test.each([['nobody reads the row']])('nobody reads the row %s', f);",
    ].join('\n');
    expect(lines('test/a.test.ts', source)).toEqual([1, 4]);
    expect(lines('domain/a.ts', source)).toEqual([1, 2, 4, 4]);
  });
});

describe('names', () => {
  test('a name from the table is reported at its first use, with its replacement', () => {
    expect(messages('domain/a.ts', '\nconst MOST_ROWS = 3;\nuse(MOST_ROWS, almostAll);')).toEqual([
      '2: name "MOST_ROWS": rename it to MAX_…',
    ]);
  });
});

describe('lengths', () => {
  test('a sentence with more than 30 words is reported in comments, messages and docs', () => {
    const report = '"It word word word …" has 31 words: split it, 30 at most';
    expect(messages('domain/a.ts', `// ${LONG}`)).toEqual([`1: ${report}`]);
    expect(messages('domain/a.ts', `const a = '${LONG}';`)).toEqual([`1: ${report}`]);
    expect(messages('docs/a.md', `A row.\n${LONG}`)).toEqual([`2: ${report}`]);
  });

  test('a sentence ends before the next sentence, list item, paragraph or tag', () => {
    const half = `It ${Array.from({ length: 20 }, () => 'word').join(' ')}`;
    expect(messages('docs/a.md', `${half}. ${half}\n\n${half}\n- ${half}\n- ${half}`)).toEqual([]);
    expect(messages('domain/a.ts', `/**\n * Is ${half}\n * @throws ${half}\n */`)).toEqual([]);
  });

  test('a comment has at most two lines, and a docstring any number', () => {
    expect(messages('domain/a.ts', '// A.\n// B.\nconst a = 1; // C.\n// D.\n// E.')).toEqual([]);
    expect(messages('domain/a.ts', '/**\n * A.\n * B.\n * C.\n */')).toEqual([]);
    expect(messages('domain/a.ts', '\n// A.\n// B.\n// C.')).toEqual([
      '2: comment of 3 lines: 2 at most, the rest to docs/decisions/',
    ]);
  });

  test('the docstring of a function begins with a verb in the third person', () => {
    expect(messages('domain/a.ts', '/** Reads a row. */\nexport async function a() {}')).toEqual([]);
    expect(messages('domain/a.ts', '/** The row. */\nconst a = 1;')).toEqual([]);
    expect(messages('domain/a.ts', '/** The row. */\nexport async function a() {}')).toEqual([
      '1: docstring begins "The": begin with a verb (Reads, Returns, Throws …)',
    ]);
  });
});

describe('exclusions', () => {
  test('code blocks, quoted blocks, code spans, addresses and long cells of Markdown are skipped', () => {
    const source = [
      '```sh',
      'nobody',
      '```',
      '> nobody',
      '`nobody` and [a row](whoever.md) and "so many"',
      `| ${LONG} |`,
    ].join('\n');
    expect(messages('docs/a.md', source)).toEqual([]);
    expect(lines('docs/a.md', `${source}\n| nobody | [nobody](a.md) |`)).toEqual([7, 7]);
  });

  test('only the unreleased section of the changelog is checked', () => {
    const source = '# Changelog\n\n## Unreleased\n\n- Nobody.\n\n## 0.1.0\n\n- Nobody.\n';
    expect(lines('CHANGELOG.md', source)).toEqual([5]);
    expect(lines('docs/a.md', source)).toEqual([5, 9]);
  });

  test('directives of tools are not part of a comment', () => {
    expect(
      messages('domain/a.ts', '// A.\n// B.\n// oxlint-disable-next-line no-new\n// @ts-ignore'),
    ).toEqual([]);
  });

  test('data, licences and code of others are not checked', () => {
    const paths = ['LICENSE', 'test/cases/a.ts', 'test/golden/README.md', 'bench/peers/a.ts', 'package.json'];
    expect([...paths, 'README.md', 'bench/a.ts', 'bin/a.cjs'].filter(isChecked)).toEqual([
      'README.md',
      'bench/a.ts',
      'bin/a.cjs',
    ]);
  });
});

describe('the command', () => {
  const command = join(import.meta.dirname, '../../tools/plain-english.ts');
  const run = (cwd: string, ...paths: string[]) =>
    spawnSync(process.execPath, [command, ...paths], { cwd, encoding: 'utf8' });

  test('it prints file and line of each finding below its arguments and exits with 1', () => {
    const root = mkdtempSync(join(tmpdir(), 'plain-english-'));
    try {
      execFileSync('git', ['init', '-q', root]);
      writeFileSync(join(root, 'a.md'), 'A row.\n\nNobody reads it.\n');
      writeFileSync(join(root, 'b.ts'), '// A row.\n');
      expect(run(root)).toMatchObject({
        status: 1,
        stdout: 'a.md:3: "Nobody": name the actor: reader, writer, client, operator, projector, runner …\n',
        stderr: 'Findings: 1. The words and limits are in tools/plain-english/words-to-avoid.ts.\n',
      });
      expect(run(root, 'b.ts')).toMatchObject({ status: 0, stdout: '', stderr: '' });
      expect(run(root, 'c')).toMatchObject({
        status: 2,
        stderr: 'No TypeScript or Markdown file to check in c. Give paths of this repository.\n',
      });
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
