// Rows of the live generation are damaged on disk. Recording continues, reads name the file and the row, and an
// accepted rebuild repairs them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  const alarm = (what: string, error?: unknown) => alarms.push(`${what} ${String(error)}`);
  running = await openEmbedded(home, { subject: 'tester', alarm });
}

async function send(path: string, body?: object): Promise<{ status: number; body: any }> {
  const method = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const headers = { 'Content-Type': 'application/json' };
  const response = await running.api.request(path, { ...method, headers });
  return { status: response.status, body: await response.json() };
}

const addActor = (id: string) => send('/actors', { id, kind: 'person', name: id });
const file = () => join(home, 'read-models', '1.db');

/** Cuts the body of every row to half an object. */
function cutRows(): void {
  const database = new DatabaseSync(file());
  database.exec(`UPDATE rows SET body = '{"a":' WHERE body IS NOT NULL`);
  database.close();
}

test.each([
  ['rows that are not JSON', async () => cutRows(), /read-models.1\.db cannot be read: row directory \d+ of/],
  [
    'a file that is not a database',
    async () => {
      for (const end of ['-wal', '-shm']) await rm(file() + end, { force: true });
      await writeFile(file(), 'x'.repeat(20_000));
    },
    /read-models.1\.db cannot be used: it is not a SQLite database/,
  ],
  [
    'an empty file',
    async () => {
      for (const end of ['-wal', '-shm']) await rm(file() + end, { force: true });
      await writeFile(file(), '');
    },
    /read-models.1\.db cannot be read: the generation is not complete/,
  ],
])(
  'if the live generation has %s, recording continues and an accepted rebuild repairs the reads',
  async (_what, damage, why) => {
    await addActor('actor-anna');
    await running.relay.settled();
    await running.close();
    await damage();
    await start();
    expect((await addActor('actor-bela')).status).toBe(201);
    expect(alarms.join('\n')).toMatch(
      /near-duplicates could not be read, and are left out of the answer Damaged/,
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
    expect((await send('/actors')).body.items.map(({ id }: { id: string }) => id)).toEqual([
      'actor-anna',
      'actor-bela',
      'actor-cleo',
    ]);
  },
);
