// Edge cases of the command: empty or wrong settings, files that are missing or of another kind, standard input, an
// output that is closed or full.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../support/servers/archive-process.ts';
import { openSampleArchive, sample, type SampleArchive } from '../../support/archives/sample-archive.ts';

let archive: SampleArchive;
let folder: string;
beforeAll(async () => {
  archive = await openSampleArchive();
  folder = await mkdtemp(join(tmpdir(), 'chancery-edges-'));
});
afterAll(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

const chancery = join(import.meta.dirname, '../../../bin/chancery.ts');
const oneLine = (err: string): void => expect(err).toMatch(/^[^\n]+\n$/);
const speaking = (args: string[], input?: string | Uint8Array) =>
  run('chancery.ts', args, { CHANCERY_URL: archive.url }, input === undefined ? {} : { input });

test.each(['localhost:3000', 'file:///etc', ''])(
  '--url %j is refused because it is not an HTTP address',
  async (url) => {
    const { code, err } = await run('chancery.ts', ['--url', url, 'timeline'], {});
    expect([code, err]).toEqual([
      2,
      `--url must be an http:// or https:// address, and is ${JSON.stringify(url)}\n`,
    ]);
  },
);

test('an empty setting counts as unset, so no archive is created in the current folder itself', async () => {
  const cwd = join(folder, 'empty-home');
  await mkdir(cwd);
  const env = { CHANCERY_HOME: '', CHANCERY_SUBJECT: '', CHANCERY_GRACE_HOURS: '', HOST: '', PORT: '0' };
  const child = spawn(process.execPath, [chancery, 'serve'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(output.toString()).toContain(`Chancery serves ${join(cwd, '.chancery')} at http://127.0.0.1:`);
  expect(await readdir(cwd)).toEqual(['.chancery']);
});

test('wrong settings stop each command before it does anything, and the error names them all', async () => {
  const home = join(folder, 'not-made');
  const env = {
    CHANCERY_HOME: home,
    PORT: 'http',
    CHANCERY_GRACE_HOURS: 'two',
    CHANCERY_SUBJECT: 'x'.repeat(601),
  };
  for (const command of [['serve'], ['timeline'], ['new-key']]) {
    const { code, out, err } = await run('chancery.ts', command, env);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'CHANCERY_SUBJECT',
      'CHANCERY_GRACE_HOURS',
      '',
    ]);
  }
  expect(existsSync(home)).toBe(false);
  expect((await run('chancery.ts', ['--help'], env)).code).toBe(0);
});

test.each([
  [
    ['archive', 'absent.txt', '--title', 'A', '--publisher', 'B'],
    'the file or folder absent.txt does not exist',
  ],
  [['record', 'absent.ndjson'], 'the file or folder absent.ndjson does not exist'],
  [['verify', 'absent'], 'absent is neither a folder nor a URL'],
  [['archive', tmpdir(), '--title', 'A', '--publisher', 'B'], `${tmpdir()} is a folder: name a file in it`],
])('%j names the file that is missing or is a folder, in one line', async (args, text) => {
  const { code, out, err } = await speaking(args);
  expect([code, out, err]).toEqual([2, '', `${text}\n`]);
});

test('a file in place of the archive folder is named in the error, and is not changed', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'mine');
  const { code, err } = await run('chancery.ts', ['serve'], { CHANCERY_HOME: path, PORT: '0' });
  expect([code, err]).toEqual([2, expect.stringContaining(`${path} is a file where a folder is needed`)]);
  oneLine(err);
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test.runIf(process.platform === 'linux')(
  'an archive folder that cannot be created is named in the error',
  async () => {
    const env = { CHANCERY_HOME: '/proc/chancery', PORT: '0' };
    const { code, err } = await run('chancery.ts', ['serve'], env);
    expect([code, err]).toEqual([
      2,
      'the folder /proc/chancery cannot be created: its parent folder does not exist or is not writable\n',
    ]);
  },
);

test('an archive.db that is not a database is named in the error, and is not changed', async () => {
  const home = join(folder, 'odd-home');
  await mkdir(home);
  await writeFile(join(home, 'archive.db'), 'This is not a database. '.repeat(200));
  const { code, err } = await run('chancery.ts', ['serve'], { CHANCERY_HOME: home, PORT: '0' });
  expect([code, err]).toEqual([
    2,
    `${join(home, 'archive.db')} cannot be used: it is not a SQLite database: move it away, or restore it from a backup\n`,
  ]);
});

test.each([
  ['page.html', '<!DOCTYPE html>\n<html><body><p>Talks.</p></body></html>', 'is an HTML page'],
  ['page.txt', '\ufeff<!-- saved -->\n<HTML lang="en">', 'is an HTML page'],
  ['page.xhtml', '<?xml version="1.0"?>\n<html xmlns="x">', 'is an HTML page'],
  ['paper.pdf', '%PDF-1.7\n%âãÏÓ', 'is a PDF'],
  ['paper.docx', 'PK\u0003\u0004\u0014\u0000', 'is a Word or ZIP file'],
  ['paper.rtf', '{\\rtf1\\ansi', 'is an RTF file'],
])('archive refuses %s as a text, and says what to do', async (name, content, what) => {
  const path = join(folder, name);
  await writeFile(path, content, 'latin1');
  if (name === 'page.txt') await writeFile(path, content);
  const { code, out, err } = await speaking(['archive', path, '--title', 'A', '--publisher', 'B']);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`${path} ${what}`);
  expect(err).toContain('archive that');
  oneLine(err);
});

test('a text that only mentions HTML is archived', async () => {
  const path = join(folder, 'about.txt');
  await writeFile(path, 'The tag <html> begins a page. <p> begins a paragraph.');
  const { code, err } = await speaking(['archive', path, '--title', '[Tags]', '--publisher', 'B']);
  expect([code, err]).toEqual([0, '']);
});

test('the name - reads standard input: a text with options, JSON without options, or records', async () => {
  const text = await speaking(['archive', '-', '--title', '[In]', '--publisher', 'B'], 'Talks went on.');
  expect([text.err, text.code]).toEqual(['', 0]);
  expect(text.out).toMatch(/^archived: article-/);
  const json = await speaking(['archive', '-'], await readFile(sample('article.json')));
  expect(json.out).toBe(`was archived already: ${archive.article}\n`);
  const records = await readFile(sample('records.ndjson'));
  const recorded = await speaking(['record', '-', '--article', archive.article], records);
  expect(recorded.out.trimEnd().split('\n').at(-1)).toBe('0 recorded, 26 already there, 0 refused');
});

test('errors in standard input name it and the line', async () => {
  const latin = await speaking(
    ['archive', '-', '--title', 'A', '--publisher', 'B'],
    Buffer.from('caf\xe9', 'latin1'),
  );
  expect([latin.code, latin.err]).toEqual([2, expect.stringContaining('standard input is not UTF-8')]);
  const json = await speaking(['archive', '-'], '{');
  expect([json.code, json.err]).toEqual([2, expect.stringContaining('standard input is not JSON')]);
  const lines = await speaking(['record', '-', '--article', archive.article], '{}\n{oops}\n{"a":1}\n{again}');
  expect(lines.code).toBe(2);
  expect(lines.err).toMatch(/^standard input:2 is not JSON.*\nstandard input:4 is not JSON.*\n$/);
});

describe('an output that is full or closed', () => {
  const commands = [['--help'], ['timeline'], ['replay'], ['timeline', '--json'], ['projections']];

  test.runIf(existsSync('/dev/full'))(
    'a command whose output is full prints one line and exits with 4',
    async () => {
      for (const args of commands) {
        const full = await open('/dev/full', 'w');
        const { code, err } = await run(
          'chancery.ts',
          args,
          { CHANCERY_URL: archive.url },
          { stdout: full.fd },
        );
        await full.close();
        expect([args, code]).toEqual([args, 4]);
        oneLine(err);
        expect(err).toContain('no space left on device');
      }
    },
  );

  test('a command whose output is closed prints one line and exits with 4', async () => {
    for (const args of commands) {
      const child = spawn(process.execPath, [chancery, ...args], {
        env: { PATH: process.env['PATH'] ?? '', CHANCERY_URL: archive.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      await once(child, 'close');
      expect([args, child.exitCode]).toEqual([args, 4]);
      expect(err).toBe('the output is incomplete: the reading program closed the pipe\n');
    }
  });
});

test.runIf(existsSync('/dev/full'))('an alarm that cannot be written does not end the process', async () => {
  const alarm = new URL('../../../functions/runtime/alarm.ts', import.meta.url).href;
  const program = `import { alarm } from '${alarm}'; alarm('a'); setTimeout(() => console.log('alive'), 100);`;
  const full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', full.fd],
  });
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  await once(child, 'close');
  await full.close();
  expect([child.exitCode, out]).toEqual([0, 'alive\n']);
});

test('the command prints its version, its exit codes and the meaning of -', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const printed = await run('chancery.ts', ['--version'], {});
  expect([printed.code, printed.out]).toEqual([0, `${version}\n`]);
  const { out } = await run('chancery.ts', ['--help'], {});
  for (const text of ['0  done', '1  the archive refused', '4  the output', '- is standard input'])
    expect(out).toContain(text);
});

test('timeline names an unknown actor or topic instead of printing an empty list', async () => {
  for (const [option, id, what] of [
    ['--actor', 'actor-unknown', 'actor'],
    ['--speaker', 'actor-unknown', 'actor'],
    ['--topic', 'nothing', 'topic'],
  ] as const) {
    const { code, out, err } = await speaking(['timeline', option, id]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`the archive has no ${what} ${id}`);
  }
  const topic = JSON.parse(
    await readFile(sample('records.ndjson'), 'utf8').then(
      (text) => text.split('\n').find((each) => each.includes('"topics"')) ?? '',
    ),
  ).body.topics[0] as string;
  const known = await speaking([
    'timeline',
    '--actor',
    'actor-antony-blinken',
    '--topic',
    topic,
    '--from',
    '2030',
  ]);
  expect([known.code, known.out]).toEqual([0, 'nothing (yet)\n']);
  const early = await speaking(['timeline', '--as-of', '2000-01-01']);
  expect([early.code, early.out]).toEqual([
    0,
    expect.stringMatching(/^nothing yet: the first event of the archive was recorded on \d{4}-\d\d-\d\d\n$/),
  ]);
});

test.each([80, 200])('no command prints a line that is wider than %d columns', async (width) => {
  const env = { CHANCERY_URL: archive.url, COLUMNS: String(width) };
  const idOf = (kind: string) => Object.values(archive.ids).find((id) => id.startsWith(kind)) ?? '';
  const [meeting, statement] = [idOf('meeting-'), idOf('statement-')];
  const commands = [
    ['timeline'],
    ['diff'],
    ['show', meeting],
    ['show', statement],
    ['show', archive.article],
    ['show', 'actor-antony-blinken'],
    ['projections'],
  ];
  for (const args of commands) {
    const { code, out } = await run('chancery.ts', args, env);
    expect([args, code]).toEqual([args, 0]);
    const wide = out.split('\n').filter((line) => line.length > width);
    expect([args, wide]).toEqual([args, []]);
    expect(out).not.toMatch(/\[object|undefined/);
  }
});
