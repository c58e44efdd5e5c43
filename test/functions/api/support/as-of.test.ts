// A read as of a position equals that read in an archive with only the events up to it. The same holds by instant,
// within a commit, page by page, and during writes.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { changeGenerations } from '../../../../domain/projections/catalog.ts';
import { rolledBack } from '../../../../domain/projections/transitions.ts';
import { readEventHeader } from '../../../../events/envelope.ts';
import { readAtom, type ReadFeed } from '../../../support/atom.ts';
import { memoryArchive, type Answered, type MemoryArchive } from '../../../support/stores/memory-archive.ts';
import { history, type History } from '../../../support/archives/random-archive.ts';
import {
  changesSince,
  feedsOf,
  listsOf,
  thingsOf,
  withQuery,
  type Known,
} from '../../../support/questions.ts';
import { firstOf } from '../../../support/archives/random-commits.ts';
import { seeded, type Seeded } from '../../../support/seeded.ts';

// These tests fold many events.
vi.setConfig({ testTimeout: 300_000 });

/** Returns an archive with only the first events, folded at once. */
async function told({ commits, articles }: History, events: number): Promise<MemoryArchive> {
  const archive = memoryArchive(articles);
  await archive.feed(firstOf(commits, events));
  await archive.project();
  return archive;
}

/** Returns the comparable parts of an answer. Absent resources have their own messages. */
function gist({ status, text, headers }: Answered): unknown {
  if (status !== 200) return { status };
  const { uncoded: _, uncodedCount: __, ...body } = JSON.parse(text) as Record<string, unknown>;
  return {
    status,
    body: 'passages' in body && 'text' in body ? body : (JSON.parse(text) as unknown),
    etag: etagOf(headers),
  };
}

/** Returns headers without addresses of pages, which contain the requested position. */
const feedGist = ({ links, ...feed }: ReadFeed): unknown => ({ ...feed, pages: links.map(({ rel }) => rel) });

/** Only the ETag of a single resource is compared, because others follow from the body. */
const etagOf = (headers: Headers): string | undefined => /^"\d+"$/.exec(headers.get('etag') ?? '')?.[0];

/** Removes counts of coded sentences, which are absent for a text that was withdrawn later. */
const uncodedOf = ({ text }: Answered): unknown => (JSON.parse(text) as { uncoded?: unknown }).uncoded;

async function expectSame(
  { whole }: History,
  small: MemoryArchive,
  paths: readonly string[],
  asOf: number | string,
): Promise<void> {
  for (const path of paths) {
    const point = path.startsWith('/timeline/diff') ? `to=${asOf}` : `asOf=${asOf}`;
    const [then, now] = [await whole.get(withQuery(path, point)), await small.get(path)];
    expect(gist(then), `${path} as of ${asOf}`).toEqual(gist(now));
    if (/^\/articles\/[^/]+$/.test(path) && then.status === 200 && uncodedOf(then) !== undefined)
      expect(uncodedOf(then)).toEqual(uncodedOf(now));
  }
}

const questions = (random: Seeded, known: Known, since: number): string[] => [
  ...listsOf(random, known),
  ...thingsOf(random, known),
  ...changesSince(random, known, since),
];

describe('reads as of a position', () => {
  test('every read as of a position equals that of an archive with only the events up to it', async () => {
    const cases = fc.record({ seed: fc.integer({ min: 1, max: 6 }), run: fc.integer() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, run }) => {
        const of = await history(seed);
        const random = seeded(run);
        const position = random.below(of.size);
        const small = await told(of, position + 1);
        await expectSame(of, small, questions(random, of.known, random.below(position + 1)), position);
      }),
      { numRuns: 25 },
    );
  });

  test('every feed as of a position equals that of an archive with only the events up to it', async () => {
    let entries = 0;
    for (let run = 0; run < 12; run++) {
      const of = await history((run % 6) + 1);
      const random = seeded(run);
      const position = random.below(of.size);
      const small = await told(of, position + 1);
      for (const path of feedsOf(random, of.known)) {
        const [then, now] = [await of.whole.get(withQuery(path, `asOf=${position}`)), await small.get(path)];
        expect(then.status, path).toBe(now.status);
        if (now.status !== 200) continue;
        const [past, present] = [readAtom(then.text), readAtom(now.text)];
        expect(feedGist(past), `${path} as of ${position}`).toEqual(feedGist(present));
        entries += present.entries.length;
      }
    }
    expect(entries).toBeGreaterThan(100);
  });

  test('a read as of a position within a commit does not have the later events of the commit', async () => {
    const of = await history(2);
    const random = seeded(2);
    let middles = 0;
    for (let [at, position] = [0, -1]; at < of.commits.length; at++) {
      const { events = [] } = of.commits[at] ?? {};
      if (events.length > 2 && middles++ < 5) {
        const small = await told(of, position + 2);
        await expectSame(of, small, questions(random, of.known, 0), position + 1);
      }
      position += events.length;
    }
    expect(middles).toBeGreaterThan(2);
  });

  test('a read as of an instant has the longest prefix of the log without later events', async () => {
    const of = await history(3);
    const random = seeded(3);
    const times = of.commits.flatMap(({ events }) => events.map((bytes) => readEventHeader(bytes).time));
    expect(times).not.toEqual(times.toSorted());
    for (let run = 0; run < 40; run++) {
      const instant = new Date(
        Date.parse(random.pick(times)) + random.pick([-1, 0, 1, 30_000]),
      ).toISOString();
      const beyond = times.findIndex((time) => time > instant);
      const size = beyond < 0 ? times.length : beyond;
      const answer = await of.whole.get(`/timeline?limit=500&asOf=${instant}`);
      const same = size === 0 ? undefined : await of.whole.get(`/timeline?limit=500&asOf=${size - 1}`);
      const { position, items } = JSON.parse(answer.text) as { position: number | null; items: unknown[] };
      expect(position).toBe(size === 0 ? null : size - 1);
      if (same) expect(answer.text).toBe(same.text);
      else expect(items).toEqual([]);
    }
  });

  test('reads as of before the first event are empty or 404', async () => {
    const { whole, known } = await history(4);
    const random = seeded(4);
    for (const path of listsOf(random, known)) {
      const answer = await whole.get(withQuery(path, 'asOf=1999-12-31'));
      expect(JSON.parse(answer.text)).toMatchObject({ items: [], position: null });
    }
    for (const path of thingsOf(random, known))
      expect((await whole.get(withQuery(path, 'asOf=1999-12-31'))).status, path).toBe(404);
  });
});

const next = ({ headers }: Answered): string | undefined =>
  /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];

type Page = { items: unknown[]; position: number };
const pageOf = ({ text }: Answered): Page => JSON.parse(text) as Page;

const LATER = 4_102_444_800_000;

/** Folds the history into another generation and promotes it. */
async function switchOver({ rows, catalog, project }: MemoryArchive, number: number): Promise<void> {
  await rows.build(number);
  await changeGenerations(catalog, (before) => ({
    ...before,
    last: number,
    kept: { ...before.kept, [number]: LATER },
    generations: { ...before.generations, [number]: {} },
  }));
  await project();
  const { live } = await changeGenerations(catalog, (before) => rolledBack(before, number, LATER));
  expect(live).toBe(number);
}

describe('pages during writes', () => {
  test('all pages of a list have the position of the first one, despite writes and promotions', async () => {
    const { commits, articles, known, whole } = await history(5);
    for (const run of [1, 2, 3]) {
      const random = seeded(run);
      const living = memoryArchive(articles);
      let fed = 40;
      await living.feed(commits.slice(0, fed));
      await living.project();
      const paths = [
        ...listsOf(random, known),
        ...changesSince(random, known, 10),
        `/actors/${random.pick(known.actors)}/dossier`,
      ];
      const walks = new Map<string, { page: Answered; items: unknown[] }>();
      for (const path of paths) {
        const page = await living.get(withQuery(path, `limit=${1 + random.below(4)}`));
        if (page.status === 200) walks.set(path, { page, items: [...pageOf(page).items] });
      }
      for (let generation = 2; walks.size > 0; generation++) {
        await living.feed(commits.slice(fed, fed + 5));
        fed += 5;
        await living.project();
        if (generation < 5) await switchOver(living, generation);
        for (const [path, { page, items }] of walks) {
          const link = next(page);
          const { position } = pageOf(page);
          if (link !== undefined) {
            const following = await living.get(link);
            expect(pageOf(following).position, path).toBe(position);
            walks.set(path, { page: following, items: [...items, ...pageOf(following).items] });
            continue;
          }
          const point = path.startsWith('/timeline/diff') ? `to=${position}` : `asOf=${position}`;
          const all = await whole.get(withQuery(path, `limit=500&${point}`));
          expect(items, path).toEqual(pageOf(all).items);
          walks.delete(path);
        }
      }
    }
  });
});

describe('the next page', () => {
  let archive: MemoryArchive;
  beforeAll(async () => {
    const { commits, articles } = await history(5);
    archive = memoryArchive(articles);
    await archive.feed(commits.slice(0, 40));
    await archive.project();
  });

  const problem = async (path: string) => {
    const { status, text } = await archive.get(path);
    const { type, detail } = JSON.parse(text) as { type: string; detail: string };
    return { status, code: type.slice('urn:chancery:problem:'.length), detail };
  };
  const linkOf = async (path: string): Promise<string> => next(await archive.get(path)) ?? '';

  test('the next page keeps its position even if the day or instant means a later one by then', async () => {
    const paths = ['/timeline?asOf=2100-01-01', '/timeline/diff?to=2100-01-01T00:00:00Z'];
    const firsts = await Promise.all(paths.map((path) => archive.get(`${path}&limit=2`)));
    await archive.feed((await history(5)).commits.slice(40, 45));
    await archive.project();
    for (const [index, first] of firsts.entries()) {
      const { position } = pageOf(first);
      expect(pageOf(await archive.get(paths[index] ?? '')).position).toBeGreaterThan(position);
      let pages = 1;
      for (let link = next(first); link !== undefined; pages++) {
        const page = await archive.get(link);
        expect(pageOf(page).position).toBe(position);
        link = next(page);
      }
      expect(pages).toBeGreaterThan(2);
    }
  });

  test('the next page is refused as of another position', async () => {
    const link = new URL(await linkOf('/timeline?limit=2&asOf=30'), 'http://archive');
    expect(link.searchParams.get('asOf')).toBe('30');
    for (const [asOf, means] of [
      ['20', 'asOf means position 20'],
      ['1999-12-31', 'asOf means before the first event'],
    ] as const) {
      link.searchParams.set('asOf', asOf);
      const { status, code, detail } = await problem(link.pathname + link.search);
      expect([status, code]).toEqual([400, 'invalid-request']);
      expect(detail).toBe(
        `cursor continues a page as of position 30, but ${means}: follow the Link of that page as it is, or leave cursor out`,
      );
    }
    link.searchParams.delete('asOf');
    expect(pageOf(await archive.get(link.pathname + link.search)).position).toBe(30);
  });

  test.each(['[""]', '["", -1]', '["", 1000000]', '["", 1.5]', '[3, 3]', '["", 3, 3]', '["", 3'])(
    'a cursor that this archive cannot have issued is refused: %s',
    async (json) => {
      const cursor = Buffer.from(json).toString('base64url');
      for (const path of [
        '/timeline',
        '/actors',
        '/topics',
        '/network',
        '/timeline/diff',
        '/timeline/feed',
      ]) {
        const { status, code, detail } = await problem(`${path}?cursor=${cursor}`);
        expect([status, code], path).toEqual([400, 'invalid-request']);
        expect(detail).toBe('cursor must be copied unchanged from the Link of the previous page');
      }
    },
  );
});

describe('points in history', () => {
  let archive: MemoryArchive;
  beforeAll(async () => {
    archive = memoryArchive((await history(6)).articles);
    const { commits } = await history(6);
    await archive.feed(commits.slice(0, 30));
    await archive.project();
    await archive.feed(commits.slice(30, 60));
  });

  const problem = async (path: string) => {
    const { status, text, headers } = await archive.get(path);
    return {
      status,
      ...(JSON.parse(text) as { type: string; detail: string }),
      retry: headers.get('retry-after'),
    };
  };

  test.each(['/timeline', '/actors', '/network', '/topics/peace', '/actors/actor-anna-0'])(
    '%s as of a position beyond the log is refused with the end of the log',
    async (path) => {
      const { status, type, detail } = await problem(`${path}?asOf=100000`);
      expect([status, type]).toEqual([400, 'urn:chancery:problem:invalid-request']);
      expect(detail).toMatch(
        /^asOf: the log ends at position \d+; send that position or a smaller one, or leave asOf out$/,
      );
    },
  );

  test.each([
    '-1',
    '1.5',
    '007',
    '1e3',
    'now',
    '',
    '2023-02-30',
    '2023-03-04T10:00:00',
    '2023-03',
    '1&asOf=2',
  ])('%j is refused as a point in history, with valid examples', async (asOf) => {
    const { status, detail } = await problem(`/timeline?asOf=${asOf}`);
    expect(status).toBe(400);
    expect(detail).toContain('/asOf');
  });

  test('a position that the read models have not reached is 503 with advice to retry', async () => {
    const { text } = await archive.get('/events?limit=1');
    const last = (JSON.parse(text) as { size: number }).size - 1;
    const { status, type, retry } = await problem(`/timeline?asOf=${last}`);
    expect([status, type, retry]).toEqual([503, 'urn:chancery:problem:behind', '1']);
    // A single resource is folded from its events, so it does not depend on read models.
    expect((await archive.get(`/actors/actor-anna-0?asOf=${last}`)).status).not.toBe(503);
  });
});
