// Read models that do not match the log: only the log was restored from a backup, or their file is missing.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../../bin/server/embedded.ts';
import type { RunningArchive } from '../../../bin/server/run-archive.ts';

let home: string;
let alarms: string[];
let running: RunningArchive;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-restored-'));
  await start();
});
afterEach(async () => {
  await running.close();
  await rm(home, { recursive: true });
});

async function start(): Promise<void> {
  alarms = [];
  running = await openEmbedded(home, { subject: 'tester', alarm: (what) => alarms.push(what) });
}

async function addActor(id: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ id, kind: 'person', name: id });
  expect((await running.api.request('/actors', { method: 'POST', headers, body })).status).toBe(201);
  await running.relay.settled();
}

const get = async (path: string) => (await running.api.request(path)).json() as Promise<any>;
const actors = async () => (await get('/actors')).items.map(({ id }: { id: string }) => id);

test('read models that are ahead of a restored log are folded again at the start', async () => {
  await addActor('actor-anna');
  await running.close();
  const backup = join(home, 'backup');
  for (const name of ['archive.db', 'log'])
    await cp(join(home, name), join(backup, name), { recursive: true });
  await start();
  await addActor('actor-bela');
  await addActor('actor-cleo');
  await running.close();
  for (const name of ['archive.db', 'log']) {
    await rm(join(home, name), { recursive: true });
    await cp(join(backup, name), join(home, name), { recursive: true });
  }
  await start();
  await running.relay.settled();
  expect(alarms).toEqual([expect.stringMatching(/^generation 1 .* is ahead of the log, which has 1 events/)]);
  expect(await actors()).toEqual(['actor-anna']);
  expect(await get('/projections/actors')).toMatchObject({ generation: 2, lag: 0, status: 'caught-up' });
});

test('a live generation whose file is missing is folded again at the start', async () => {
  await addActor('actor-anna');
  await running.close();
  await rm(join(home, 'read-models'), { recursive: true });
  await start();
  await running.relay.settled();
  expect(alarms).toEqual([expect.stringMatching(/^generation 1 .* is without rows/)]);
  expect(await actors()).toEqual(['actor-anna']);
});
