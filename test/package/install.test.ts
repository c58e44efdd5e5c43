// The package that `npm pack` makes, installed into an empty folder without a network.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const execute = promisify(execFile);
/** The minimal environment; the cache of npm is in the folder, so that npm finds no other packages. */
const environment = { PATH: process.env['PATH'] ?? '', TZ: 'Asia/Kathmandu' };

let folder: string;
let packed: { readonly files: readonly { readonly path: string }[]; readonly filename: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-package-'));
  const npm = {
    ...environment,
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    npm_config_update_notifier: 'false',
  };
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    env: npm,
  });
  const answer = JSON.parse(stdout) as unknown;
  [packed] = Object.values(answer as object) as [typeof packed];
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await execute('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)], {
    cwd: folder,
    env: npm,
  });
});
afterAll(() => rm(folder, { recursive: true }));

const command = (): string => join(folder, 'node_modules/.bin/chancery');
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  execute(process.execPath, [command(), ...args], { cwd: folder, env: { ...environment, ...env } });

describe('the package', () => {
  test('the package is JavaScript without dependencies, and includes the licences of its libraries', async () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith('.ts'))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'bin/chancery.cjs',
        'dist/chancery.mjs',
        'dist/rebuild-worker.mjs',
        'dist/LICENSES.txt',
      ]),
    );
    expect(paths.filter((path) => /^(?:test|bench|infra|docs)\//.test(path))).toEqual([]);
    const manifest = JSON.parse(
      await readFile(join(folder, 'node_modules/chancery/package.json'), 'utf8'),
    ) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).toMatchObject({ engines: { node: '>=22.13' } });
    expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'chancery',
    ]);
    const licences = await readFile(join(folder, 'node_modules/chancery/dist/LICENSES.txt'), 'utf8');
    for (const name of ['hono', 'zod', 'commander', 'pino'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  test('the package names no file of the machine that packed it', async () => {
    for (const { path } of packed.files)
      expect((await readFile(join(folder, 'node_modules/chancery', path), 'utf8')).includes(ROOT), path).toBe(
        false,
      );
  });
});

describe('the installed command', () => {
  test('the installed command prints its version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await run(['--version'])).stdout).toBe(`${version}\n`);
  });

  test('the installed command runs the demonstration from its own files, serves it, rebuilds on threads and verifies it', async () => {
    const home = join(folder, 'home');
    const demo = await run(['demo'], { CHANCERY_HOME: home });
    expect(demo.stderr).toBe('');
    expect(demo.stdout).toContain('28 events are recorded');
    const child = spawn(process.execPath, [command(), 'serve'], {
      cwd: folder,
      env: { ...environment, CHANCERY_HOME: home, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    const ended = once(child, 'close');
    try {
      let url = '';
      for await (const line of createInterface(child.stdout)) {
        url = /(http:\S+)$/.exec(line)?.[1] ?? '';
        if (url !== '') break;
      }
      const env = { CHANCERY_URL: url };
      const rebuilt = await run(['rebuild', '--watch'], env);
      expect(rebuilt.stdout).toMatch(/^rebuild \d+ switched, \d+ rows compared, no drift$/m);
      expect((await run(['verify'], env)).stdout).toMatch(/^verified: .* 28 events/m);
      expect((await run(['timeline', '--speaker', 'actor-antony-blinken'], env)).stdout).toContain(
        'Antony Blinken',
      );
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    expect([child.exitCode, complaints]).toEqual([0, '']);
  });

  test.each(['22.12.0', '20.19.5', '8.17.0'])(
    'the installed command names the required Node version in one line on Node %s',
    async (version) => {
      const pretend = join(folder, 'pretend.cjs');
      await writeFile(
        pretend,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
      );
      const failed = execute(process.execPath, ['--require', pretend, command(), '--version'], {
        env: environment,
      });
      await expect(failed).rejects.toMatchObject({
        code: 2,
        stdout: '',
        stderr: `chancery needs Node 22.13 or later, and this is Node ${version}: install a newer one from https://nodejs.org\n`,
      });
    },
  );

  test('the installed command requires the Node version of its manifest', async () => {
    const launcher = await readFile(join(ROOT, 'bin/chancery.cjs'), 'utf8');
    const required = /REQUIRED = \[(\d+), (\d+)\]/.exec(launcher)?.slice(1).join('.');
    const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(`>=${required}`);
  });
});
