// Lists in rare cases: their items, their pages, and the number of reads for a page.
import { describe, expect, test } from 'vitest';
import { readModels } from '../../../../domain/projections/views/read-models.ts';
import { openReadings } from '../../../../domain/queries/open-readings.ts';
import { listEdges } from '../../../../domain/queries/network/network-edges.ts';
import { archiveOf, fedArchive, itemsOf } from '../../../support/archives/archive-of.ts';
import { countingRows } from '../../../support/stores/counting-rows.ts';
import { corrected, merged, met, person, retracted, said } from '../../../support/entries.ts';
import { statementData } from '../../../support/archives/kinds.ts';

describe('topics', () => {
  test('a topic whose records are all retracted is listed with zero counts, even if they got the topic later', async () => {
    const ask = await archiveOf([
      person('actor-a'),
      said('statement-s', { topics: ['trade'] }),
      retracted('statement-s'),
      corrected('statement-s', { topics: ['peace'] }),
    ]);
    expect(await itemsOf(ask, '/topics')).toEqual([{ topic: 'peace', counts: {} }]);
    expect(await itemsOf(ask, '/topics?asOf=2')).toEqual([{ topic: 'trade', counts: { statements: 0 } }]);
    expect((await ask('/topics/peace')).body.items).toMatchObject([{ id: 'statement-s' }]);
  });

  test.each(['days', 'wide'])('a topic may have the name %s, which keys of lists also use', async (topic) => {
    const ask = await archiveOf([person('actor-a'), said('statement-s', { topics: [topic] })]);
    for (const path of [`/timeline?topic=${topic}`, `/statements?topic=${topic}&from=2020`])
      expect((await itemsOf(ask, path)).map(({ id }) => id)).toEqual(['statement-s']);
    expect(await itemsOf(ask, `/topics?actor=actor-a`)).toMatchObject([
      { topic, lastSeen: statementData.madeOn },
    ]);
  });

  test('the topics of an actor are ordered like all topics, on all pages and in both directions', async () => {
    const topics = ['a', 'a-b', 'ab', 'b', 'z9'];
    const ask = await archiveOf([
      person('actor-a'),
      person('actor-b'),
      ...topics.toReversed().map((topic) => said(`statement-${topic}`, { topics: [topic, 'other'] })),
      said('statement-of-b', { topics: ['a-a'], speakers: [{ actor: 'actor-b' }] }),
      merged('actor-b', 'actor-a'),
    ]);
    const expected = ['a', 'a-a', 'a-b', 'ab', 'b', 'other', 'z9'];
    for (const limit of [1, 3, 100]) {
      const listed = async (order: string) =>
        (await itemsOf(ask, `/topics?actor=actor-a&order=${order}&limit=${limit}`)).map(({ topic }) => topic);
      expect(await listed('asc')).toEqual(expected);
      expect(await listed('desc')).toEqual(expected.toReversed());
    }
  });
});

describe('the network', () => {
  test('the network lists each pair once and in order, on all pages and in both directions', async () => {
    const ask = await archiveOf([
      ...['actor-a', 'actor-a-b', 'actor-b', 'actor-c', 'actor-d'].map(person),
      met('meeting-1', 'actor-c', 'actor-a', 'actor-b'),
      met('meeting-2', 'actor-a-b', 'actor-c'),
      met('meeting-3', 'actor-d', 'actor-b'),
      merged('actor-d', 'actor-c'),
    ]);
    const expected = [
      ['actor-a-b', 'actor-c', 1],
      ['actor-a', 'actor-b', 1],
      ['actor-a', 'actor-c', 1],
      ['actor-b', 'actor-c', 2],
    ];
    for (const limit of [1, 2, 100]) {
      const listed = async (order: string) =>
        (await itemsOf(ask, `/network?order=${order}&limit=${limit}`)).map(({ between, meetings }) => [
          ...between,
          meetings,
        ]);
      expect(await listed('asc')).toEqual(expected);
      expect(await listed('desc')).toEqual(expected.toReversed());
    }
  });

  test('a page of the network of many actors without encounters has a bounded number of reads', async () => {
    const ids = Array.from({ length: 1_200 }, (_, n) => `actor-${String(n).padStart(4, '0')}`);
    const archive = await fedArchive([...ids.map(person), met('meeting-m', 'actor-1100', 'actor-1150')]);
    const rows = countingRows(archive.rows.of(1));
    const open = openReadings({ ...archive, rows: { ...archive.rows, open: () => rows.store } });
    const reading = await open(readModels);
    const found: unknown[] = [];
    let pages = 0;
    for (let after: string | undefined; ;) {
      rows.reset();
      const { items, next } = await listEdges(reading, {}, { limit: 100, ...(after ? { after } : {}) });
      if (pages++ > 0) expect(rows.counts().ranges).toBeLessThan(550);
      found.push(...items);
      if (next === undefined) break;
      after = next;
    }
    expect(found).toMatchObject([{ between: ['actor-1100', 'actor-1150'], meetings: 1 }]);
    expect(pages).toBe(3);
  });
});

describe('the directory of actors', () => {
  test('the directory of actors counts a record with two merged actors once, and has their latest date', async () => {
    const ask = await archiveOf([
      ...['actor-a', 'actor-b'].map(person),
      said('statement-1', { madeOn: '2023-03-01', speakers: [{ actor: 'actor-a' }, { actor: 'actor-b' }] }),
      said('statement-2', { madeOn: '2023-03-03', speakers: [{ actor: 'actor-b' }] }),
      said('statement-3', { madeOn: '2023-03-04', speakers: [{ actor: 'actor-b' }] }),
      retracted('statement-3'),
      merged('actor-b', 'actor-a'),
    ]);
    expect(await itemsOf(ask, '/actors')).toMatchObject([
      { id: 'actor-a', counts: { statements: 2 }, lastSeen: '2023-03-03', mergedFrom: [{ id: 'actor-b' }] },
    ]);
  });

  test('the directory of actors shows the later of two dates with a common prefix as `lastSeen`', async () => {
    for (const [first, second] of [
      ['2023-03-01', '2023-03'],
      ['2023-03', '2023-03-01'],
    ])
      expect(
        await itemsOf(
          await archiveOf([
            person('actor-a'),
            said('statement-1', { madeOn: first }),
            said('statement-2', { madeOn: second }),
          ]),
          '/actors',
        ),
      ).toMatchObject([{ lastSeen: '2023-03' }]);
  });
});

describe('lists before the first generation is complete', () => {
  const paths = ['/timeline', '/actors', '/topics', '/network', '/actors?asOf=0', '/topics?changedSince=0'];
  test.each(paths)(
    '%s answers 503 with Retry-After and progress before the first generation is complete',
    async (path) => {
      const archive = await fedArchive([person('actor-a'), said('statement-s', {})], { begun: false });
      const { status, headers, text } = await archive.get(path);
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(JSON.parse(text)).toMatchObject({
        type: 'urn:chancery:problem:not-ready',
        folded: 0,
        events: 2,
      });
    },
  );
});
