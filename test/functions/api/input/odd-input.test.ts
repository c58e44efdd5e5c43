// Unusual input: deep nesting, misspellings, invisible characters, random alterations. Each is refused with a reason or
// accepted literally; the archive never fails, and a refusal writes nothing.
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MAX_BODY_DEPTH } from '../../../../functions/api/support/body.ts';
import {
  articleBody,
  meetingBody,
  openTestArchive,
  opinionBody,
  seed,
  statementBody,
  type Answer,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;

beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
});
afterEach(() => expect(archive.alarms).toEqual([]));
afterAll(() => archive.close());

const events = async (): Promise<number> => {
  await archive.settled();
  return (await archive.get('/events?limit=1')).body.size;
};

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.type], answer.text).toEqual([status, `urn:chancery:problem:${code}`]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
}

const raw = (path: string, body: string) =>
  archive.send(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
const records = (body: string, key = 'a') =>
  raw(`/articles/${seeded.article}/records`, `{"records":[{"kind":"actor","key":"${key}","body":${body}}]}`);

describe('odd bodies', () => {
  test('a body that is nested too deep is 422 with the limit, also within a batch', async () => {
    const arrays = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const before = await events();
    for (const body of [arrays, objects, `{"title":${arrays}}`]) {
      for (const answer of [
        await raw('/meetings', body),
        await raw('/articles', body),
        await records(body),
      ]) {
        expectProblem(answer, 422, 'invalid');
        expect(answer.body).toMatchObject({ limit: MAX_BODY_DEPTH, detail: expect.stringContaining('32') });
      }
    }
    expect(await events()).toBe(before);
  });

  test('a member that names the prototype is an unknown field at every depth', async () => {
    const before = await events();
    for (const body of [
      '{"__proto__":{"kind":"person"},"kind":"person","name":"A"}',
      '{"kind":"person","name":"A","aliases":[{"name":"B","__proto__":null}]}',
    ]) {
      for (const answer of [await raw('/actors', body), await records(body)]) {
        expectProblem(answer, 422, 'invalid');
        expect(answer.text).toContain('unknown field \\"__proto__\\"');
      }
    }
    expect(await events()).toBe(before);
    for (const [index, name] of ['constructor', 'toString', 'hasOwnProperty'].entries())
      expectProblem(await raw('/actors', `{"kind":"person","name":"A","${name}":${index}}`), 422, 'invalid');
  });

  test('the last value of a repeated member counts', async () => {
    const answer = await raw('/actors', '{"kind":"state","kind":"person","name":"A","name":"Twice Told"}');
    expect(answer.status).toBe(201);
    const { body } = await archive.get(`/actors/${answer.body.id}`);
    expect(body).toMatchObject({ kind: 'person', name: 'Twice Told' });
  });

  test('a body may begin with a byte order mark', async () => {
    expect((await raw('/actors', '\ufeff{"kind":"person","name":"Marked"}')).status).toBe(201);
  });

  test('missing fields are listed in words', async () => {
    const answer = await raw('/actors', '{}');
    expectProblem(answer, 422, 'invalid');
    expect(answer.body.errors).toEqual([
      { pointer: '/kind', detail: 'is missing: one of "person", "state", "organization", "group"' },
      { pointer: '/name', detail: 'is missing: send a string' },
    ]);
  });

  test.each([
    ['a zero-width space', '\u200b'],
    ['marks of direction', '\u200f\u202e'],
    ['control characters', '\u0000\u0007'],
    ['space of all kinds', ' \u3000\u2028'],
    ['a soft hyphen and a byte order mark', '\u00ad\ufeff'],
  ])('a text with only %s is blank', async (_, name) => {
    expectProblem(await archive.post('/actors', { kind: 'person', name }), 422, 'invalid');
    expectProblem(await archive.post('/articles', { ...articleBody, text: name }), 422, 'invalid');
    const evidence = [{ articleId: seeded.article, exact: name }];
    expectProblem(await archive.post('/statements', { ...statementBody(seeded), evidence }), 422, 'invalid');
  });

  test.each(['a\u2028b', 'a\u2029b', 'a\nb', 'a\u0085b'])(
    'a name with a line break is 422: %j',
    async (name) => {
      expectProblem(await archive.post('/actors', { kind: 'person', name }), 422, 'invalid');
    },
  );

  test.each(['Ъ👩‍🚀', 'דוד \u200fבן־גוריון', 'محمد', 'a\u0301\u0323', '\u202eThgir', 'ก็'])(
    'a name is kept as written: %j',
    async (name) => {
      const { body } = await archive.post('/actors', { kind: 'person', name });
      expect((await archive.get(`/actors/${body.id}`)).body.name).toBe(name);
    },
  );
});

describe('odd parameters', () => {
  test.each([
    '/timeline?speker=actor-anna-beck',
    '/statements?limit=1&Topic=peace',
    '/events?after=1&types=MeetingHeld',
    '/topics?constructor=1',
    '/actors?__proto__=1',
  ])('an unknown parameter is 400 instead of being ignored: %s', async (path) => {
    const answer = await archive.get(path);
    expectProblem(answer, 400, 'invalid-request');
    expect(answer.body.detail).toMatch(/^the query: unknown parameter "\w+"(?:; did you mean \w+\?)?$/);
  });

  test('a misspelt dryRun does not record anything', async () => {
    const before = await events();
    for (const name of ['dryrun', 'dry-run', 'dryRun '])
      expectProblem(
        await archive.post(`/articles/${seeded.article}/records?${encodeURIComponent(name)}=true`, {
          records: [{ kind: 'actor', key: 'dry', body: { kind: 'person', name: 'Dry' } }],
        }),
        400,
        'invalid-request',
      );
    expectProblem(
      await archive.post('/actors?dryRun=true', { kind: 'person', name: 'Dry' }),
      400,
      'invalid-request',
    );
    expect(await events()).toBe(before);
  });

  test.each(['', '%201', '1e1', '0x1', '1.0', '+1', '-1', '١', '99999999999999999999', '1&limit=2'])(
    'a number in the query must consist of plain digits: %j is 400',
    async (limit) => {
      for (const path of ['/timeline', '/events', `/actors/${seeded.anna}/events`])
        expectProblem(await archive.get(`${path}?limit=${limit}`), 400, 'invalid-request');
    },
  );

  test('an empty `after` is refused instead of read as 0', async () => {
    for (const after of ['', '-0', '0x', 'null']) {
      expectProblem(await archive.get(`/events?after=${after}`), 400, 'invalid-request');
      expectProblem(
        await archive.get(`/actors/${seeded.anna}/events?after=${after}`),
        400,
        'invalid-request',
      );
    }
    expect((await archive.get('/events')).body.events[0].position).toBe(0);
  });
});

/** Returns a value to replace a valid one. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    [],
    {},
    [[]],
    [null],
    '\ud800',
    '\u0000',
    '@key',
    '__proto__',
  ),
  fc.constantFrom(
    'a'.repeat(20_001),
    '…'.repeat(5_000),
    '[x] '.repeat(4_000),
    '\u0301'.repeat(9_000),
    '2023-02-29',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Returns the value with one member at any depth replaced, removed or added. */
function altered(value: unknown, steps: readonly number[], to: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || rest.length === 0) return to;
  const members = Object.entries(value);
  const [name = 'more', member] = members[step % (members.length + 1)] ?? [];
  const changed = step % 7 === 0 ? undefined : altered(member, rest, to);
  if (!Array.isArray(value)) return { ...value, [name]: changed };
  return changed === undefined
    ? value.slice(1)
    : value.with(Math.min(Number(name) || 0, value.length - 1), changed);
}

test('a randomly altered body is accepted or refused, and never makes the archive fail', async () => {
  const bodies: [string, () => object][] = [
    ['/articles', () => ({ ...articleBody, url: 'https://example.org/a', byline: 'B' })],
    [
      '/actors',
      () => ({ kind: 'person', name: 'A', aliases: [{ name: 'B', language: 'en' }], wikidata: 'Q1' }),
    ],
    [
      '/meetings',
      () => ({ ...meetingBody(seeded), place: { printed: 'Delhi', country: 'IN' }, within: seeded.meeting }),
    ],
    [
      '/statements',
      () => ({
        ...statementBody(seeded),
        meetingId: seeded.meeting,
        regarding: [{ id: seeded.statement, relation: 'repeats' }],
        about: [seeded.omar],
        attributedBy: [{ description: 'an aide', for: seeded.omar }],
      }),
    ],
    ['/opinions', () => opinionBody(seeded)],
    [
      `/meetings/${seeded.meeting}/corrections`,
      () => ({ cause: 'coding-error', reason: 'x', changes: meetingBody(seeded) }),
    ],
    [`/statements/${seeded.statement}/evidence`, () => ({ evidence: statementBody(seeded).evidence })],
    [
      `/articles/${seeded.article}/records`,
      () => ({
        records: [{ kind: 'statement', key: 'k', body: { ...statementBody(seeded), about: [seeded.anna] } }],
      }),
    ],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
      odd,
      async ([path, body], steps, to) => {
        const answer = await archive.post(path, altered(body(), steps, to) ?? null);
        const statuses = answer.body.records?.map(({ status }: { status: number }) => status) ?? [
          answer.status,
        ];
        for (const status of statuses) expect(status, answer.text).toBeLessThan(500);
        if (answer.status >= 400) expect(answer.body.type).toMatch(/^urn:chancery:problem:/);
        expect(archive.alarms).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
  const size = await events();
  const { body } = await archive.get('/projections');
  for (const { status, position } of body.projections)
    expect([status, position]).toEqual(['caught-up', size - 1]);
});
