// Uncertain dates over HTTP: accepted spellings, and the lists that include them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let articleId: string;
beforeAll(async () => {
  archive = await openTestArchive();
  const article = { text: 'We talked about dates.', title: 'Dates', publisher: 'The Daily', language: 'en' };
  articleId = (await archive.post('/articles', article)).body.id;
  await archive.post('/actors', { id: 'actor-anna-beck', kind: 'person', name: 'Anna Beck' });
});
afterAll(() => archive.close());

const record = async (madeOn: string) =>
  archive.post('/statements', {
    speakers: [{ actor: 'actor-anna-beck' }],
    act: 'said',
    channel: 'press',
    madeOn,
    form: 'indirect',
    certainty: 'asserted',
    language: 'en',
    content: 'We talked about dates',
    evidence: [{ articleId, exact: 'We talked about dates' }],
  });

const idsFrom = async (query: string): Promise<string[]> => {
  const { body } = await archive.get(`/statements?limit=500&${query}`);
  return body.items.map(({ id }: { id: string }) => id);
};

describe('a statement is listed on exactly the days that its date may mean', () => {
  test.each([
    ['1950S2', 'from=1960&to=1969', true],
    ['1950S2', 'from=2000', false],
    ['1950S2', 'to=1899', false],
    ['1899-07-01', 'from=1950S2&to=1950S2', false],
    ['1903-07-01', 'from=1950S2&to=1950S2', true],
    ['201X-02-29', 'from=2012-02-29&to=2012-02-29', true],
    ['201X-02-29', 'from=2013&to=2015', false],
    ['2023-X2-30', 'from=2023-12-30&to=2023-12-30', true],
    ['2023-X2-30', 'from=2023-02&to=2023-02', false],
    ['2023-03-03/2023-03', 'from=2023-03-10&to=2023-03-10', true],
    ['2023-03-03/2023-03', 'from=2023-03-01&to=2023-03-02', false],
    ['[2021,2023]', 'from=2022&to=2022', false],
    ['[2021,2023]', 'from=2023&to=2023', true],
    ['[2021..2023]', 'from=2022&to=2022', true],
    ['{2021-03-01,2021-03-09}', 'from=2021-03-05&to=2021-03-05', false],
    ['{2021-03-01,2021-03-09}', 'from=2021-03-09&to=2021-03-20', true],
  ])('a statement of %s is listed with %s: %s', async (date, query, isListed) => {
    const { status, body } = await record(date);
    expect([date, status]).toEqual([date, 201]);
    await archive.settled();
    expect((await idsFrom(query)).includes(body.id)).toBe(isListed);
  });
});

test('a date that exists in no calendar is refused with the wrong digits', async () => {
  const { status, body } = await record('20XX-02-30');
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain('20XX-02-30 is not a day of the calendar');
});

test('a window that ends before it begins is refused with both dates as written and in words', async () => {
  const { status, body } = await archive.get('/statements?from=2023-05&to=1950S2');
  expect(status).toBe(400);
  expect(body.detail).toContain(
    '2023-05 (May 2023) begins after 1950S2 (about 1950 (1900 to 1999)) has ended',
  );
});

test('the summary of a feed entry says the date in words', async () => {
  await record('[..2026]');
  await archive.settled();
  expect((await archive.get('/timeline/feed')).text).toContain('Date: by 2026.');
});
