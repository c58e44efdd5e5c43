// Answers of reads: single resources, lists, dossiers, articles with their passages, replay.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Unsequenced } from '../../../domain/log/unsequenced-sweep.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { topics } from '../../../domain/projections/views/topics-view.ts';
import { createApi } from '../../../functions/api/create-api.ts';
import {
  articleText,
  meetingBody,
  openTestArchive,
  opinionBody,
  seed,
  statementBody,
  type Seeded,
  type TestArchive,
} from '../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let opinion: string;
let guess: string;

beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  opinion = (
    await archive.post('/opinions', {
      ...opinionBody(seeded),
      about: [seeded.anna],
      regarding: [{ id: seeded.statement, relation: 'about' }],
    })
  ).body.id;
  guess = (
    await archive.post('/statements', {
      ...statementBody(seeded),
      speakers: [{ actor: seeded.anna }],
      meetingId: seeded.meeting,
      madeOn: '2023-03/2023-06',
      content: 'Café 🕊️ talks went on',
      form: 'indirect',
      certainty: 'speculated',
      attributedBy: [{ actor: seeded.omar }],
      topics: ['cafes'],
      evidence: [{ articleId: seeded.article, exact: 'Cafe\u0301 🕊️ talks went on.' }],
    })
  ).body.id;
  await archive.settled();
});
afterAll(async () => {
  expect(archive.alarms).toEqual([]);
  await archive.close();
});

const ids = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id);

describe('single resources', () => {
  test('a resource is folded from its events, and its ETag is its revision', async () => {
    const answer = await archive.get(`/statements/${seeded.statement}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toMatchObject({
      id: seeded.statement,
      status: 'made',
      content: 'We talked, and we listened - no more',
      revision: 1,
      recordedBy: 'tester',
      evidence: [{ exact: '“We talked, and we listened — no more”, said Anna Beck.', start: 45 }],
    });
    const [piece] = answer.body.evidence;
    expect(Array.from(articleText).slice(piece.start, piece.end).join('')).toBe(piece.exact);
  });
  test('a resource answers 304 to its ETag', async () => {
    const answer = await archive.get(`/statements/${seeded.statement}`, { 'If-None-Match': '"1"' });
    expect([answer.status, answer.text]).toEqual([304, '']);
    const list = await archive.get('/timeline');
    const again = await archive.get('/timeline', { 'If-None-Match': list.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });
  test('the events of a resource are served as recorded, in pages', async () => {
    await archive.post(`/opinions/${opinion}/corrections`, {
      cause: 'coding-error',
      reason: 'x',
      changes: { topics: ['press'] },
    });
    const all = await archive.get(`/opinions/${opinion}/events`);
    expect(
      all.body.events.map(({ type, revision, n, of }: Record<string, unknown>) => [type, revision, n, of]),
    ).toEqual([
      ['ExpertOpinionPublished', 1, 1, 1],
      ['ExpertOpinionCorrected', 2, 1, 1],
    ]);
    const first = await archive.get(`/opinions/${opinion}/events?limit=1`);
    expect(first.body.events).toHaveLength(1);
    const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await archive.get(next)).body.events).toEqual(all.body.events.slice(1));
  });
  test('a merged actor names the actor that it was merged into', async () => {
    await archive.post('/actors', { id: 'actor-a-beck', kind: 'person', name: 'A. Beck' });
    await archive.post('/actors/actor-a-beck/merges', { into: seeded.anna, reason: 'the same person' });
    const answer = await archive.get('/actors/actor-a-beck');
    expect(answer.body).toMatchObject({ name: 'A. Beck', mergedInto: seeded.anna, revision: 1 });
    const stale = await archive.post(
      '/actors/actor-a-beck/corrections',
      { reason: 'x', changes: { name: 'Anna B.' } },
      { 'If-Match': answer.headers.get('etag') ?? '' },
    );
    expect(stale.status).toBe(201);
  });
});

describe('lists', () => {
  test('a list is sorted by date, and has its position and the names of actors', async () => {
    await archive.settled();
    const answer = await archive.get('/timeline');
    expect(ids(answer)).toEqual([guess, seeded.meeting, seeded.statement, opinion]);
    expect(answer.body.position).toBe((await archive.get('/events?limit=1')).body.size - 1);
    expect(answer.body.actors[seeded.anna]).toEqual({ name: 'Anna Beck' });
    expect(ids(await archive.get('/timeline?order=desc'))).toEqual([
      opinion,
      seeded.statement,
      seeded.meeting,
      guess,
    ]);
  });
  test('a list is filtered by kind, topic, actor, role, certainty and recorder', async () => {
    expect(ids(await archive.get('/meetings'))).toEqual([seeded.meeting]);
    expect(ids(await archive.get('/timeline?kind=opinion'))).toEqual([opinion]);
    expect(ids(await archive.get('/timeline?topic=peace'))).toEqual([seeded.meeting, seeded.statement]);
    expect(ids(await archive.get(`/timeline?actor=${seeded.omar}`))).toEqual([
      guess,
      seeded.meeting,
      opinion,
    ]);
    expect(ids(await archive.get(`/timeline?actor=${seeded.omar}&actor=${seeded.anna}`))).toEqual([
      guess,
      seeded.meeting,
      opinion,
    ]);
    expect(ids(await archive.get(`/opinions?about=${seeded.anna}`))).toEqual([opinion]);
    expect(ids(await archive.get(`/opinions?speaker=${seeded.omar}`))).toEqual([opinion]);
    expect(ids(await archive.get('/timeline?recordedBy=somebody'))).toEqual([]);
    expect(ids(await archive.get('/statements?recordedBy=tester&certainty=asserted'))).toEqual([
      seeded.statement,
    ]);
  });
  test('a list of a speaker omits speculation unless the filter selects it', async () => {
    expect(ids(await archive.get(`/statements?speaker=${seeded.anna}`))).toEqual([seeded.statement]);
    expect(ids(await archive.get(`/statements?speaker=${seeded.anna}&certainty=speculated`))).toEqual([
      guess,
    ]);
  });
  test('a list is filtered by overlapping dates, including wide and open intervals', async () => {
    expect(ids(await archive.get('/timeline?from=2023-03-03&to=2023-03-03'))).toEqual([guess, opinion]);
    expect(ids(await archive.get('/timeline?from=2023-05'))).toEqual([guess]);
    expect(ids(await archive.get('/timeline?to=2023-02'))).toEqual([]);
    expect(ids(await archive.get('/timeline?from=2023-07'))).toEqual([]);
  });
  test('the pages of a list are complete and do not repeat items', async () => {
    const seen: string[] = [];
    for (let path: string | undefined = '/timeline?limit=1'; path;) {
      const answer = await archive.get(path);
      seen.push(...ids(answer));
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([guess, seeded.meeting, seeded.statement, opinion]);
  });
  test('a list includes a merged actor under its visible actor', async () => {
    const { body } = await archive.get('/actors?kind=person');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([seeded.anna, seeded.omar]);
    expect(body.items[0]).toMatchObject({
      mergedFrom: [{ id: 'actor-a-beck', name: 'Anna B.', aliases: [{ name: 'A. Beck' }] }],
      counts: { meetings: 1, statements: 2, opinions: 1 },
    });
    expect(ids(await archive.get('/timeline?actor=actor-a-beck&kind=meeting'))).toEqual([seeded.meeting]);
  });
});

describe('dossiers', () => {
  test('the dossier of a meeting has its sides, speculation by its author, responses, opinions and sources', async () => {
    const { body } = await archive.get(`/meetings/${seeded.meeting}/dossier`);
    expect(body.meeting.id).toBe(seeded.meeting);
    expect(body.sides.map((side: any) => [side.party.actor, side.entries.map(({ id }: any) => id)])).toEqual([
      [seeded.anna, [seeded.statement]],
    ]);
    expect(body.sides[0].entries[0].responses.map(({ id }: any) => id)).toEqual([opinion]);
    expect(
      body.speculation.map((side: any) => [side.party.actor, side.entries.map(({ id }: any) => id)]),
    ).toEqual([[seeded.omar, [guess]]]);
    expect(body.sources).toMatchObject([
      { id: seeded.article, title: 'Two ministers <i>meet</i>', publisher: 'The Daily' },
    ]);
  });
  test('the dossier of an actor has its counts and all records in which it takes part', async () => {
    const { body } = await archive.get(`/actors/${seeded.omar}/dossier`);
    expect(body.actor).toMatchObject({
      id: seeded.omar,
      counts: { meetings: 1, statements: 1, opinions: 1 },
    });
    expect(ids({ body })).toEqual([guess, seeded.meeting, opinion]);
  });
  test('the dossier of a topic has its records in order', async () => {
    const { body } = await archive.get('/topics/peace');
    expect(body).toMatchObject({ topic: 'peace', counts: { meetings: 1, statements: 1 } });
    expect(ids({ body })).toEqual([seeded.meeting, seeded.statement]);
    expect((await archive.get('/topics')).body.items.map(({ topic }: any) => topic)).toEqual([
      'cafes',
      'peace',
      'press',
    ]);
  });
  test('the dossier of an unknown id is 404', async () => {
    for (const path of ['/meetings/meeting-none/dossier', '/actors/actor-unknown/dossier', '/topics/none'])
      expect((await archive.get(path)).status).toBe(404);
  });
});

describe('articles', () => {
  test('an article has every cited passage, and its sentences without a record', async () => {
    const { body } = await archive.get(`/articles/${seeded.article}`);
    expect(body).toMatchObject({
      id: seeded.article,
      title: 'Two ministers <i>meet</i>',
      publisher: 'The Daily',
      revision: 1,
    });
    expect(body.passages.map(({ id, thing }: any) => [id, thing.kind])).toEqual([
      [seeded.meeting, 'meeting'],
      [seeded.statement, 'statement'],
      [opinion, 'opinion'],
      [guess, 'statement'],
    ]);
    const points = Array.from(articleText);
    for (const { start, end, exact } of body.passages) expect(points.slice(start, end).join('')).toBe(exact);
    expect(body.uncoded.map(({ text }: any) => text)).toContain(
      'Her colleague Omar Diallo declined to comment.',
    );
    for (const { start, end, text } of body.uncoded) expect(points.slice(start, end).join('')).toBe(text);
  });
  test('the source of an article has its exact bytes, as text that browsers do not run', async () => {
    const answer = await archive.get(`/articles/${seeded.article}/source`);
    expect(answer.text).toBe(articleText);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
  test('the dependents of an article are the records that cite it, or cite only it', async () => {
    const other = (
      await archive.post('/articles', {
        text: 'Another paper: the two ministers met.',
        title: 'Met',
        publisher: 'Other',
        language: 'en',
      })
    ).body.id;
    await archive.post(`/meetings/${seeded.meeting}/evidence`, {
      evidence: [{ articleId: other, exact: 'the two ministers met' }],
    });
    await archive.settled();
    const all = ids(await archive.get(`/articles/${seeded.article}/dependents`));
    expect(all.toSorted()).toEqual([seeded.meeting, seeded.statement, opinion, guess].toSorted());
    const sole = ids(await archive.get(`/articles/${seeded.article}/dependents?sole=true`));
    expect(sole.toSorted()).toEqual([seeded.statement, opinion, guess].toSorted());
  });
  test('a withdrawn article keeps its digest, events and reason, and no longer serves its text', async () => {
    const text = 'A text that must go.';
    const { id } = (
      await archive.post('/articles', { text, title: 'Gone', publisher: 'Other', language: 'en' })
    ).body;
    await archive.post(`/articles/${id}/withdrawals`, { reason: 'court order', authority: 'High Court' });
    const source = await archive.get(`/articles/${id}/source`);
    expect([source.status, source.body.type, source.body.withdrawn]).toEqual([
      410,
      'urn:chancery:problem:article-withdrawn',
      { reason: 'court order', authority: 'High Court' },
    ]);
    const { body } = await archive.get(`/articles/${id}`);
    expect(body).toMatchObject({
      withdrawn: { reason: 'court order' },
      text: { sha256: id.slice('article-'.length) },
    });
    expect(body.uncoded).toBeUndefined();
    expect((await archive.get(`/articles/${id}/events`)).body.events).toHaveLength(2);
    expect(
      (await archive.post('/articles', { text, title: 'Gone', publisher: 'Other', language: 'en' })).status,
    ).toBe(410);
  });
});

describe('the replay', () => {
  test('the replay has every event once, in log order, from any position', async () => {
    await archive.settled();
    const lines = (await archive.get('/events', { Accept: 'application/x-ndjson' })).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ position }) => position)).toEqual(lines.map((_, index) => index));
    const after = await archive.get('/events?after=2', { Accept: 'application/x-ndjson' });
    expect(
      after.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(lines.slice(3));
    const page = await archive.get('/events?limit=2');
    expect(page.body).toEqual({ events: lines.slice(0, 2), size: lines.length });
    expect(page.headers.get('link')).toBe('</events?limit=2&after=1>; rel="next"');
    expect((await archive.get(`/events?after=${lines.length + 5}`)).body.events).toEqual([]);
  });
  test('the replay is filtered by type and stream', async () => {
    const made = await archive.get('/events?type=StatementMade&type=ExpertOpinionPublished');
    expect(made.body.events.map(({ event }: any) => event.type)).toEqual([
      'StatementMade',
      'ExpertOpinionPublished',
      'StatementMade',
    ]);
    const own = await archive.get(`/events?stream=${seeded.statement}`);
    expect(own.body.events.map(({ event }: any) => event.subject)).toEqual([seeded.statement]);
  });
});

describe('waiting', () => {
  test('Prefer: wait is applied if the read models have the commit', async () => {
    const answer = await archive.post(
      '/meetings',
      { ...meetingBody(seeded), heldOn: '1999-01-01' },
      { Prefer: 'wait=10' },
    );
    expect(answer.headers.get('preference-applied')).toBe('wait=10');
    expect(ids(await archive.get('/timeline?to=1999'))).toEqual([answer.body.id]);
    for (const prefer of ['Wait=9', 'respond-async, WAIT = "9"']) {
      const { headers } = await archive.post('/actors', { kind: 'person', name: prefer }, { Prefer: prefer });
      expect(headers.get('preference-applied'), prefer).toBe('wait=9');
    }
  });

  test('Prefer: wait does not wait for a stopped read model, and reads of that model give the reason', async () => {
    const hold = () =>
      archive.post('/meetings', { ...meetingBody(seeded), heldOn: '1998' }, { Prefer: 'wait=25' });
    const broken = vi.spyOn(topics, 'rowsOf').mockImplementation(() => {
      throw new Error('odd');
    });
    const answer = await hold();
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([201, null]);
    expect(ids(await archive.get('/timeline?to=1998'))).toEqual([answer.body.id]);
    const { position } = (await archive.get('/timeline')).body;
    const behind = await archive.get(`/topics?asOf=${position}`);
    expect([behind.status, behind.body.detail]).toEqual([
      503,
      expect.stringContaining('read model topics is stopped'),
    ]);
    expect((await archive.get('/topics')).body.position).toBe(position - 1);
    const changed = await archive.get(`/topics?changedSince=${position}`);
    expect([changed.status, changed.body.detail]).toEqual([behind.status, behind.body.detail]);
    expect(archive.alarms.splice(0).join()).toContain('topics is stopped');
    broken.mockRestore();
    expect((await hold()).headers.get('preference-applied')).toBe('wait=25');
  });
});

describe('the description of the API', () => {
  test('the description is OpenAPI 3.1 and has every call', async () => {
    const { body } = await archive.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const paths = Object.keys(body.paths);
    for (const path of [
      '/articles',
      '/articles/{id}/records',
      '/meetings/{id}/evidence/withdrawals',
      '/meetings/{id}/called-off',
      '/actors/{id}/unmerges',
      '/timeline',
      '/events',
      '/topics/{topic}',
      '/projections',
    ]) {
      expect(paths).toContain(path);
    }
    const body_ = body.paths['/statements'].post.requestBody.content['application/json'].schema;
    expect(body_.required).toEqual(
      expect.arrayContaining(['speakers', 'act', 'channel', 'madeOn', 'certainty', 'evidence']),
    );
  });
  test('GET /projections never calls a read model caught up while a commit may lack a position', async () => {
    await archive.settled();
    const shown = async (unsequenced: Unsequenced) => {
      const api = createApi({ ...archive.embedded.archive, unsequenced: () => unsequenced });
      const { projections } = (await (await api.request('/projections')).json()) as { projections: any[] };
      return new Set(
        projections.map(({ status, unsequenced, sequencedBefore, lag }) =>
          JSON.stringify([status, unsequenced, sequencedBefore, lag]),
        ),
      );
    };
    const one = (...values: unknown[]) => new Set([JSON.stringify(values)]);
    expect(await shown({ commits: 'none' })).toEqual(one('caught-up', false, undefined, 0));
    expect(await shown({ commits: 'some' })).toEqual(one('behind', true, undefined, 0));
    expect(await shown({ commits: 'unknown' })).toEqual(one('unknown', null, undefined, 0));
    expect(await shown({ commits: 'unknown', sequencedBefore: 0 })).toEqual(
      one('unknown', null, '1970-01-01T00:00:00.000Z', 0),
    );
  });
  test('GET /projections has the progress of each read model', async () => {
    await archive.settled();
    const { body } = await archive.get('/projections');
    expect(body.projections.map(({ view, status, lag }: any) => [view, status, lag])).toEqual(
      readModels.map(({ name }) => [name, 'caught-up', 0]),
    );
    expect((await archive.get('/projections/timeline')).body.view).toBe('timeline');
    expect((await archive.get('/projections/none')).status).toBe(404);
    expect((await archive.get('/health')).body).toEqual({ status: 'ok' });
  });
});
