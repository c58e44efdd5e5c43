// Article bytes that were overwritten in storage are neither served nor accepted as evidence.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { articleKey } from '../../../../domain/recording/stored-article.ts';
import {
  articleBody,
  openTestArchive,
  type Answer,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

const genuine = 'The minister said no to the offer of her neighbours.';
const forged = 'The minister said yes to the offer of her neighbours.';

let archive: TestArchive;
let id: string;
beforeEach(async () => {
  archive = await openTestArchive();
  id = (await archive.post('/articles', { ...articleBody, text: genuine })).body.id;
  await archive.post('/actors', { id: 'actor-anna', kind: 'person', name: 'Anna' });
});
afterEach(() => archive.close());

async function overwrite(text: string): Promise<void> {
  const { articles } = archive.embedded.archive;
  const stored = await articles.get(articleKey(id));
  expect(await articles.replace(articleKey(id), Buffer.from(text), stored?.etag)).toBe(true);
}

const statement = (exact: string) => ({
  speakers: [{ actor: 'actor-anna' }],
  act: 'said',
  channel: 'press',
  madeOn: '2023-03-02',
  content: exact,
  form: 'indirect',
  language: 'en',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId: id, exact }],
});

const events = async (): Promise<number> => {
  await archive.settled();
  const { text } = await archive.get('/events', { Accept: 'application/x-ndjson' });
  return text.split('\n').filter(Boolean).length;
};

function expectDamaged({ status, headers, body }: Answer): void {
  expect([status, headers.get('content-type')]).toEqual([500, 'application/problem+json']);
  expect(body).toMatchObject({
    type: 'urn:chancery:problem:damaged',
    title: 'Stored bytes are damaged',
    detail: expect.stringMatching(new RegExp(`^the text of ${id} is damaged: .* restore it from a backup`)),
  });
  expect(headers.get('etag')).toBeNull();
}

test('an overwritten article is not served, and the error is logged', async () => {
  await overwrite(forged);
  expectDamaged(await archive.get(`/articles/${id}/source`));
  expectDamaged(await archive.get(`/articles/${id}`));
  expect(archive.alarms).toHaveLength(2);
  expect(archive.alarms[0]).toMatch(
    new RegExp(
      `^GET /articles/${id}/source failed \\(request [0-9a-f-]+\\) Damaged: the text of ${id} is damaged: the SHA-256`,
    ),
  );
});

test('an overwritten article supports no statement, whether the statement quotes the forged or the genuine words', async () => {
  await overwrite(forged);
  const before = await events();
  expectDamaged(await archive.post('/statements', statement('The minister said yes to the offer')));
  expectDamaged(await archive.post('/statements', statement('to the offer of her neighbours.')));
  const both = { ...statement('said yes'), regarding: [{ id: 'meeting-unknown', relation: 'about' }] };
  expectDamaged(await archive.post('/statements', both));
  expect(await events()).toBe(before);
  expect(archive.alarms).toHaveLength(3);
});

test('an overwritten article fails each line of a bulk request that quotes it, also in a dry run', async () => {
  await overwrite(forged);
  const records = [{ kind: 'statement', key: 'one', body: statement('said yes to the offer') }];
  for (const query of ['', '?dryRun=true']) {
    const { body } = await archive.post(`/articles/${id}/records${query}`, { records });
    expect(body.records).toMatchObject([
      { key: 'one', status: 500, problem: { type: 'urn:chancery:problem:damaged' } },
    ]);
  }
  expect(archive.alarms).toHaveLength(2);
});

test('an overwritten article cannot be archived again as if it were intact', async () => {
  await overwrite(forged);
  const other = { ...articleBody, text: genuine, publisher: 'The Weekly' };
  const before = await events();
  expectDamaged(await archive.post('/articles', other));
  expect(await events()).toBe(before);
});

test('a feed that links to passages of an overwritten article answers 500', async () => {
  const recorded = await archive.post('/statements', statement('The minister said no to the offer'));
  expect(recorded.status).toBe(201);
  await archive.settled();
  expect((await archive.get('/timeline/feed')).status).toBe(200);
  await overwrite(forged);
  expectDamaged(await archive.get('/timeline/feed'));
});

test('an article is served and quoted again after its bytes have been restored', async () => {
  await overwrite(forged);
  expectDamaged(await archive.get(`/articles/${id}/source`));
  await overwrite(genuine);
  const { status, text, headers } = await archive.get(`/articles/${id}/source`);
  expect([status, text, headers.get('etag')]).toEqual([200, genuine, `"${articleKey(id)}"`]);
  expect((await archive.post('/statements', statement('The minister said no'))).status).toBe(201);
});
