// The OpenAPI description is true: documented bodies are accepted, required fields are required, and answers match
// their schemas.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  articleBody,
  articleText,
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
let paths: Record<string, any>;
beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  const { body } = await archive.get('/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  ({ paths } = body);
});
afterAll(() => archive.close());

const takes = (schema: Parameters<typeof z.fromJSONSchema>[0], value: unknown): boolean =>
  z.fromJSONSchema(schema).safeParse(value).success;
const bodyOf = (path: string) => paths[path].post.requestBody.content['application/json'].schema;
const answerOf = (path: string, method: string, status: number) =>
  paths[path][method].responses[status].content['application/json'].schema;

function expectDescribed(answer: Answer, path: string, method: string): void {
  const described = z.fromJSONSchema(answerOf(path, method, answer.status)).safeParse(answer.body);
  expect(described.error?.issues, `${method} ${path} answered ${answer.text.slice(0, 500)}`).toBeUndefined();
}

const quote = (exact: string) => [{ articleId: seeded.article, exact }];
const calledOff = () => ({ evidence: quote('Anna Beck') });
const announced = async (): Promise<string> =>
  (await archive.post('/meetings', { ...meetingBody(seeded), announced: true })).body.id;
const merged = async (): Promise<string> => {
  const { id } = (await archive.post('/actors', { kind: 'person', name: 'A. Beck' })).body;
  await archive.post(`/actors/${id}/merges`, { into: seeded.anna, reason: 'the same' });
  return id;
};
const fresh = async (): Promise<string> =>
  (await archive.post('/actors', { kind: 'person', name: 'B' })).body.id;
let articles = 0;
const article = async (): Promise<string> =>
  (await archive.post('/articles', { ...articleBody, text: `${articleText} Again: ${articles++}.` })).body.id;
const record = async (path: string, body: object): Promise<string> =>
  (await archive.post(path, body)).body.id;
const statement = () => record('/statements', statementBody(seeded));
const opinion = () => record('/opinions', opinionBody(seeded));
const meeting = () => record('/meetings', meetingBody(seeded));
const correction = (changes: object) => ({ cause: 'coding-error', reason: 'x', changes });
const retraction = { reason: 'x' };
const withTwo = async (path: string, made: () => Promise<string>): Promise<string> => {
  const id = await made();
  await archive.post(`${path}/${id}/evidence`, { evidence: quote('in Delhi on Thursday') });
  return id;
};
const withdrawal = () => ({ articleId: seeded.article, exact: 'in Delhi on Thursday', reason: 'x' });

/** The minimal body of each call; `of` creates the resource that it applies to. */
const calls: Record<string, { readonly of?: () => Promise<string>; readonly body: () => object }> = {
  '/articles': { body: () => ({ text: 'Talks.', title: 'T', publisher: 'P', language: 'en' }) },
  '/articles/{id}/records': {
    of: async () => seeded.article,
    body: () => ({ records: [{ kind: 'actor', key: 'a', body: { kind: 'person', name: 'A' } }] }),
  },
  '/articles/{id}/appearances': { of: article, body: () => ({ publisher: 'The Weekly' }) },
  '/articles/{id}/corrections': { of: article, body: () => ({ reason: 'x', changes: { title: 'T' } }) },
  '/articles/{id}/withdrawals': { of: article, body: () => retraction },
  '/actors': { body: () => ({ kind: 'person', name: 'C' }) },
  '/actors/{id}/aliases': { of: fresh, body: () => ({ aliases: [{ name: 'D' }] }) },
  '/actors/{id}/corrections': { of: fresh, body: () => ({ reason: 'x', changes: { name: 'E' } }) },
  '/actors/{id}/merges': { of: fresh, body: () => ({ into: seeded.anna, reason: 'x' }) },
  '/actors/{id}/unmerges': { of: merged, body: () => retraction },
  '/meetings': {
    body: () => ({
      title: 'M',
      participants: [{ actor: seeded.anna }, { description: 'her colleague' }],
      heldOn: '2023',
      format: 'other',
      certainty: 'asserted',
      evidence: quote('Anna Beck'),
    }),
  },
  '/meetings/{id}/held': { of: announced, body: calledOff },
  '/meetings/{id}/called-off': { of: announced, body: calledOff },
  '/meetings/{id}/corrections': { of: meeting, body: () => correction({ place: { printed: 'Delhi' } }) },
  '/meetings/{id}/retractions': { of: meeting, body: () => retraction },
  '/meetings/{id}/evidence': { of: meeting, body: calledOff },
  '/meetings/{id}/evidence/withdrawals': { of: () => withTwo('/meetings', meeting), body: withdrawal },
  '/statements': {
    body: () => ({
      speakers: [{ description: 'her colleague' }],
      act: 'declined',
      channel: 'press',
      madeOn: '2023',
      certainty: 'asserted',
      evidence: quote('declined to comment'),
    }),
  },
  '/statements/{id}/corrections': { of: statement, body: () => correction({ summary: 'S' }) },
  '/statements/{id}/retractions': { of: statement, body: () => retraction },
  '/statements/{id}/evidence': { of: statement, body: calledOff },
  '/statements/{id}/evidence/withdrawals': { of: () => withTwo('/statements', statement), body: withdrawal },
  '/opinions': { body: () => opinionBody(seeded) },
  '/opinions/{id}/corrections': { of: opinion, body: () => correction({ about: [seeded.anna] }) },
  '/opinions/{id}/retractions': { of: opinion, body: () => retraction },
  '/opinions/{id}/evidence': { of: opinion, body: calledOff },
  '/opinions/{id}/evidence/withdrawals': { of: () => withTwo('/opinions', opinion), body: withdrawal },
};

describe('calls that record', () => {
  test.each(Object.keys(calls))(
    '%s accepts the documented fields and requires the required ones',
    async (path) => {
      const { of, body } = calls[path] ?? { body: () => ({}) };
      const least = body() as Record<string, unknown>;
      const schema = bodyOf(path);
      expect(takes(schema, least)).toBe(true);
      expect((schema.required ?? []).toSorted()).toEqual(Object.keys(least).toSorted());
      expect(takes(schema, { ...least, sentiment: 'hostile' })).toBe(false);
      const to = path.replace('{id}', (await of?.()) ?? '');
      for (const name of Object.keys(least)) {
        const { [name]: _, ...lacking } = least;
        expect([name, takes(schema, lacking), (await archive.post(to, lacking)).status]).toEqual([
          name,
          false,
          422,
        ]);
      }
      const answer = await archive.post(to, least);
      expect([200, 201], answer.text).toContain(answer.status);
      expectDescribed(answer, path, 'post');
    },
  );

  test('every call that records is described and listed in this test', () => {
    const described = Object.keys(paths).filter(
      (path) => paths[path].post !== undefined && !path.startsWith('/projections'),
    );
    expect(described.toSorted()).toEqual(Object.keys(calls).toSorted());
  });

  test('optional fields are described as optional at every depth', () => {
    const { speakers, evidence, place, original } = bodyOf('/statements').properties;
    expect(speakers.items.required).toBeUndefined();
    expect(evidence.items.required).toEqual(['articleId', 'exact']);
    expect(place.required).toEqual(['printed']);
    expect(original.required).toEqual(['content', 'language', 'evidence']);
    expect(bodyOf('/statements/{id}/corrections').properties.changes.required).toBeUndefined();
  });
});

describe('reads', () => {
  test('every read answers as described', async () => {
    await archive.post(`/statements/${seeded.statement}/corrections`, correction({ topics: ['talks'] }));
    await archive.post(`/meetings/${seeded.meeting}/evidence`, {
      evidence: [{ ...quote('Café 🕊️ talks')[0], stance: 'disputes', for: ['heldOn'] }],
    });
    const [gone, off, actor] = [await withTwo('/opinions', opinion), await announced(), await merged()];
    await archive.post(`/opinions/${gone}/evidence/withdrawals`, withdrawal());
    await archive.post(`/opinions/${gone}/retractions`, retraction);
    await archive.post(`/meetings/${off}/called-off`, {
      ...calledOff(),
      reason: 'snow',
      postponedTo: '2024',
    });
    const withdrawn = await article();
    await archive.post(`/articles/${withdrawn}/appearances`, { publisher: 'The Weekly' });
    await archive.post(`/articles/${withdrawn}/withdrawals`, { ...retraction, authority: 'a court' });
    await archive.settled();
    const reads: Record<string, readonly string[]> = {
      '/meetings/{id}': [seeded.meeting, off],
      '/statements/{id}': [seeded.statement],
      '/opinions/{id}': [gone],
      '/actors/{id}': [seeded.anna, actor],
      '/articles/{id}': [seeded.article, withdrawn],
      '/articles/{id}/dependents': [seeded.article],
      '/meetings/{id}/events': [seeded.meeting],
      '/statements/{id}/events': [seeded.statement],
      '/opinions/{id}/events': [gone],
      '/actors/{id}/events': [seeded.anna],
      '/articles/{id}/events': [withdrawn],
      '/timeline': ['', '?changedSince=0'],
      '/timeline/diff': [''],
      '/actors': ['', '?changedSince=0'],
      '/topics': ['', '?changedSince=0'],
      '/network': ['', '?changedSince=0'],
      '/meetings/{id}/dossier': [seeded.meeting, off],
      '/actors/{id}/dossier': [seeded.anna, actor],
      '/meetings/{id}/responses': [seeded.meeting],
      '/statements/{id}/responses': [seeded.statement],
      '/opinions/{id}/responses': [gone],
      '/topics/{topic}': ['talks'],
      '/meetings': [''],
      '/statements': [''],
      '/opinions': [''],
      '/events': [''],
      '/projections': [''],
      '/health': [''],
    };
    for (const [path, ids] of Object.entries(reads))
      for (const id of ids) {
        const answer = await archive.get(/\{\w+\}/.test(path) ? path.replace(/\{\w+\}/, id) : `${path}${id}`);
        expect(answer.status, path).toBe(200);
        expectDescribed(answer, path, 'get');
      }
  });

  test('every read describes its parameters as optional', () => {
    const parameters: { name: string; in: string; required: boolean }[] = paths['/timeline'].get.parameters;
    const names = [
      'actor',
      'topic',
      'from',
      'to',
      'kind',
      'speaker',
      'certainty',
      'limit',
      'cursor',
      'order',
      'asOf',
    ];
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(parameters.filter(({ required }) => required)).toEqual([]);
  });
});
