// `chancery import` from a folder and over HTTP, killed and run again, and into DynamoDB and S3. The new archive has
// the same log with the same root, and accepts commands.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, serveArchive } from '../../../support/servers/archive-process.ts';
import { emulated } from '../../../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../../../support/servers/dynamodb-local.ts';
import { startS3Server } from '../../../support/servers/s3-server.ts';
import { openSampleArchive, type SampleArchive } from '../../../support/archives/sample-archive.ts';
import { actorEvents, signedLog } from '../../../support/logs/signed-log.ts';

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`The import into AWS's stores is not tested: ${why}`);

let archive: SampleArchive;
let folder: string;
beforeAll(async () => {
  archive = await openSampleArchive();
  folder = await mkdtemp(join(tmpdir(), 'chancery-import-'));
});
afterAll(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

const into = (home: string, ...args: string[]) =>
  run('chancery.ts', ['import', ...args], { CHANCERY_HOME: join(folder, home) });

async function rootOf(place: string): Promise<string> {
  const { code, out, err } = await run('chancery.ts', ['verify', place, '--json'], {});
  expect([code, err]).toEqual([0, '']);
  return (JSON.parse(out) as { checkpoint: { root: string } }).checkpoint.root;
}

/** Prints the replay, the timeline and a dossier of an archive. */
async function shown(url: string): Promise<string[]> {
  const cli = (...args: string[]) => run('chancery.ts', args, { CHANCERY_URL: url });
  const outs = [await cli('replay'), await cli('timeline'), await cli('show', archive.ids['meeting'] ?? '')];
  return outs.map(({ out }) => out);
}

test.each([
  ['from its folder', () => archive.home],
  ['over HTTP', () => archive.url],
])(
  'an archive that was imported %s has the same root and dossiers, and accepts commands',
  async (name, place) => {
    const { code, out, err } = await into(name, place());
    expect([code, err]).toEqual([0, '']);
    const root = await rootOf(archive.url);
    expect(out).toContain(`imported: 27 events, root ${root}`);
    expect(out).toMatch(/signed by chancery\.local\//);
    expect(await rootOf(join(folder, name))).toBe(root);
    const served = await serveArchive(join(folder, name));
    const added = await fetch(`${served.url}/actors`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
      body: JSON.stringify({ id: 'actor-new', kind: 'person', name: 'New' }),
    });
    expect(added.status).toBe(201);
    const [here, there] = [await shown(served.url), await shown(archive.url)];
    expect([here[0]?.startsWith(there[0] ?? '-'), here[1], here[2]]).toEqual([true, there[1], there[2]]);
    expect(served.complaints()).toBe('');
    await served.kill();
    expect((await run('chancery.ts', ['verify', join(folder, name)], {})).code).toBe(0);
  },
);

test('an import into an archive that is not empty is refused', async () => {
  const home = join(folder, 'other');
  await (await serveArchive(home)).stop();
  expect((await into('other', archive.home)).code).toBe(0);
  const { code, out, err } = await into('other', archive.home);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('this archive is not empty');
  expect(err).not.toMatch(/^\s+at /m);
});

test('a log that is not verified cannot be imported', async () => {
  const bad = join(folder, 'bad');
  await cp(archive.home, bad, { recursive: true });
  await rm(join(bad, 'log/tile/0'), { recursive: true });
  const { code, out } = await into('from-bad', bad);
  expect(code).toBe(1);
  expect(out).toMatch(/position 0, tile\/0\/000\.p\/27: is missing[\s\S]*nothing was imported/);
  expect(out).toMatch(/^articles not checked: the log must be verified first$/m);
  expect(out).not.toContain('--log-only');
  expect((await into('from-bad', archive.home)).code).toBe(0);
});

test('a log without articles is imported only if --articles names their folder', async () => {
  const bare = join(folder, 'bare');
  await cp(join(archive.home, 'log'), bare, { recursive: true });
  const refused = await into('from-bare', bare);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('--articles');
  const empty = join(folder, 'nothing');
  await mkdir(empty);
  const missing = await into('from-bare', bare, '--articles', empty);
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(/the bytes of article-[0-9a-f]{64} are missing from the imported archive/);
  expect(await readdir(folder)).not.toContain('from-bare');
  expect(await readdir(folder)).not.toContain('from-bare.importing');
  const done = await into('from-bare', bare, '--articles', join(archive.home, 'articles'));
  expect([done.code, done.err]).toEqual([0, '']);
  expect(await rootOf(join(folder, 'from-bare'))).toBe(await rootOf(archive.url));
});

test('an import over HTTP proceeds without the bytes of withdrawn articles, and names them', async () => {
  const own = await openSampleArchive();
  const text = await own.file('gone.txt', 'A text that must go.');
  const { out } = await own.cli('archive', text, '--title', 'Gone', '--publisher', 'Other', '--json');
  const { id } = JSON.parse(out) as { id: string };
  const withdrawn = await fetch(`${own.url}/articles/${id}/withdrawals`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify({ reason: 'court order' }),
  });
  expect(withdrawn.status).toBe(201);
  const imported = await into('withdrawn', own.url);
  expect([imported.code, imported.err]).toEqual([0, '']);
  expect(imported.out).toContain(`1 withdrawn articles have no bytes: ${id}`);
  expect(await rootOf(join(folder, 'withdrawn'))).toBe(await rootOf(own.url));
  await own.close();
});

test('an import that was killed several times is completed by the next run', async () => {
  const source = join(folder, 'long');
  for (const [path, bytes] of await signedLog(actorEvents(12_000))) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), bytes);
  }
  const home = join(folder, 'killed');
  const args = [
    join(import.meta.dirname, '../../../../bin/chancery.ts'),
    'import',
    source,
    '--articles',
    source,
  ];
  const there = (path: string): Promise<boolean> =>
    access(join(`${home}.importing`, 'log', path)).then(
      () => true,
      () => false,
    );
  // Kills the import when each of these files exists: at the beginning, in the middle and towards the end.
  for (const path of ['checkpoint', 'tile/entries/009', 'tile/entries/030']) {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] ?? '', CHANCERY_HOME: home },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    while (child.exitCode === null && !(await there(path))) await setTimeout(2);
    child.kill('SIGKILL');
    await closed;
  }
  const { code, err } = await into('killed', source, '--articles', source);
  expect([code, err]).toEqual([0, '']);
  expect(await rootOf(home)).toBe(await rootOf(source));
});

test.skipIf(why !== undefined)(
  'an import into DynamoDB and S3 gives the same root, and the new archive can be served',
  async () => {
    const [dynamodb, s3] = await Promise.all([startDynamodbLocal(), startS3Server()]);
    const env = {
      CHANCERY_STORE: 'aws',
      CHANCERY_HOME: join(folder, 'aws'),
      AWS_REGION: emulated.region,
      AWS_ACCESS_KEY_ID: emulated.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulated.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    const { code, err } = await run('chancery.ts', ['import', archive.url, '--create'], env);
    expect([code, err]).toEqual([0, '']);
    // The log is verified from the bucket alone, as a CDN would serve it.
    expect(await rootOf(`${s3.endpoint}/chancery-log`)).toBe(await rootOf(archive.url));
    const served = await serveArchive(join(folder, 'aws'), env);
    for (let tries = 0; tries < 200 && (await shown(served.url))[1] === 'nothing (yet)\n'; tries++)
      await setTimeout(50);
    expect(await shown(served.url)).toEqual(await shown(archive.url));
    await served.kill();
    await Promise.all([dynamodb.close(), s3.close()]);
  },
);
