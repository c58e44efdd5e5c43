// Absent resources: lists as of before the first event have its date; single resources, dossiers and topics give the
// reason and what to do.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../../../functions/api/create-api.ts';
import {
  openTestArchive,
  seed,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let firstEvent: string;
beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  firstEvent = (await archive.get('/events?limit=1')).body.events[0].event.time;
});
afterEach(() => expect(archive.alarms).toEqual([]));
afterAll(() => archive.close());

/** The day before the first event, and the instant just before it. */
const before = () => ['1999-12-31', new Date(Date.parse(firstEvent) - 1).toISOString()];

describe('reads as of before the first event', () => {
  test.each([
    '/timeline?asOf=',
    '/timeline?kind=meeting&order=desc&asOf=',
    '/meetings?asOf=',
    '/statements?asOf=',
    '/opinions?asOf=',
    '/actors?asOf=',
    '/topics?asOf=',
    '/network?asOf=',
    '/timeline?changedSince=1990-01-01&asOf=',
    '/timeline/diff?to=',
  ])(
    'a list as of before the first event is 200, empty, and has the time of that event: %s',
    async (path) => {
      for (const point of before()) {
        const { status, body, text } = await archive.get(`${path}${point}`);
        expect(status, text).toBe(200);
        expect(body).toMatchObject({ items: [], position: null, firstEvent });
      }
    },
  );

  test('a single resource as of before the first event is 404 with the date of that event', async () => {
    const { article, anna, meeting, statement } = seeded;
    for (const [path, what] of [
      [`/meetings/${meeting}`, `meeting ${meeting}`],
      [`/meetings/${meeting}/dossier`, `meeting ${meeting}`],
      [`/statements/${statement}`, `statement ${statement}`],
      [`/actors/${anna}`, `actor ${anna}`],
      [`/actors/${anna}/dossier`, `actor ${anna}`],
      [`/actors/${anna}/feed`, `actor ${anna}`],
      [`/articles/${article}`, `article ${article}`],
      [`/articles/${article}/dependents`, `article ${article}`],
      ['/topics/peace', 'topic peace'],
    ]) {
      for (const point of before()) {
        const { status, body } = await archive.get(`${path}?asOf=${point}`);
        expect([status, body.type, body.firstEvent], path).toEqual([
          404,
          'urn:chancery:problem:not-found',
          firstEvent,
        ]);
        expect(body.detail).toBe(
          `no such ${what} as of ${point}: the archive's first event was recorded on ${firstEvent.slice(0, 10)}; ask for that day or later`,
        );
        expect(body.detail).not.toContain('position -1');
      }
    }
  });

  test('reads as of the first event or later do not mention it', async () => {
    const list = await archive.get(`/timeline?asOf=${firstEvent}`);
    expect([list.status, 'firstEvent' in list.body]).toEqual([200, false]);
    const late = await archive.get(`/meetings/${seeded.meeting}?asOf=0`);
    expect([late.status, late.body.detail]).toEqual([
      404,
      `no such meeting ${seeded.meeting} as of position 0`,
    ]);
    expect((await archive.get('/timeline')).body).not.toHaveProperty('firstEvent');
  });

  test('a read as of a past time in an empty archive says that there are no events', async () => {
    const empty = await openTestArchive();
    const list = await empty.get('/timeline?asOf=1999-12-31');
    expect([list.status, list.body.items, 'firstEvent' in list.body]).toEqual([200, [], false]);
    const thing = await empty.get('/meetings/meeting-a?asOf=1999-12-31');
    expect([thing.status, thing.body.detail]).toEqual([
      404,
      'no such meeting meeting-a as of 1999-12-31: the archive has no events yet',
    ]);
    await empty.close();
  });
});

describe('reads as of now', () => {
  /** Writes commits that are not sequenced. */
  async function* late() {
    yield { stream: 'meeting-late', revision: 1, events: [] };
  }

  test('an unknown topic is 404 and names the list of topics', async () => {
    for (const path of ['/topics/nothing', '/topics/nothing?speaker=actor-anna-beck']) {
      const { status, body } = await archive.get(path);
      expect([status, body.detail]).toEqual([
        404,
        'no such topic: no record has the topic "nothing"; GET /topics lists the topics',
      ]);
    }
    const then = await archive.get('/topics/nothing?asOf=2');
    expect([then.status, then.body.detail]).toEqual([404, 'no such topic nothing as of position 2']);
  });

  test('an unknown meeting or actor is 404 and is named', async () => {
    for (const [path = '', detail] of [
      ['/meetings/meeting-nothing/dossier', 'no such meeting meeting-nothing'],
      ['/actors/actor-nothing/dossier', 'no such actor actor-nothing'],
      ['/actors/actor-nothing/feed', 'no such actor actor-nothing'],
      ['/meetings/meeting-nothing', 'no such meeting meeting-nothing'],
      [`/articles/article-${'0'.repeat(64)}`, `no such article article-${'0'.repeat(64)}`],
    ]) {
      const { status, body } = await archive.get(path);
      expect([status, body.detail]).toEqual([404, detail]);
    }
  });

  test('a record that the read models do not have yet is 404, with advice to wait', async () => {
    const { archive: world } = archive.embedded;
    const api = createApi({
      ...world,
      store: { ...world.store, read: late },
    });
    const response = await api.request('/meetings/meeting-late/dossier');
    const { detail } = (await response.json()) as { detail: string };
    expect([response.status, detail]).toEqual([
      404,
      'meeting meeting-late is recorded, but the read models do not have it yet: try again, or write with Prefer: wait=5',
    ]);
  });

  test('a record that is missing because a read model is stopped is 404, with the name of the read model', async () => {
    const { archive: world } = archive.embedded;
    const timeline = { version: 1, next: 3, stopped: { position: 3, reason: 'x' } };
    const body = { live: 1, last: 1, generations: { 1: { timeline } } };
    const api = createApi({
      ...world,
      catalog: { ...world.catalog, get: async (partition, sort) => ({ partition, sort, version: 1, body }) },
      store: { ...world.store, read: late },
    });
    const response = await api.request('/meetings/meeting-late/dossier');
    const waiting = (await response.json()) as { detail: string };
    expect(waiting.detail).toBe(
      'meeting meeting-late is recorded, but the read models do not have it yet: read model timeline is stopped, GET /projections says why',
    );
  });
});

test('an unknown read model is 404, with the names of all read models', async () => {
  const { status, body } = await archive.get('/projections/none');
  expect([status, body.detail]).toEqual([
    404,
    expect.stringMatching(/^no such read model: none; choose one of timeline, /),
  ]);
});

test.each([
  ['limit=x', 'the string "x"'],
  ['limit=', 'the string ""'],
  ['limit=1&limit=2', 'a list'],
])('a malformed number in the query is refused with the received value: %s', async (query, what) => {
  const { status, body } = await archive.get(`/timeline?${query}`);
  expect([status, body.detail]).toEqual([
    400,
    `/limit: must be a whole number from 1 to 500, and is ${what}`,
  ]);
});
