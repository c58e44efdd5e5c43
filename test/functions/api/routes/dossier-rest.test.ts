// A dossier shows the first items of each part, and links to lists that have all of them.
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveOf, itemsOf, type Ask } from '../../../support/archives/archive-of.ts';
import * as entries from '../../../support/entries.ts';
import { held, merged, person, thought, type Entry } from '../../../support/entries.ts';
import { meetingData } from '../../../support/archives/kinds.ts';

const numbered = <T>(count: number, make: (n: string) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(String(n).padStart(3, '0')));
const said = (name: string, more: object): Entry =>
  entries.said(`statement-${name}`, { speakers: [{ actor: 'actor-busy' }], topics: [], ...more });
const met = (name: string, ...actors: string[]): Entry => entries.met(`meeting-${name}`, ...actors);

const idsOf = (items: readonly any[]): string[] => items.map(({ id }) => id);

describe('the dossier of an actor', () => {
  let ask: Ask;
  /** The dossier as of the last position. */
  let dossier: any;

  beforeAll(async () => {
    const topics = numbered(25, (n) => `topic-${n}`);
    ask = await archiveOf([
      ...['actor-busy', 'actor-alias', ...numbered(25, (n) => `actor-${n}`)].map(person),
      merged('actor-alias', 'actor-busy'),
      ...numbered(25, (n) => met(`of-${n}`, n === '000' ? 'actor-alias' : 'actor-busy', `actor-${n}`)),
      met('again', 'actor-busy', 'actor-024'),
      ...numbered(5, (n) => said(`a-${n}`, { topics: [topics[0]], madeOn: `2023-03-0${Number(n) + 1}` })),
      ...topics.slice(1).map((topic) => said(topic, { topics: [topic] })),
    ]);
    dossier = (await ask('/actors/actor-busy/dossier')).body;
  });

  test('the dossier of an actor has its 20 most frequent counterparts, the number of others, and a link to all', async () => {
    const { counterparts, moreCounterparts, more, actors } = dossier;
    expect(counterparts).toHaveLength(20);
    expect(counterparts[0]).toEqual({
      actor: 'actor-024',
      meetings: 2,
      first: meetingData.heldOn,
      last: meetingData.heldOn,
    });
    expect(moreCounterparts).toBe(5);
    expect(actors['actor-024']).toEqual({ name: 'actor-024' });
    const edges = await itemsOf(ask, `${more.counterparts}&limit=3`);
    const others = edges.flatMap(({ between }) => between.filter((id: string) => id !== 'actor-busy'));
    expect(others.toSorted()).toEqual(numbered(25, (n) => `actor-${n}`));
    for (const { actor, ...encounters } of counterparts)
      expect(edges).toContainEqual({ between: [actor, 'actor-busy'].toSorted(), ...encounters });
  });

  test('the dossier of an actor has the latest three records of 20 topics, the number of other topics, and a link to all', async () => {
    const { stances, moreStances, more } = dossier;
    expect(stances.map(({ topic }: any) => topic)).toEqual(numbered(20, (n) => `topic-${n}`));
    expect([idsOf(stances[0].items), stances[0].more]).toEqual([
      ['statement-a-002', 'statement-a-003', 'statement-a-004'],
      true,
    ]);
    expect([idsOf(stances[1].items), stances[1].more]).toEqual([['statement-topic-001'], undefined]);
    expect(moreStances).toBe(5);
    const topics = await itemsOf(ask, `${more.stances}&limit=7`);
    expect(topics.map(({ topic }) => topic)).toEqual(numbered(25, (n) => `topic-${n}`));
  });

  test('the dossier of an actor links to lists as of its own position', async () => {
    expect(dossier.more).toEqual({
      counterparts: `/network?actor=actor-busy&asOf=${dossier.position}`,
      stances: `/topics?actor=actor-busy&asOf=${dossier.position}`,
    });
    const earlier = (await ask('/actors/actor-busy/dossier?asOf=60')).body;
    expect(earlier.more).toEqual({ counterparts: '/network?actor=actor-busy&asOf=60' });
  });

  test('the dossier of an actor has no links on its next pages, or if it shows everything', async () => {
    const { next = '' } = await ask('/actors/actor-busy/dossier?limit=10');
    expect((await ask(next)).body).not.toHaveProperty('more');
    expect((await ask('/actors/actor-003/dossier')).body).not.toHaveProperty('more');
  });

  test('the dossier of an actor counts a meeting with two merged actors once before it selects 20 counterparts', async () => {
    const { body } = await (
      await archiveOf([
        ...['actor-busy', 'actor-p1', 'actor-p2', 'actor-q1', 'actor-q2'].map(person),
        ...numbered(21, (n) => person(`actor-${n}`)),
        ...numbered(21, (n) => met(`a-${n}`, 'actor-busy', `actor-${n}`)),
        ...numbered(21, (n) => met(`b-${n}`, 'actor-busy', `actor-${n}`)),
        met('p', 'actor-busy', 'actor-p1', 'actor-p2'),
        ...['q1', 'q1-again', 'q1-with'].map((name) => met(name, 'actor-busy', 'actor-q1')),
        met('both', 'actor-busy', 'actor-q1', 'actor-q2'),
        met('q2', 'actor-busy', 'actor-q2'),
        merged('actor-p2', 'actor-p1'),
        merged('actor-q2', 'actor-q1'),
      ])
    )('/actors/actor-busy/dossier');
    expect(body.counterparts.map(({ actor, meetings }: any) => [actor, meetings])).toEqual([
      ['actor-q1', 5],
      ...numbered(19, (n) => [`actor-${n}`, 2]),
    ]);
    expect(body.moreCounterparts).toBe(3);
  });

  test('the dossier of an actor counts at most five other topics', async () => {
    const spoken = numbered(130, (n) => said(n, { topics: [`topic-${n}`] }));
    const { body } = await (await archiveOf([person('actor-busy'), ...spoken]))('/actors/actor-busy/dossier');
    expect([body.stances.length, body.moreStances]).toEqual([20, 5]);
  });
});

describe('the dossier of a topic', () => {
  test('the dossier of a topic has the first 50 speakers and a link to all', async () => {
    const ask = await archiveOf([
      ...numbered(55, (n) => person(`actor-${n}`)),
      ...numbered(55, (n) => said(n, { speakers: [{ actor: `actor-${n}` }], topics: ['peace'] })),
    ]);
    const { speakers, moreSpeakers, more, position } = (await ask('/topics/peace')).body;
    expect(speakers.map(({ actor }: any) => actor)).toEqual(numbered(50, (n) => `actor-${n}`));
    expect([moreSpeakers, more]).toEqual([true, { speakers: `/actors?topic=peace&asOf=${position}` }]);
    expect(idsOf(await itemsOf(ask, `${more.speakers}&limit=20`))).toEqual(numbered(55, (n) => `actor-${n}`));
    const few = await archiveOf([person('actor-busy'), said('one', { topics: ['peace'] })]);
    expect((await few('/topics/peace')).body).not.toHaveProperty('more');
  });
});

describe('the dossier of a meeting', () => {
  const there = { meetingId: 'meeting-talks' };
  const about = (id: string, relation = 'answers') => ({ regarding: [{ id, relation }] });
  let ask: Ask;

  beforeAll(async () => {
    ask = await archiveOf([
      met('talks', 'actor-busy', 'actor-alias'),
      met('other', 'actor-busy', 'actor-alias'),
      ...numbered(3, (n) => held(`meeting-inner-${n}`, { within: 'meeting-talks' })),
      ...numbered(6, (n) => said(`s-${n}`, there)),
      ...numbered(4, (n) =>
        said(`guess-${n}`, {
          ...there,
          certainty: 'speculated',
          attributedBy: [{ description: 'a diplomat' }],
        }),
      ),
      ...numbered(5, (n) => thought(`opinion-${n}`, about('meeting-talks', 'about'))),
      ...numbered(60, (n) => said(`answer-${n}`, about('statement-s-000'))),
      said('denial', about('statement-answer-059', 'denies')),
    ]);
  });

  const partsOf = ({ meetings, sides, speculation, opinions }: any) => ({
    meetings: idsOf(meetings),
    sides: idsOf(sides.flatMap(({ entries }: any) => entries)),
    speculation: idsOf(speculation.flatMap(({ entries }: any) => entries)),
    opinions: idsOf(opinions.flatMap(({ entries }: any) => entries)),
  });

  /** Returns all pages of a part of the dossier. */
  async function wholePart(path: string, part: keyof ReturnType<typeof partsOf>): Promise<string[]> {
    const ids: string[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { body, next: following } = await ask(next);
      ids.push(...partsOf(body)[part]);
      next = following;
    }
    return ids;
  }

  test('the dossier of a meeting links to each of its parts, and their pages together are complete', async () => {
    const all = partsOf((await ask('/meetings/meeting-talks/dossier')).body);
    expect(all).toEqual({
      meetings: numbered(3, (n) => `meeting-inner-${n}`),
      sides: numbered(6, (n) => `statement-s-${n}`),
      speculation: numbered(4, (n) => `statement-guess-${n}`),
      opinions: numbered(5, (n) => `opinion-${n}`),
    });
    const { more } = (await ask('/meetings/meeting-talks/dossier?limit=2')).body;
    for (const part of ['meetings', 'sides', 'speculation', 'opinions'] as const)
      expect(await wholePart(`${more[part]}&limit=2`, part), part).toEqual(all[part]);
  });

  test('the dossier of a meeting keeps its filter in its links', async () => {
    const { more, position } = (await ask('/meetings/meeting-talks/dossier?limit=1&certainty=asserted')).body;
    const dossier = '/meetings/meeting-talks/dossier';
    expect(more).toEqual({
      meetings: `${dossier}?certainty=asserted&kind=meeting&asOf=${position}`,
      sides: `${dossier}?certainty=asserted&kind=statement&asOf=${position}`,
      opinions: `${dossier}?certainty=asserted&kind=opinion&asOf=${position}`,
    });
    const ofOne = await ask('/meetings/meeting-talks/dossier?limit=1&kind=opinion');
    expect(ofOne.next).toBeDefined();
    expect(ofOne.body).not.toHaveProperty('more');
  });

  test('the dossier of a meeting links to all responses of each record that has more than it shows', async () => {
    const { sides, more } = (await ask('/meetings/meeting-talks/dossier')).body;
    const [entry] = sides[0].entries;
    expect([entry.id, entry.responses.length, entry.moreResponses]).toEqual(['statement-s-000', 50, true]);
    expect(Object.keys(more)).toEqual(['responses']);
    expect(Object.keys(more.responses)).toEqual(['statement-s-000']);
    const responses = await itemsOf(ask, `${more.responses['statement-s-000']}&limit=7`);
    expect(idsOf(responses)).toEqual(numbered(60, (n) => `statement-answer-${n}`));
    expect(responses.slice(0, 50)).toEqual(entry.responses.map(({ responses: _, ...each }: any) => each));
  });

  test('the dossier of a meeting has no `more` if it shows everything', async () => {
    expect((await ask('/meetings/meeting-other/dossier')).body).not.toHaveProperty('more');
  });

  test('the responses of a meeting are a flat list of its dossier, with the same filters', async () => {
    const all = await itemsOf(ask, '/meetings/meeting-talks/responses?limit=5');
    expect(all).toHaveLength(3 + 6 + 4 + 5);
    const opinions = await ask('/meetings/meeting-talks/responses?kind=opinion&order=desc');
    expect(idsOf(opinions.body.items)).toEqual(numbered(5, (n) => `opinion-${n}`).toReversed());
    expect((await ask('/statements/statement-answer-059/responses')).body).toMatchObject({
      items: [{ id: 'statement-denial' }],
    });
    expect((await ask('/opinions/opinion-000/responses')).body.items).toEqual([]);
    expect((await ask('/meetings/meeting-talks/responses?asOf=1')).body.items).toEqual([]);
    await expect(ask('/meetings/meeting-nobody/responses')).rejects.toThrow('404');
  });
});
