// The log of a running archive, verified by what is not ours: Python with openssl (docs/verify_log.py), and Go's own
// library for such logs (verify.go), where Go and that library are installed.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesPath } from '../../events/log/paths.ts';
import { serveArchive, type ArchiveProcess } from '../support/servers/archive-process.ts';

const PATH = process.env['PATH'] ?? '';
/** Debian's golang-go and golang-golang-x-mod-dev. */
const GO = {
  PATH,
  GO111MODULE: 'off',
  GOPATH: '/usr/share/gocode',
  GOCACHE: join(tmpdir(), 'chancery-go-cache'),
};

const works = (command: string, args: readonly string[], env: Record<string, string> = { PATH }): boolean =>
  spawnSync(command, args, { env }).status === 0;
const noPython = !works('python3', ['--version']) || !works('openssl', ['version']);
const noGo = !works('go', ['list', 'golang.org/x/mod/sumdb/tlog'], GO);
if (noPython) console.warn('The log is not verified with Python: python3 or openssl is missing');
if (noGo) console.warn('The log is not verified with Go: golang-go or golang-golang-x-mod-dev is missing');

let folder: string;
let log: string;
let archive: ArchiveProcess;
let vkey: string;
/** Sizes and roots, as checkpoints had them. */
let seen: (readonly [size: string, root: string])[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-foreign-'));
  log = join(folder, 'home/log');
  archive = await serveArchive(join(folder, 'home'));
  seen = [];
  for (let first = 0; first < 600; first += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, n) => introduce(first + n)));
    const [, size = '', root = ''] = (await readFile(join(log, 'checkpoint'), 'utf8')).split('\n');
    seen.push([size, root]);
  }
  vkey = (await readFile(join(log, 'vkey'), 'utf8')).trim();
});
afterAll(async () => {
  await archive.kill();
  await rm(folder, { recursive: true });
});

async function introduce(n: number): Promise<void> {
  const response = await fetch(`${archive.url}/actors`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify({ id: `actor-${n}`, kind: 'person', name: `Actor ${n}` }),
  });
  expect(response.status).toBe(201);
}

/** The log with one letter of one entry changed. */
async function altered(): Promise<string> {
  const bad = join(folder, 'altered');
  await cp(log, bad, { recursive: true });
  const text = await readFile(join(bad, entriesPath(1)), 'latin1');
  await writeFile(join(bad, entriesPath(1)), text.replace('Actor', 'Actar'), 'latin1');
  return bad;
}

describe.skipIf(noPython)('Python, with openssl for the signature', () => {
  const verify = (place: string, key: string) => {
    const script = join(import.meta.dirname, '../../docs/verify_log.py');
    const { status, stdout, stderr } = spawnSync('python3', [script, place, key], { encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  };

  test('verifies the files, in their folder and over HTTP', () => {
    const [size, root] = seen.at(-1) ?? [];
    expect(size).toBe('600');
    for (const place of [log, `${archive.url}/log`]) {
      const { status, out } = verify(place, vkey);
      expect(status).toBe(0);
      expect(out).toMatch(/^verified: 600 entries of chancery\.local\//);
      expect(out).toContain(`root ${root}\n`);
    }
  });

  test('finds an entry that was altered, and another key', async () => {
    const bad = verify(await altered(), vkey);
    expect(bad.status).toBe(1);
    expect(bad.err).toContain('the entries are not those that were signed');
    const other = 'archive.example/other+687c0261+AQ==';
    expect(verify(log, other).status).toBe(1);
  });
});

describe.skipIf(noGo)("Go's golang.org/x/mod/sumdb", () => {
  const verify = (place: string, earlier: string) => {
    const script = join(import.meta.dirname, 'verify.go');
    const args = ['run', script, place, vkey, earlier];
    const { status, stdout, stderr } = spawnSync('go', args, { encoding: 'utf8', env: GO });
    return { status, out: stdout, err: stderr };
  };

  test('verifies signature, entries, tiles, each record, and the growth from every checkpoint', () => {
    for (const [size, root] of seen) {
      const { status, out, err } = verify(log, size);
      expect([status, err]).toEqual([0, '']);
      expect(out).toBe(`${seen.at(-1)?.join(' ')}\n${size} ${root}\n`);
    }
  });

  test('finds an entry that was altered', async () => {
    const { status, err } = verify(await altered(), '100');
    expect(status).toBe(1);
    expect(err).toContain('the entries have another root than was signed');
  });
});
