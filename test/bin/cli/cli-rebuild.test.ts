// The command operates read models: it prints their progress, requests and watches rebuilds, prints drift, and rolls
// back. The exit code is the result.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from '../../../bin/cli/api-client.ts';
import type { BarState } from '../../../bin/cli/text/progress.ts';
import { watch } from '../../../bin/cli/commands/rebuild-watch.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import type { ShownProjection } from '../../../functions/api/routes/projection-routes.ts';
import type { ShownRebuild } from '../../../functions/api/schemas/rebuild-schema.ts';
import { run, serveArchive, type ArchiveProcess } from '../../support/servers/archive-process.ts';
import { sample } from '../../support/archives/sample-archive.ts';

let home: string;
let served: ArchiveProcess;
const cli = (...args: string[]) => run('chancery.ts', args, { CHANCERY_URL: served.url });
const json = async (...args: string[]) => JSON.parse((await cli(...args, '--json')).out);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-rebuild-'));
  served = await serveArchive(home);
  const { id } = await json('archive', sample('article.json'));
  expect((await cli('record', sample('records.ndjson'), '--article', id)).code).toBe(0);
});
afterAll(async () => {
  await served.kill();
  await rm(home, { recursive: true });
});

test('projections prints how far each read model is', async () => {
  const { code, out } = await cli('projections');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(readModels.length);
  for (const { name, version } of readModels)
    expect(out).toMatch(new RegExp(`^${name} +caught up; .*version ${version}, generation 1$`, 'm'));
});

test('rebuild requests a rebuild and does not wait for it', async () => {
  const { code, out } = await cli('rebuild');
  expect([code, out]).toEqual([0, 'rebuild 2 folding\n']);
});

test('rebuild --watch waits for the running rebuild, and the next call waits for a new one', async () => {
  const ids: number[] = [];
  for (let rebuilds = 0; rebuilds < 2; rebuilds++) {
    const { code, out } = await cli('rebuild', '--watch');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^rebuild \d switched, \d+ rows compared, no drift\n$/),
    ]);
    ids.push(Number(/\d/.exec(out)?.[0]));
  }
  expect(ids[1]).toBe((ids[0] ?? 0) + 1);
  const { projections } = await json('projections');
  for (const { view, kept } of projections) expect([view, kept.length > 0]).toEqual([view, true]);
});

/** Watches a rebuild whose polls get these answers in order. Returns the frames shown, and the answers not requested. */
async function watched(answers: readonly Partial<ShownRebuild>[]) {
  const shown: ShownRebuild = {
    view: 'timeline',
    id: 2,
    version: 1,
    reason: 'requested',
    started: { by: 'tester', at: '2023-03-03T12:00:00.000Z' },
    phase: 'folding',
    waits: false,
  };
  const left = [...answers];
  const client = Object.assign(new Client(''), { get: async () => ({ ...shown, ...left.shift() }) });
  const frames: BarState[] = [];
  await watch(client, shown, { update: (_, state) => frames.push(state), stop: () => {} });
  return { frames, left };
}

test('rebuild --watch keeps waiting for a rebuild that retries an event, but not for one that needs a decision', async () => {
  const stopped = { position: 37, reason: 'no such actor' };
  const comparing = { phase: 'comparing', stopped } as const;
  expect(await watched([comparing, { phase: 'switched' }])).toMatchObject({ left: [] });
  expect(await watched([{ stopped, waits: true }, comparing])).toMatchObject({ left: [comparing] });
});

test('the progress bar of a rebuild is full when it has switched, and empty when it has just begun', async () => {
  const progress = { unit: 'events', done: 31, total: 35, at: '2023-03-03T12:00:00.000Z' } as const;
  const { frames } = await watched([{}, { progress }, { phase: 'switched' }]);
  expect(frames).toEqual([
    { phase: 'folding', done: 0, total: 1 },
    { phase: 'folding', done: 31, total: 35, count: '31/35' },
    { phase: 'switched', done: 1, total: 1 },
  ]);
});

test('rollback changes to an earlier generation, and back again', async () => {
  const { generation, kept } = (await json('projections')).projections[0];
  const rolledBackTo = async (...args: string[]) =>
    (await json('rollback', ...args)).projections.map((each: ShownProjection) => each.generation);
  const all = (number: number) => readModels.map(() => number);
  expect(await rolledBackTo()).toEqual(all(kept[0].generation));
  expect(await rolledBackTo()).toEqual(all(generation));
  expect(await rolledBackTo('--to', String(kept[1].generation))).toEqual(all(kept[1].generation));
  expect(await rolledBackTo()).toEqual(all(generation));
  expect((await cli('projections')).out).toContain('is possible until');
});

test('rebuild --watch prints drift, and the new generation is promoted only if an operator accepts it', async () => {
  const { generation } = (await json('projections')).projections[0];
  await served.stop();
  const database = new DatabaseSync(join(home, 'read-models', `${generation}.rows.db`));
  const changed = database
    .prepare(
      `UPDATE bodies SET json = '{"harmed":true}' WHERE id IN (SELECT body FROM keys WHERE partition = 'all')`,
    )
    .run();
  database.close();
  served = await serveArchive(home);

  const { code, out } = await cli('rebuild', '--watch');
  expect(code).toBe(1);
  expect(out).toContain(`needs a decision: accept or cancel it`);
  expect(out).toContain(`0 missing, 0 extra, ${changed.changes} different`);
  expect(out).toMatch(/^ {2}different: all \S+, position \d+, \/harmed: live true, rebuilt nothing$/m);
  expect((await cli('projections')).out).toMatch(/^rebuild \d+ needs a decision: accept or cancel it/m);

  expect((await cli('cancel-rebuild')).out).toContain('cancelled');
  const again = await cli('rebuild', '--watch');
  expect(again.code).toBe(1);
  expect((await cli('rebuild')).code).toBe(1);
  expect((await cli('accept-rebuild')).code).toBe(0);
  // The rebuild may still run or may have ended.
  await expect
    .poll(async () => (await json('projections')).projections[0], { timeout: 60_000 })
    .not.toHaveProperty('rebuild');
  expect((await cli('rebuild', '--watch')).code).toBe(0);
});

test('rebuild --watch exits with 0 if it joined a scheduled rebuild that found no drift', async () => {
  const check = { id: 2, view: 'timeline', reason: 'scheduled', waits: false, phase: 'unchanged' };
  const server = createServer(({ method }, response) => {
    const [status, body] = method === 'POST' ? [409, { rebuild: 2 }] : [200, check];
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { CHANCERY_URL: `http://127.0.0.1:${port}` };
  const { code, out } = await run('chancery.ts', ['rebuild', '--watch'], env);
  server.close();
  expect([code, out]).toEqual([0, 'rebuild 2 unchanged\n']);
});

test.each([
  [['rebuild', 'timeline'], 2],
  [['accept-rebuild'], 1],
  [['cancel-rebuild'], 1],
  [['rollback', '--to', '99'], 1],
])('%j exits with %i and a reason', async (args, expected) => {
  const { code, out, err } = await cli(...args);
  expect([code, out]).toEqual([expected, '']);
  expect(err.trim()).not.toBe('');
  expect(err).not.toMatch(/^\s+at /m);
});

test.each(['x', '0', '1.5', ''])(
  'rollback --to %j is wrong usage, and the error names the value',
  async (to) => {
    const { code, out, err } = await cli('rollback', '--to', to);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`--to must be the number of a generation, such as 3, and is "${to}"`);
  },
);

test('rebuild exits with 3 if no archive answers', async () => {
  const { code } = await run('chancery.ts', ['rebuild', '--watch'], {
    CHANCERY_URL: 'http://127.0.0.1:9',
  });
  expect(code).toBe(3);
});
