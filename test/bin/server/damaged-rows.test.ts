// Rows on disk that cannot be trusted: damaged rows of the live generation, and read models that do not match the log.
// Recording continues, reads name the file and the row, and the read models are folded again.
import { cp, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningArchive } from '../../../bin/server/run-archive.ts';
import { openEmbedded } from '../../../bin/server/embedded.ts';

let home: string;
let alarms: string[];
let running: RunningArchive;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-damaged-'));
  await start();
});
afterEach(async () => {
  await running.close();
  await rm(home, { recursive: true });
});

async function start(): Promise<void> {
  alarms = [];
  const alarm = (what: string, error?: unknown) =>
    alarms.push(error instanceof Error ? `${what} ${String(error)}` : what);
  running = await openEmbedded(home, { subject: 'tester', alarm });
}

async function send(path: string, body?: object): Promise<{ status: number; body: any }> {
  const method = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const headers = { 'Content-Type': 'application/json' };
  const response = await running.api.request(path, { ...method, headers });
  return { status: response.status, body: await response.json() };
}

const addActor = (id: string) => send('/actors', { id, kind: 'person', name: id });
const actors = async () => (await send('/actors')).body.items.map(({ id }: { id: string }) => id);

/** Records them, and closes the archive once it has folded them. */
async function recordAndClose(...ids: string[]): Promise<void> {
  for (const id of ids) expect((await addActor(id)).status).toBe(201);
  await running.relay.settled();
  await running.close();
}
const folder = () => join(home, 'read-models');
const file = () => join(folder(), '1.rows.db');

async function replaceFile(text: string): Promise<void> {
  for (const end of ['-wal', '-shm']) await rm(file() + end, { force: true });
  await writeFile(file(), text);
}

/** Cuts the body of every row to half an object. */
function cutRows(): void {
  const database = new DatabaseSync(file());
  database.exec(`UPDATE bodies SET json = '{"a":'`);
  database.close();
}

test.each([
  [
    'rows that are not JSON',
    async () => cutRows(),
    /read-models.1\.rows\.db cannot be read: row directory \d+ of/,
  ],
  [
    'a file that is not a database',
    () => replaceFile('x'.repeat(20_000)),
    /read-models.1\.rows\.db cannot be used: it is not a SQLite database/,
  ],
  [
    'an empty file',
    () => replaceFile(''),
    /read-models.1\.rows\.db cannot be read: the generation is not complete/,
  ],
])(
  'if the live generation has %s, recording continues and an accepted rebuild repairs the reads',
  async (_what, damage, why) => {
    await recordAndClose('actor-anna');
    await damage();
    await start();
    expect((await addActor('actor-bela')).status).toBe(201);
    expect(alarms.join('\n')).toMatch(
      /near-duplicates could not be read; the answer does not have them Damaged/,
    );
    const { status, body } = await send('/actors');
    expect([status, body.detail]).toEqual([500, expect.stringMatching(why)]);

    const rebuild = await send('/projections/timeline/rebuilds', {});
    expect(rebuild.status).toBe(202);
    await running.relay.settled();
    const path = `/projections/timeline/rebuilds/${rebuild.body.id}`;
    expect((await send(path)).body).toMatchObject({ phase: 'drifted' });
    expect((await send(`${path}/acceptances`, {})).status).toBe(202);
    await running.relay.settled();
    expect((await send(path)).body).toMatchObject({ phase: 'switched' });
    await running.relay.settled();
    expect((await addActor('actor-cleo')).status).toBe(201);
    await running.relay.settled();
    expect(await actors()).toEqual(['actor-anna', 'actor-bela', 'actor-cleo']);
  },
);

test('read models that are ahead of a restored log are folded again at the start', async () => {
  await recordAndClose('actor-anna');
  const backup = join(home, 'backup');
  for (const name of ['archive.db', 'log'])
    await cp(join(home, name), join(backup, name), { recursive: true });
  await start();
  await recordAndClose('actor-bela', 'actor-cleo');
  for (const name of ['archive.db', 'log']) {
    await rm(join(home, name), { recursive: true });
    await cp(join(backup, name), join(home, name), { recursive: true });
  }
  await start();
  await running.relay.settled();
  expect(alarms).toEqual([expect.stringMatching(/^generation 1 .* is ahead of the log, which has 1 events/)]);
  expect(await actors()).toEqual(['actor-anna']);
  const { body } = await send('/projections/actors');
  expect(body).toMatchObject({ generation: 2, lag: 0, status: 'caught-up' });
});

test('a live generation whose file is missing is folded again at the start', async () => {
  await recordAndClose('actor-anna');
  await rm(folder(), { recursive: true });
  await start();
  await running.relay.settled();
  expect(alarms).toEqual([
    expect.stringMatching(/^generation 1 .* is retired, because its file or table is missing/),
  ]);
  expect(await actors()).toEqual(['actor-anna']);
});

test('a live generation in the layout of an earlier release is folded again at the start', async () => {
  await recordAndClose('actor-anna');
  await rename(file(), join(folder(), '1.db'));
  await start();
  await running.relay.settled();
  expect(alarms).toEqual([
    expect.stringMatching(/^generation 1 .* is retired, because its file or table is missing/),
  ]);
  expect(await actors()).toEqual(['actor-anna']);
  const { body } = await send('/projections/actors');
  expect(body).toMatchObject({ generation: 2, lag: 0, status: 'caught-up' });
  expect(await readdir(folder())).toContain('2.rows.db');
});
