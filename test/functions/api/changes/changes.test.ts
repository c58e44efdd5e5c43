// Changes since a point in history: the diff of two states, and `changedSince` of every list.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  meetingBody,
  openTestArchive,
  opinionBody,
  seed,
  type Answer,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let opinion: string;
let other: string;
let late: string;
/** The position after the archive was seeded, and the last position. */
let visit: number;
let end: number;

const correct = (changes: object, more: object = {}) => ({
  cause: 'coding-error',
  reason: 'misread',
  changes,
  ...more,
});
const done = async (path: string, body: unknown): Promise<string> => {
  const answer = await archive.post(path, body);
  if (answer.status > 201) throw new Error(`${path}: ${answer.text}`);
  return answer.body.id as string;
};
const here = async (): Promise<number> => {
  await archive.settled();
  return (await archive.get('/timeline?limit=1')).body.position;
};

beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  opinion = await done('/opinions', opinionBody(seeded));
  await done('/actors', { id: 'actor-a-beck', kind: 'person', name: 'A. Beck' });
  visit = await here();

  other = await done('/articles', {
    text: 'Another paper: the two ministers met. A third was there.',
    title: 'Met',
    publisher: 'Other',
    language: 'en',
  });
  await done(`/meetings/${seeded.meeting}/evidence`, {
    evidence: [{ articleId: other, exact: 'the two ministers met' }],
  });
  await done(`/statements/${seeded.statement}/corrections`, correct({ topics: ['war'] }));
  await done(`/opinions/${opinion}/retractions`, { reason: 'a hoax' });
  await done('/actors/actor-a-beck/merges', { into: seeded.anna, reason: 'the same person' });
  late = await done('/meetings', { ...meetingBody(seeded), title: 'Again', heldOn: '2023-03-04' });
  end = await here();
});
afterAll(async () => {
  expect(archive.alarms).toEqual([]);
  await archive.close();
});

const changesOf = ({ body }: Answer): Record<string, string[]> =>
  Object.fromEntries(body.items.map((item: any) => [item.id ?? item.topic ?? item.between, item.changes]));
const diff = (query: string) => archive.get(`/timeline/diff?${query}`);

describe('changes since the last visit', () => {
  test('changes since the last visit are one call with its position: each item once, ordered by latest change', async () => {
    const answer = await diff(`from=${visit}`);
    expect(answer.body).toMatchObject({ from: visit, position: end });
    expect(Object.entries(changesOf(answer))).toEqual([
      [other, ['added']],
      [seeded.meeting, ['evidence-added']],
      [seeded.statement, ['corrected']],
      [opinion, ['retracted']],
      ['actor-a-beck', ['merged']],
      [late, ['added']],
    ]);
    expect(answer.body.actors[seeded.anna]).toEqual({ name: 'Anna Beck' });
  });

  test('each change has the states before and after', async () => {
    const { items } = (await diff(`from=${visit}`)).body;
    const [added, , corrected, retracted, merged] = items;
    expect(added).not.toHaveProperty('before');
    expect([corrected.kind, corrected.before.fields.topics, corrected.after.fields.topics]).toEqual([
      'statement',
      ['peace'],
      ['war'],
    ]);
    expect([retracted.before.retracted, retracted.after.retracted]).toEqual([
      undefined,
      { reason: 'a hoax' },
    ]);
    expect([merged.before.mergedInto, merged.after.mergedInto]).toEqual([undefined, seeded.anna]);
  });

  test('there are no changes since the end of the log', async () => {
    expect((await diff(`from=${end}`)).body).toEqual({ items: [], actors: {}, from: end, position: end });
  });

  test('all items are changes since before the first event', async () => {
    const { body } = await diff('');
    expect(body.from).toBeNull();
    expect(body.items).toHaveLength(9);
    expect(body.items.every(({ changes }: any) => changes.includes('added'))).toBe(true);
  });
});

describe('the diff of two states', () => {
  test('a diff has the changes between its two states and no later ones', async () => {
    const answer = await diff(`from=${visit}&to=${visit + 3}`);
    expect(changesOf(answer)).toEqual({
      [other]: ['added'],
      [seeded.meeting]: ['evidence-added'],
      [seeded.statement]: ['corrected'],
    });
    expect(answer.body.position).toBe(visit + 3);
  });

  test('a diff accepts instants', async () => {
    const { events } = (await archive.get(`/events?after=${visit - 1}&limit=2`)).body;
    const [before, after] = events.map(({ event }: any) => event.time);
    const answer = await diff(`from=${before}&to=${after}`);
    expect(Object.keys(changesOf(answer))).toContain(other);
    expect(answer.body.from).toBeGreaterThanOrEqual(visit);
  });

  test('the pages of a diff keep its states during writes', async () => {
    const first = await diff(`from=${visit}&limit=2`);
    const ids = first.body.items.map(({ id }: any) => id);
    await done(`/meetings/${late}/corrections`, correct({ title: 'Once more' }));
    await here();
    for (let next = linkOf(first); next !== undefined;) {
      const page = await archive.get(next);
      expect(page.body.position).toBe(end);
      ids.push(...page.body.items.map(({ id }: any) => id));
      next = linkOf(page);
    }
    expect(ids).toEqual([other, seeded.meeting, seeded.statement, opinion, 'actor-a-beck', late]);
    expect((await diff(`from=${end}`)).body.items).toMatchObject([{ id: late, changes: ['corrected'] }]);
  });

  test('a diff omits changes that were undone', async () => {
    const from = await here();
    await done(`/statements/${seeded.statement}/evidence`, {
      evidence: [{ articleId: other, exact: 'A third was there.' }],
    });
    const added = await here();
    await done(`/statements/${seeded.statement}/evidence/withdrawals`, {
      articleId: other,
      exact: 'A third was there.',
      reason: 'about another day',
    });
    const to = await here();
    expect(changesOf(await diff(`from=${from}&to=${added}`))).toEqual({
      [seeded.statement]: ['evidence-added'],
    });
    expect(changesOf(await diff(`from=${added}&to=${to}`))).toEqual({
      [seeded.statement]: ['evidence-withdrawn'],
    });
    expect(changesOf(await diff(`from=${from}&to=${to}`))).toEqual({});
  });

  test('a diff lists a record that was reinstated and retracted for another reason', async () => {
    const from = await here();
    await done(`/opinions/${opinion}/corrections`, correct({}, { reinstates: true }));
    const reinstated = await here();
    await done(`/opinions/${opinion}/retractions`, { reason: 'another hoax' });
    await here();
    expect(changesOf(await diff(`from=${from}&to=${reinstated}`))[opinion]).toContain('reinstated');
    const { items } = (await diff(`from=${from}`)).body;
    expect(items).toMatchObject([
      {
        id: opinion,
        before: { retracted: { reason: 'a hoax' } },
        after: { retracted: { reason: 'another hoax' } },
      },
    ]);
    expect(items[0].changes).toContain('retracted');
  });

  test.each([
    ['from=9&to=3', 'from is after to'],
    ['from=100000', 'the log ends at position'],
    ['to=yesterday', 'must be a position such as 1041'],
    ['from=2023-03-03T14:00:00', '%2B'],
    ['asOf=3', 'asOf'],
  ])('a diff with %s is refused with advice', async (query, detail) => {
    const answer = await diff(query);
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:chancery:problem:invalid-request']);
    expect(answer.body.detail).toContain(detail);
  });
});

const linkOf = ({ headers }: Answer): string | undefined =>
  /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];

describe('changedSince', () => {
  const since = (path: string, more = '') =>
    archive.get(`${path}${path.includes('?') ? '&' : '?'}changedSince=${visit}&asOf=${end}${more}`);

  test('changedSince of the timeline and of each kind lists changed records with their changes', async () => {
    const all = await since('/timeline');
    expect(changesOf(all)).toEqual({
      [seeded.meeting]: ['evidence-added'],
      [seeded.statement]: ['corrected'],
      [opinion]: ['retracted'],
      [late]: ['added'],
    });
    expect(all.body).toMatchObject({ changedSince: visit, position: end });
    expect(all.body.items[2].retracted).toEqual({ reason: 'a hoax' });
    expect(changesOf(await since('/meetings'))).toEqual({
      [seeded.meeting]: ['evidence-added'],
      [late]: ['added'],
    });
    expect(changesOf(await since('/statements'))).toEqual({ [seeded.statement]: ['corrected'] });
    expect(changesOf(await since('/opinions'))).toEqual({ [opinion]: ['retracted'] });
  });

  test('changedSince lists the records that entered or left a filtered list', async () => {
    expect(changesOf(await since('/timeline?topic=war'))).toEqual({
      [seeded.statement]: ['corrected', 'entered'],
    });
    expect(changesOf(await since('/timeline?topic=peace'))).toEqual({
      [seeded.meeting]: ['evidence-added'],
      [seeded.statement]: ['corrected', 'left'],
      [late]: ['added'],
    });
    expect(changesOf(await since(`/timeline?actor=${seeded.anna}&from=2023-03-04`))).toEqual({
      [late]: ['added'],
    });
    // Before the merge, the record was not in the list of this actor.
    expect(changesOf(await since('/timeline?speaker=actor-a-beck'))).toEqual({
      [seeded.statement]: ['corrected', 'entered'],
    });
  });

  test('changedSince of actors lists introduced, corrected and merged actors', async () => {
    expect(changesOf(await since('/actors'))).toEqual({ 'actor-a-beck': ['merged'] });
    expect((await since('/actors')).body.items[0]).toMatchObject({ mergedInto: seeded.anna });
    expect((await since('/actors?kind=state')).body.items).toEqual([]);
  });

  test('changedSince of topics lists topics whose counts changed, with the counts before', async () => {
    const { body } = await since('/topics');
    expect(body.items).toMatchObject([
      {
        topic: 'peace',
        changes: ['counts'],
        before: { meetings: 1, statements: 1 },
        counts: { meetings: 2, statements: 0 },
      },
      { topic: 'war', changes: ['added'], counts: { statements: 1 } },
    ]);
  });

  test('changedSince of the network lists pairs whose counts changed', async () => {
    const { body } = await since('/network');
    expect(body.items).toMatchObject([
      {
        between: [seeded.anna, seeded.omar],
        meetings: 2,
        first: '2023-03-02',
        last: '2023-03-04',
        changes: ['counts'],
        before: { meetings: 1, last: '2023-03-02' },
      },
    ]);
    expect((await since(`/network?actor=${seeded.omar}`)).body.items).toEqual(body.items);
  });

  test('changedSince of dependents lists changed records and those that no longer cite the article', async () => {
    const dependents = (id: string, more = '') => since(`/articles/${id}/dependents${more}`);
    expect(changesOf(await dependents(other))).toEqual({ [seeded.meeting]: ['evidence-added', 'entered'] });
    expect(changesOf(await dependents(seeded.article, '?sole=true'))).toEqual({
      [seeded.meeting]: ['evidence-added', 'left'],
      [seeded.statement]: ['corrected'],
      [opinion]: ['retracted'],
      [late]: ['added'],
    });
  });

  test('changedSince after asOf, or after the page that a cursor continues, is refused; from the last position on it lists no changes', async () => {
    const answer = await archive.get(`/timeline?changedSince=${end}&asOf=${visit}`);
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      'changedSince is after asOf: send an earlier changedSince, or leave asOf out',
    ]);
    const now = await here();
    expect((await archive.get(`/timeline?changedSince=${now}`)).body.items).toEqual([]);
    const next = linkOf(await archive.get(`/timeline?limit=1&changedSince=0&asOf=${visit}`)) ?? '';
    const cursor = new URLSearchParams(next.slice(next.indexOf('?'))).get('cursor');
    const before = await archive.get(`/timeline?changedSince=${end}&cursor=${cursor}`);
    expect([before.status, before.body.detail]).toEqual([
      400,
      `cursor continues a page as of position ${visit}, but changedSince means position ${end}: follow the Link of that page as it is, or leave cursor out`,
    ]);
  });
});
