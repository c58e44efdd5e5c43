// The settings of the log at the start: key, origin and witnesses. An archive that cannot continue its log does not
// start, and says why and what to do.
import { chmod, copyFile, cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCheckpoint } from '../../../events/log/checkpoint.ts';
import { COSIGNATURE, parseVkey, type Verifier } from '../../../events/log/keys.ts';
import { run, serveArchive, type ArchiveProcess, type Ran } from '../../support/servers/archive-process.ts';
import { sample } from '../../support/archives/sample-archive.ts';
import { startWitness } from '../../support/servers/witness-server.ts';

const ORIGIN = 'archive.example/log';

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-log-'));
  home = join(folder, 'home');
});
afterEach(() => rm(folder, { recursive: true }));

const environment = (more: Record<string, string> = {}) => ({ CHANCERY_HOME: home, PORT: '0', ...more });
const refused = async (more: Record<string, string> = {}): Promise<Ran> => {
  const ran = await run('chancery.ts', ['serve'], environment(more));
  expect([ran.code, ran.out]).toEqual([2, '']);
  expect(ran.err).not.toMatch(/^\s+at /m);
  return ran;
};

const post = async (url: string, body: unknown): Promise<any> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=25' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  return answer.json();
};

/** Waits without a time limit until `size` events are published. */
async function published({ url }: ArchiveProcess, size: number): Promise<void> {
  for (let count = -1; count < size;)
    count = ((await (await fetch(`${url}/events?limit=1`)).json()) as { size: number }).size;
}

/** Serves the archive, records actors with these names, and stops it when all events are published. */
async function recorded(names: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const archive = await serveArchive(home, env);
  const { size } = (await (await fetch(`${archive.url}/events?limit=1`)).json()) as { size: number };
  for (const name of names) await post(`${archive.url}/actors`, { kind: 'person', name });
  await published(archive, size + names.length);
  await archive.stop();
}

const vkeys = async (): Promise<string[]> =>
  (await readFile(join(home, 'log/vkey'), 'utf8')).trimEnd().split('\n');

async function checkpoint(...more: string[]): Promise<ReturnType<typeof openCheckpoint>> {
  const verifiers: Verifier[] = [...(await vkeys()), ...more].map(parseVkey);
  const [own] = verifiers;
  return openCheckpoint(await readFile(join(home, 'log/checkpoint')), { origin: own?.name ?? '', verifiers });
}

test('an archive creates its key at the first start, with the configured origin, and keeps signing with it', async () => {
  await recorded(['Anna'], { CHANCERY_ORIGIN: ORIGIN });
  const [made, key] = [await vkeys(), await readFile(join(home, 'log.key'), 'utf8')];
  expect((await stat(join(home, 'log.key'))).mode & 0o777).toBe(0o600);
  await recorded(['Omar']);
  expect([await vkeys(), await readFile(join(home, 'log.key'), 'utf8')]).toEqual([made, key]);
  expect(await checkpoint()).toMatchObject({ origin: ORIGIN, size: 2, signatures: [{ name: ORIGIN }] });
});
test('an archive signs with both keys after a second key was added', async () => {
  await recorded(['Anna']);
  const { code, out } = await run('chancery.ts', ['new-key'], environment());
  expect(code).toBe(0);
  await recorded(['Omar']);
  expect(await vkeys()).toEqual([expect.any(String), out.split('\n')[0]]);
  expect((await checkpoint()).signatures).toHaveLength(2);
});
test('the configured witnesses cosign the signed checkpoints of an archive', async () => {
  const logs = new Map<string, Verifier[]>();
  const witness = await startWitness('witness.example/w1', logs);
  try {
    const env = { CHANCERY_WITNESSES: `${witness.vkey} ${witness.url}` };
    await recorded(['Anna']);
    logs.set((await checkpoint()).origin, (await vkeys()).map(parseVkey));
    await recorded(['Omar'], env);
    expect((await checkpoint(witness.vkey)).signatures).toMatchObject([{}, { type: COSIGNATURE }]);
  } finally {
    await witness.close();
  }
});
test('an archive keeps partial files of its log only until the full files exist', async () => {
  const archive = await serveArchive(home);
  await post(`${archive.url}/actors`, { kind: 'person', name: 'First' });
  const { id } = await post(
    `${archive.url}/articles`,
    JSON.parse(await readFile(sample('article.json'), 'utf8')),
  );
  for (const batch of [0, 1, 2])
    await post(`${archive.url}/articles/${id}/records`, {
      records: Array.from({ length: 100 }, (_, n) => ({
        kind: 'actor',
        key: `${batch}-${n}`,
        body: { kind: 'group', name: `Group ${batch} ${n}` },
      })),
    });
  await published(archive, 302);
  const first = await fetch(`${archive.url}/log/tile/entries/000.p/1`);
  expect(first.status).toBe(200);
  await archive.stop();
  for (const name of ['entries/000', '0/000']) {
    await expect(stat(join(home, `log/tile/${name}.p`))).rejects.toThrow('ENOENT');
    expect((await stat(join(home, `log/tile/${name}`))).isFile()).toBe(true);
  }
  const { code } = await run('chancery.ts', ['verify', home], environment());
  expect(code).toBe(0);
});

test('an archive whose tables were restored to an earlier state does not start', async () => {
  await recorded(['Anna']);
  const old = join(folder, 'old');
  await cp(home, old, { recursive: true });
  await recorded(['Omar']);
  for (const name of ['archive.db', 'archive.db-wal', 'archive.db-shm'])
    await copyFile(join(old, name), join(home, name)).catch(() => rm(join(home, name), { force: true }));
  const { err } = await refused();
  expect(err).toContain(
    'the published checkpoint has 2 entries and the head 1: the table was restored to the past',
  );
  expect(err).toContain('docs/log.md');
  expect(await checkpoint()).toMatchObject({ size: 2 });
});
test('an archive whose key differs from the one that signed its log does not start', async () => {
  await recorded(['Anna'], { CHANCERY_ORIGIN: ORIGIN });
  await rm(join(home, 'log.key'));
  const { err } = await refused({ CHANCERY_ORIGIN: ORIGIN });
  expect(err).toContain('restore the origin and the key');
  expect(await vkeys()).toHaveLength(1);
});
test('an archive with another or an invalid origin does not start', async () => {
  await recorded(['Anna'], { CHANCERY_ORIGIN: ORIGIN });
  expect((await refused({ CHANCERY_ORIGIN: 'archive.example/other' })).err).toContain(
    `set CHANCERY_ORIGIN to ${ORIGIN}`,
  );
  expect((await refused({ CHANCERY_ORIGIN: 'an origin' })).err).toContain(
    'CHANCERY_ORIGIN must be a URL without scheme',
  );
});
test('an archive with a key file that other users may read does not start', async () => {
  await recorded(['Anna']);
  await chmod(join(home, 'log.key'), 0o644);
  expect((await refused()).err).toContain('chmod 600');
});
test('an archive with an invalid witness does not start', async () => {
  expect((await refused({ CHANCERY_WITNESSES: 'https://witness.example' })).err).toContain(
    'CHANCERY_WITNESSES must have a verifier key, a space and a URL for each witness',
  );
});
