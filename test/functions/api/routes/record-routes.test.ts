// Batches of records of one article: each record is accepted or refused independently, and a retry never writes twice.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  meetingBody,
  openTestArchive,
  seed,
  statementBody,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;

beforeEach(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
});
afterEach(() => archive.close());

const send = (records: unknown, query = '') =>
  archive.post(`/articles/${seeded.article}/records${query}`, { records });
const size = async (): Promise<number> => {
  await archive.settled();
  return (await archive.get('/events?limit=1')).body.size;
};

const batch = () => {
  const { evidence: _, participants: __, ...meeting } = meetingBody(seeded);
  const { evidence: ___, speakers: ____, ...statement } = statementBody(seeded);
  return [
    { kind: 'actor', key: 'carla', body: { kind: 'person', name: 'Carla' } },
    {
      kind: 'meeting',
      key: 'talks',
      body: {
        ...meeting,
        announced: true,
        participants: [{ actor: '@carla', for: seeded.omar }, { actor: seeded.anna }],
        evidence: [{ exact: 'The two ministers met' }],
      },
    },
    {
      kind: 'statement',
      key: 'words',
      body: {
        ...statement,
        speakers: [{ actor: '@carla' }],
        meetingId: '@talks',
        about: ['@carla'],
        regarding: [{ id: '@talks', relation: 'about' }],
        content: 'We talked',
        evidence: [{ exact: '“We talked' }],
      },
    },
    {
      kind: 'held',
      key: 'took-place',
      of: '@talks',
      body: { heldOn: '2023-03-02', evidence: [{ exact: 'in Delhi on Thursday' }] },
    },
    { kind: 'evidence', key: 'more', of: '@words', body: { evidence: [{ exact: 'Anna Beck' }] } },
    {
      kind: 'evidence-withdrawal',
      key: 'less',
      of: '@words',
      body: { exact: 'Anna Beck', reason: 'not about it' },
    },
    {
      kind: 'correction',
      key: 'name',
      of: '@carla',
      body: { reason: 'full name', changes: { name: 'Carla Ruiz' } },
    },
    { kind: 'retraction', key: 'back', of: '@words', body: { reason: 'a slip' } },
  ];
};

test('records of a batch refer to earlier ones by "@key", and their evidence is in the article of the path', async () => {
  const answer = await send(batch());
  expect(answer.body.records.map(({ status }: any) => status)).toEqual(batch().map(() => 201));
  const { id } = answer.body.records[2];
  const { body } = await archive.get(`/statements/${id}`);
  expect(body).toMatchObject({
    speakers: [{ actor: answer.body.records[0].id }],
    meetingId: answer.body.records[1].id,
    regarding: [{ id: answer.body.records[1].id, relation: 'about' }],
    evidence: [{ articleId: seeded.article }],
    retracted: { reason: 'a slip' },
    revision: 4,
  });
});

test('a retry of a batch writes no record twice, and resumes where the first attempt stopped', async () => {
  const first = await send(batch().slice(0, 3));
  const before = await size();
  const second = await send(batch());
  expect(second.body.records.slice(0, 3)).toEqual(
    first.body.records.map((each: any) => ({ ...each, replayed: true })),
  );
  expect(await size()).toBe(before + 5);
  const third = await send(batch());
  expect(third.body.records.every(({ replayed }: any) => replayed)).toBe(true);
  expect(await size()).toBe(before + 5);
});

test('a dry run of a batch writes nothing and returns all refusals', async () => {
  const before = await size();
  const [actor, meeting, statement] = batch();
  const answer = await send(
    [
      actor,
      meeting,
      { ...statement, key: 'bad-date', body: { ...statement?.body, madeOn: '2023-02-29' } },
      { ...statement, key: 'bad-words', body: { ...statement?.body, content: 'We shouted' } },
      {
        ...statement,
        key: 'bad-passage',
        body: { ...statement?.body, evidence: [{ exact: 'Peace is near' }] },
      },
      statement,
      { kind: 'retraction', key: 'late', of: '@bad-date', body: { reason: 'x' } },
      { kind: 'retraction', key: 'unknown', of: '@nobody', body: { reason: 'x' } },
    ],
    '?dryRun=true',
  );
  expect(
    answer.body.records.map(({ status, problem }: any) => [status, problem?.type?.split(':').at(-1)]),
  ).toEqual([
    [201, undefined],
    [201, undefined],
    [422, 'invalid'],
    [422, 'content-not-in-evidence'],
    [422, 'passage-ambiguous'],
    [201, undefined],
    [422, 'unknown-reference'],
    [422, 'unknown-reference'],
  ]);
  expect(await size()).toBe(before);
  const real = await send(batch().slice(0, 1));
  expect(real.body.records[0].id).toBe(answer.body.records[0].id);
});

test('a refused record does not affect the others of its batch', async () => {
  const [actor, meeting, statement] = batch();
  const answer = await send([
    actor,
    { ...meeting, body: { ...meeting?.body, participants: [] } },
    statement,
    { ...actor, key: 'dora', body: { kind: 'person', name: 'Dora' } },
  ]);
  expect(answer.body.records.map(({ status }: any) => status)).toEqual([201, 422, 422, 201]);
  expect(answer.body.records[2].problem.detail).toContain('@talks was refused');
});

test('a key that is sent again with another body is refused', async () => {
  await send(batch().slice(0, 1));
  const answer = await send([{ kind: 'actor', key: 'carla', body: { kind: 'person', name: 'Other' } }]);
  expect(answer.body.records[0].problem.type).toBe('urn:chancery:problem:idempotency-key-reused');
});

test('a malformed batch is refused as a whole', async () => {
  const [actor] = batch();
  for (const records of [
    [],
    [actor, actor],
    [{ ...actor, kind: 'treaty' }],
    [{ ...actor, key: 'a b' }],
    'x',
  ]) {
    const answer = await send(records);
    expect([answer.status, answer.body.type]).toEqual([422, 'urn:chancery:problem:invalid']);
  }
  const unknown = await archive.post(`/articles/article-${'0'.repeat(64)}/records`, { records: batch() });
  expect(unknown.status).toBe(404);
  const misplaced = await send([
    { kind: 'held', key: 'x', of: seeded.statement, body: { evidence: [{ exact: 'Peace' }] } },
    { kind: 'held', key: 'y', body: {} },
    { ...actor, of: seeded.anna },
  ]);
  expect(misplaced.body.records.map(({ status }: any) => status)).toEqual([422, 422, 422]);
});
