// Rebuilds over HTTP, under the name of any read model: start, read, compare, accept, cancel and roll back; and
// `GET /projections` during a rebuild.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readModels } from '../../../../domain/projections/views/read-models.ts';
import { changeGenerations, readGenerations } from '../../../../domain/projections/catalog.ts';
import { timeline } from '../../../../domain/projections/views/timeline-view.ts';
import { openTestArchive, seed, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;

beforeEach(async () => {
  archive = await openTestArchive();
  await seed(archive);
}, 120_000);
afterEach(() => archive.close());

const rebuildOf = async (view: string, id: number) =>
  (await archive.get(`/projections/${view}/rebuilds/${id}`)).body;
const projectionOf = async (view: string) => (await archive.get(`/projections/${view}`)).body;

async function rebuilt(view: string): Promise<number> {
  const { status, body } = await archive.post(`/projections/${view}/rebuilds`, {});
  expect(status).toBe(202);
  await archive.settled();
  return body.id;
}

/** Adds a live row that no fold produces. */
async function harm(): Promise<void> {
  const { catalog, rows } = archive.embedded.stores;
  const { live = 0 } = await readGenerations(catalog);
  await rows.open(live).append([{ partition: 'topic/war', sort: 'stray', position: 3, body: {} }]);
}

describe('a rebuild', () => {
  test('a rebuild is answered at once with its address, and runs to its end in the background', async () => {
    const before = (await archive.get('/timeline')).body;
    const { status, headers, body } = await archive.send('/projections/timeline/rebuilds', {
      method: 'POST',
    });
    expect([status, headers.get('location')]).toEqual([202, '/projections/timeline/rebuilds/2']);
    expect(body).toMatchObject({
      view: 'timeline',
      id: 2,
      reason: 'requested',
      started: { by: 'tester', at: expect.stringMatching(/^\d{4}-.*Z$/) },
      phase: 'folding',
    });
    await archive.settled();
    const done = await archive.get(headers.get('location') ?? '');
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({
      phase: 'switched',
      drift: { position: 4, missing: 0, extra: 0, different: 0, examples: [] },
      endedAt: expect.stringMatching(/Z$/),
    });
    // The stored progress, which is incomplete, is omitted after the end.
    expect(done.body).not.toHaveProperty('progress');
    expect((await archive.get('/timeline')).body).toEqual(before);
    expect(await projectionOf('timeline')).toMatchObject({
      generation: 2,
      status: 'caught-up',
      kept: [{ generation: 1, position: 4, until: expect.stringMatching(/Z$/) }],
    });
    expect(archive.alarms).toEqual([]);
  });

  test('a rebuild is of all read models, and does not change any answer', async () => {
    const paths = [
      '/timeline',
      '/actors',
      '/topics',
      '/topics/peace',
      '/statements',
      '/actors/actor-anna-beck/dossier',
    ];
    const answers = () => Promise.all(paths.map(async (path) => (await archive.get(path)).body));
    const before = await answers();
    await rebuilt('topics');
    const { body } = await archive.get('/projections');
    expect(body.projections.map(({ view, generation }: any) => [view, generation])).toEqual(
      readModels.map(({ name }) => [name, 2]),
    );
    for (const { name, version } of readModels)
      expect(await rebuildOf(name, 2)).toMatchObject({ view: name, phase: 'switched', version });
    expect(await answers()).toEqual(before);
  });

  test('a rebuild is refused while another one has not ended, and the answer names that one', async () => {
    await harm();
    await rebuilt('topics');
    const { status, body } = await archive.post('/projections/actors/rebuilds', {});
    expect([status, body.type, body.rebuild]).toEqual([409, 'urn:chancery:problem:rebuild-running', 2]);
    expect(body.title).toBe('A rebuild of the read models has not ended');
  });

  test('rebuilds are listed in pages, the latest first', async () => {
    for (const id of [2, 3, 4]) expect(await rebuilt('network')).toBe(id);
    const first = await archive.get('/projections/network/rebuilds?limit=2');
    expect(first.body.rebuilds.map(({ id }: any) => id)).toEqual([4, 3]);
    expect(first.headers.get('link')).toBe('</projections/network/rebuilds?limit=2&before=3>; rel="next"');
    const second = await archive.get('/projections/network/rebuilds?limit=2&before=3');
    expect(second.body.rebuilds.map(({ id, reason }: any) => [id, reason])).toEqual([
      [2, 'requested'],
      [1, 'first'],
    ]);
    expect(second.headers.get('link')).toBeNull();
  });

  test.each([
    ['POST', '/projections/none/rebuilds'],
    ['GET', '/projections/none/rebuilds'],
    ['GET', '/projections/topics/rebuilds/2'],
    ['GET', '/projections/topics/rebuilds/x'],
    ['POST', '/projections/topics/rebuilds/2/cancellations'],
    ['POST', '/projections/topics/rebuilds/2/acceptances'],
    ['POST', '/projections/topics/rebuilds/0/acceptances'],
  ])('an unknown rebuild is 404: %s %s', async (method, path) => {
    const { status, body } = await archive.send(path, { method });
    expect([status, body.type]).toEqual([404, expect.stringMatching(/not-found|no-such-path/)]);
  });
});

describe('a rebuild that finds drift', () => {
  beforeEach(async () => {
    await harm();
    await rebuilt('timeline');
  });

  test('a rebuild that finds drift shows examples, alarms the operator, and leaves the live generation', async () => {
    const projection = await projectionOf('timeline');
    expect(projection).toMatchObject({ generation: 1, rebuild: { id: 2, phase: 'drifted' } });
    const { drift } = projection.rebuild;
    expect(drift).toMatchObject({ missing: 0, extra: 1, different: 0 });
    expect(drift.examples).toEqual([
      { kind: 'extra', partition: 'topic/war', sort: 'stray', from: 3, pointer: '', live: '{}' },
    ]);
    expect(archive.alarms).toEqual(['rebuild 2 differs from the live rows: accept or cancel it undefined']);
  });

  test('a rebuild with drift is promoted after its acceptance', async () => {
    const { status, body } = await archive.post('/projections/timeline/rebuilds/2/acceptances', {});
    expect([status, body.accepted.by]).toEqual([202, 'tester']);
    await archive.settled();
    expect(await rebuildOf('timeline', 2)).toMatchObject({ phase: 'switched', drift: { extra: 1 } });
    expect(await projectionOf('timeline')).toMatchObject({ generation: 2 });
  });

  test('a rebuild with drift ends after its cancellation, and another one can start', async () => {
    const { status, body } = await archive.post('/projections/timeline/rebuilds/2/cancellations', {});
    expect([status, body.phase, body.cancelled]).toEqual([
      202,
      'cancelled',
      expect.objectContaining({ by: 'tester', why: 'requested' }),
    ]);
    expect(await projectionOf('timeline')).not.toHaveProperty('rebuild');
    expect(await rebuilt('timeline')).toBe(3);
  });
});

test('a rebuild that awaits no decision cannot be accepted, and a promoted one cannot be cancelled', async () => {
  await rebuilt('topics');
  const accepted = await archive.post('/projections/topics/rebuilds/2/acceptances', {});
  expect([accepted.status, accepted.body.type, accepted.body.phase]).toEqual([
    409,
    'urn:chancery:problem:rebuild-not-waiting',
    'switched',
  ]);
  const cancelled = await archive.post('/projections/topics/rebuilds/2/cancellations', {});
  expect([cancelled.status, cancelled.body.type]).toEqual([409, 'urn:chancery:problem:rebuild-over']);
});

describe('a rollback', () => {
  test('a rollback is one idempotent call, in either direction', async () => {
    await rebuilt('actors');
    const back = await archive.post('/projections/actors/rollbacks', { to: 1 });
    expect([back.status, back.body.generation, back.body.kept[0].generation]).toEqual([200, 1, 2]);
    expect((await archive.post('/projections/actors/rollbacks', { to: 1 })).body.generation).toBe(1);
    expect(await rebuildOf('actors', 2)).toMatchObject({ wentBack: { by: 'tester', to: 1 } });
    await archive.post('/actors', { id: 'actor-late', kind: 'person', name: 'Late' });
    await archive.settled();
    const forth = await archive.post('/projections/actors/rollbacks', { to: 2 });
    expect(forth.body).toMatchObject({ generation: 2, position: 5, status: 'caught-up' });
    expect((await archive.get('/actors')).body.items.map(({ id }: any) => id)).toContain('actor-late');
  });

  test.each([
    [{ to: 1 }, 200],
    [{ to: 2 }, 409],
    [{ to: 0 }, 422],
    [{ to: '1' }, 422],
    [{}, 422],
    [{ to: 1, from: 2 }, 422],
  ])('a rollback to %j without a rebuild is answered %i', async (body, status) => {
    const answer = await archive.post('/projections/actors/rollbacks', body);
    expect(answer.status).toBe(status);
    if (status === 409)
      expect(answer.body).toMatchObject({
        type: 'urn:chancery:problem:no-way-back',
        detail: expect.stringContaining('no generation is kept'),
      });
  });
});

test('every call of rebuilds is in the description of the API', async () => {
  const { body } = await archive.get('/openapi.json');
  for (const path of [
    'rebuilds',
    'rebuilds/{id}',
    'rebuilds/{id}/acceptances',
    'rebuilds/{id}/cancellations',
    'rollbacks',
  ])
    expect(Object.keys(body.paths)).toContain(`/projections/{view}/${path}`);
});

test('a read model that is ahead of the log has a lag of 0, and is not caught up', async () => {
  const { catalog } = archive.embedded.stores;
  await changeGenerations(catalog, (before) => ({
    ...before,
    generations: { 1: { ...before.generations[1], timeline: { version: timeline.version, next: 17_000 } } },
  }));
  expect(await projectionOf('timeline')).toMatchObject({ lag: 0, status: 'behind' });
});
