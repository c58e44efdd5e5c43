// Atom feeds of the timeline, of an actor and of a topic: valid, ordered by latest change, with corrections and
// retractions marked, and links to each record and its passages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atomText } from '../../../../functions/api/feeds/atom.ts';
import { readAtom, type ReadEntry } from '../../../support/atom.ts';
import {
  articleBody,
  articleText,
  meetingBody,
  openTestArchive,
  opinionBody,
  seed,
  statementBody,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let opinion: string;
let odd: string;
const ODD = 'Ends with ]]> & <![CDATA[ "quotes\', bell \u0007 and \ufffe';

beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  const record = async (path: string, body: unknown): Promise<string> => {
    const answer = await archive.post(path, body);
    if (answer.status > 201) throw new Error(answer.text);
    return answer.body.id as string;
  };
  opinion = await record('/opinions', opinionBody(seeded));
  await record(`/opinions/${opinion}/retractions`, { reason: 'a <b>hoax</b>' });
  const oddArticle = await record('/articles', { ...articleBody, text: `${articleText} ${ODD}` });
  odd = await record('/meetings', {
    ...meetingBody({ ...seeded, article: oddArticle }),
    title: 'Tea & <i>talks</i>',
    outcome: ODD,
    topics: [],
  });
  await record(`/meetings/${seeded.meeting}/evidence`, {
    evidence: [
      { articleId: seeded.article, exact: 'Two ministers', in: 'title' },
      { articleId: seeded.article, exact: 'declined to comment', stance: 'disputes' },
    ],
  });
  await record(`/statements/${seeded.statement}/corrections`, {
    cause: 'coding-error',
    reason: 'x',
    changes: { topics: ['war', 'peace'] },
  });
  await archive.settled();
});
afterAll(async () => {
  expect(archive.alarms).toEqual([]);
  await archive.close();
});

const feed = async (path: string) => {
  const answer = await archive.get(path);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  return readAtom(answer.text);
};
const idsIn = ({ entries }: { entries: readonly ReadEntry[] }) =>
  entries.map(({ id }) => id.slice('urn:chancery:'.length));
const entry = async (id: string): Promise<ReadEntry> => {
  const found = (await feed('/timeline/feed')).entries.find((each) => each.id === `urn:chancery:${id}`);
  if (!found) throw new Error(`${id} is in no feed`);
  return found;
};

describe('feeds', () => {
  test('the feed of the timeline has each record once, the latest change first', async () => {
    const timeline = await feed('/timeline/feed');
    expect(idsIn(timeline)).toEqual([seeded.statement, seeded.meeting, odd, opinion]);
    expect(timeline.updated).toBe(
      timeline.entries
        .map(({ updated }) => updated)
        .toSorted()
        .at(-1),
    );
  });

  test('the feed of a filter, an actor or a topic has only matching records', async () => {
    expect(idsIn(await feed('/timeline/feed?kind=meeting'))).toEqual([seeded.meeting, odd]);
    expect(idsIn(await feed('/timeline/feed?topic=war&kind=statement'))).toEqual([seeded.statement]);
    expect(idsIn(await feed(`/actors/${seeded.omar}/feed`))).toEqual([seeded.meeting, odd, opinion]);
    expect(idsIn(await feed(`/actors/${seeded.omar}/feed?actor=${seeded.anna}`))).toEqual([
      seeded.meeting,
      odd,
    ]);
    expect(idsIn(await feed('/topics/peace/feed'))).toEqual([seeded.statement, seeded.meeting]);
    expect(idsIn(await feed('/topics/peace/feed?kind=meeting'))).toEqual([seeded.meeting]);
  });

  test('a feed without entries is valid, and an unknown actor has no feed', async () => {
    const empty = await feed('/topics/nothing/feed');
    const [first] = (await archive.get('/events?limit=1')).body.events;
    expect([empty.entries, empty.updated]).toEqual([[], first.event.time]);
    const before = await feed('/timeline/feed?asOf=1990-01-01');
    expect([before.entries, before.updated]).toEqual([[], '1970-01-01T00:00:00.000Z']);
    const none = await archive.get('/actors/actor-unknown/feed');
    expect([none.status, none.body.type]).toEqual([404, 'urn:chancery:problem:not-found']);
    expect((await archive.get('/topics/peace/feed?topic=war')).status).toBe(400);
  });

  test('a feed has an id that is the same on every page and for every spelling of its address', async () => {
    const { id, title, links } = await feed('/timeline/feed?topic=peace&kind=meeting');
    const [origin = ''] = (await archive.get('/log/checkpoint')).text.split('\n');
    expect(id).toBe(
      `urn:chancery:feed:${encodeURIComponent(origin)}:%2Ftimeline%2Ffeed%3Fkind%3Dmeeting%26topic%3Dpeace`,
    );
    expect((await feed('/timeline/feed?kind=meeting&topic=peace&limit=1')).id).toBe(id);
    expect(title).toBe('Chancery: Timeline (kind=meeting&topic=peace)');
    const [self, list] = links;
    expect([self?.rel, new URL(self?.href ?? '').search]).toEqual(['self', '?topic=peace&kind=meeting']);
    expect([list?.rel, new URL(list?.href ?? '').pathname]).toEqual(['alternate', '/timeline']);
  });

  test('equivalent filters have one feed id', async () => {
    const { anna, omar } = seeded;
    const same = [
      [
        '/timeline/feed?kind=meeting&topic=peace',
        '/timeline/feed?topic=peace&kind=meeting',
        '/timeline/feed?topic=%70eace&kind=meeting&limit=50',
        '/timeline/feed?kind=meeting&topic=peace&asOf=5&limit=1',
        '/timeline/feed?topic=peace&kind=meeting&to=%5B2023..%5D',
      ],
      [
        `/timeline/feed?actor=${anna}&actor=${omar}`,
        `/timeline/feed?actor=${omar}&actor=${anna}`,
        `/timeline/feed?actor=${omar}&actor=${anna}&actor=${omar}`,
      ],
      [`/timeline/feed?speaker=${anna}`, `/timeline/feed?speaker=${anna}&actor=${anna}`],
      [
        '/timeline/feed?from=2023-03&to=2023-03',
        '/timeline/feed?to=2023-03-31&from=2023-03-01',
        '/timeline/feed?from=2023-03-01/2023-03-09&to=2023-03',
      ],
      [`/actors/${anna}/feed`, `/actors/${anna}/feed?actor=${anna}`, `/actors/actor-%61nna-beck/feed`],
      ['/topics/peace/feed?recordedBy=a%20b', '/topics/%70eace/feed?recordedBy=a+b'],
    ];
    const ids: string[] = [];
    for (const paths of same) {
      const feeds = await Promise.all(paths.map(feed));
      const gist = feeds.map(({ id, title }) => [id, title]);
      expect(gist).toEqual(paths.map(() => gist[0]));
      ids.push(feeds[0]?.id ?? '');
    }
    expect(new Set(ids).size).toBe(same.length);
    const others = ['/timeline/feed', '/timeline/feed?topic=peace', `/timeline/feed?actor=${anna}`];
    for (const path of others) expect(ids).not.toContain((await feed(path)).id);
    expect((await feed('/timeline/feed?from=1950S2&to=2023-03')).title).toBe(
      'Chancery: Timeline (from=1 January 1900&to=31 March 2023)',
    );
    expect((await feed('/topics/peace/feed?recordedBy=a%20b')).title).toBe(
      'Chancery: peace (recordedBy=a b)',
    );
  });

  test('all lists with equivalent filters link to one address of a feed', async () => {
    const link = async (path: string) => (await archive.get(path)).headers.get('link');
    const { anna, omar } = seeded;
    expect(await link(`/timeline?actor=${omar}&actor=${anna}&actor=${omar}&from=2023-03`)).toContain(
      `</timeline/feed?actor=${anna}&actor=${omar}&from=2023-03-01>`,
    );
    const longAgo = /<([^>]+)>/.exec((await link('/timeline?from=-0044-03&to=-0044-03-15')) ?? '')?.[1] ?? '';
    expect(longAgo).toBe('/timeline/feed?from=-0044-03-01&to=-0044-03-15');
    expect(await link(longAgo.replace('/feed', ''))).toContain(`<${longAgo}>`);
    expect(await link(`/meetings?topic=peace&kind=meeting`)).toBe(await link('/meetings?topic=peace'));
  });

  test('a feed is paged', async () => {
    const ids: string[] = [];
    for (let path: string | undefined = '/timeline/feed?limit=1'; path !== undefined;) {
      const page = await feed(path);
      ids.push(...idsIn(page));
      const next: string | undefined = page.links.find(({ rel }) => rel === 'next')?.['href'];
      path = next && `${new URL(next).pathname}${new URL(next).search}`;
    }
    expect(ids).toEqual(idsIn(await feed('/timeline/feed')));
  });

  test('a feed answers 304 to its ETag, and has Last-Modified', async () => {
    const answer = await archive.get('/timeline/feed');
    const again = await archive.get('/timeline/feed', { 'If-None-Match': answer.headers.get('etag') ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
    const { updated } = readAtom(answer.text);
    expect(answer.headers.get('last-modified')).toBe(new Date(updated).toUTCString());
  });

  test('lists and dossiers link to their feed', async () => {
    const leads = async (path: string) =>
      /<([^>]+)>; rel="alternate"; type="application\/atom\+xml"/.exec(
        (await archive.get(path)).headers.get('link') ?? '',
      )?.[1];
    expect(await leads('/timeline?topic=peace&limit=1&order=desc')).toBe('/timeline/feed?topic=peace');
    expect(await leads('/statements')).toBe('/timeline/feed?kind=statement');
    expect(await leads('/meetings?kind=meeting')).toBe('/timeline/feed?kind=meeting');
    expect(await leads(`/actors/${seeded.anna}/dossier?kind=meeting`)).toBe(
      `/actors/${seeded.anna}/feed?kind=meeting`,
    );
    expect(await leads('/topics/peace')).toBe('/topics/peace/feed');
    expect(await leads('/network')).toBeUndefined();
  });
});

describe('feed entries', () => {
  test('an entry has the speaker, the words, the times of recording and of the latest change, and the recorder', async () => {
    const { title, published, updated, author, summary } = await entry(seeded.statement);
    const { events } = (await archive.get(`/statements/${seeded.statement}/events`)).body;
    expect([published, updated]).toEqual(events.map(({ time }: any) => time));
    expect(title).toBe('Corrected: Anna Beck said: “We talked, and we listened - no more”');
    expect(author).toBe('tester');
    expect(summary).toContain('Corrected once.');
    expect(summary).toContain('Date: 2 March 2023. Certainty: asserted. Articles that support it: 1.');
  });

  test('an entry of a retracted record has the reason of the retraction', async () => {
    const { title, summary, categories } = await entry(opinion);
    expect(title).toBe('Retracted: Omar Diallo: An <b>editor</b> asked & got no answer');
    expect(summary).toContain('Retracted: a <b>hoax</b>');
    expect(categories).toEqual(['kind opinion', 'latest ExpertOpinionRetracted', 'status retracted']);
  });

  test('an entry links to the record and to the passage in the text of the article', async () => {
    const { links } = await entry(seeded.statement);
    const [thing, passage] = links;
    expect([thing?.rel, new URL(thing?.href ?? '').pathname]).toEqual([
      'alternate',
      `/statements/${seeded.statement}`,
    ]);
    expect(passage).toMatchObject({
      rel: 'via',
      type: 'text/plain',
      title: 'The Daily: Two ministers <i>meet</i>',
    });
    const { pathname, hash } = new URL(passage?.href ?? '');
    expect(pathname).toBe(`/articles/${seeded.article}/source`);
    const [start, end] = hash.slice('#char='.length).split(',').map(Number);
    // RFC 5147 counts a line ending as one character.
    const text = (await archive.get(pathname)).text.replaceAll('\r\n', '\n');
    expect(articleText).toContain('\r\n');
    expect(Array.from(text).slice(start, end).join('')).toBe(
      '“We talked, and we listened — no more”, said Anna Beck.',
    );
  });

  test('an entry links to the article if the passage is in its title, and to articles that dispute the record', async () => {
    const { links, categories } = await entry(seeded.meeting);
    expect(links.map(({ rel, type, title }) => [rel, type, title]).slice(1)).toEqual([
      ['via', 'text/plain', 'The Daily: Two ministers <i>meet</i>'],
      ['via', 'application/json', 'The Daily: Two ministers <i>meet</i>'],
      ['related', 'text/plain', 'The Daily: Two ministers <i>meet</i> (disputes it)'],
    ]);
    expect(categories).toContain('latest MeetingEvidenceAdded');
  });

  test('an entry escapes markup and replaces characters that XML does not allow', async () => {
    const { title, summary } = await entry(odd);
    expect(title).toBe('Tea & <i>talks</i>');
    expect(summary).toContain('Ends with ]]> & <![CDATA[ "quotes\', bell \ufffd and \ufffd');
  });

  test('an entry does not link to the text of a withdrawn article', async () => {
    const { id } = (
      await archive.post('/articles', {
        text: 'Gone are they, said Anna Beck.',
        title: 'Gone',
        publisher: 'X',
        language: 'en',
      })
    ).body;
    const statement = {
      ...statementBody(seeded),
      content: 'Gone are they',
      form: 'indirect',
      evidence: [{ articleId: id, exact: 'Gone are they' }],
    };
    const gone = (await archive.post('/statements', statement)).body.id;
    await archive.post(`/articles/${id}/withdrawals`, { reason: 'a court' });
    await archive.settled();
    const { links } = await entry(gone);
    expect(links.at(-1)).toMatchObject({ rel: 'via', type: 'application/json' });
    expect(new URL(links.at(-1)?.['href'] ?? '').pathname).toBe(`/articles/${id}`);
  });
});

test('quotation marks in a value do not end its attribute', async () => {
  const links = [{ rel: 'self' as const, href: 'https://a/?b="><script>', title: '"\u0000\n\'' }];
  const text = await atomText({
    id: 'urn:x:y',
    title: '</title>',
    updated: '2023-01-01T00:00:00Z',
    links,
    entries: [],
  });
  expect(readAtom(text)).toMatchObject({
    title: '</title>',
    links: [{ href: 'https://a/?b="><script>', title: '"\ufffd \'' }],
  });
});
