// Tests the dossier of a meeting, read page by page. For any size of a page each record stands once, at the same place.
// A joint statement stands on the side of each of its speakers.
import { describe, expect, test } from 'vitest';
import { archiveOf, type Ask } from '../../../support/archives/archive-of.ts';
import * as entries from '../../../support/entries.ts';
import { held, merged, person, thought, type Entry } from '../../../support/entries.ts';

const talks = held('meeting-talks');
const said = (name: string, more: object): Entry =>
  entries.said(`statement-${name}`, { speakers: [{ actor: 'actor-a' }], ...more });
const there = { meetingId: 'meeting-talks' };
const on = (...names: string[]) => ({
  regarding: names.map((name) => ({ id: `statement-${name}`, relation: 'answers' })),
});

interface Shown {
  readonly id: string;
  readonly responses: readonly Shown[];
}

/** Reads the nesting from pages of this size: `a(b c)` if b and c stand under a. */
async function nestingOf(ask: Ask, size: number, filter = ''): Promise<string> {
  const entries: Shown[] = [];
  let path: string | undefined = `/meetings/meeting-talks/dossier?limit=${size}${filter}`;
  while (path !== undefined) {
    const { body, next } = await ask(path);
    const sides = [...body.sides, ...body.speculation, ...body.opinions];
    entries.push(...body.meetings, ...sides.flatMap((side) => side.entries));
    path = next;
  }
  return textOf(entries);
}

const textOf = (all: readonly Shown[]): string =>
  all
    .map(({ id, responses }) => {
      const name = id.slice(id.indexOf('-') + 1);
      return responses.length === 0 ? name : `${name}(${textOf(responses)})`;
    })
    .join(' ');

const regarding = [...on('s1').regarding, { id: 'opinion-o', relation: 'denies' }];

describe.each([1, 2, 100])('on pages of %i', (size) => {
  test.each<[string, Entry[], nesting: string]>([
    [
      'a statement of the meeting that answers another one of it has an entry of its own',
      [said('s1', there), said('s2', { ...there, ...on('s1') })],
      's1 s2',
    ],
    [
      'a response to two records stands under the one that it names first',
      [said('s1', there), said('s2', there), said('x', on('s2', 's1')), said('y', on('s1', 's2'))],
      's1(y) s2(x)',
    ],
    [
      'a response stands rather under a statement of the meeting than under a response to it',
      [
        said('s1', there),
        said('s2', there),
        said('x', on('s1')),
        said('y', on('x', 's2')),
        said('z', on('y', 'x')),
      ],
      's1(x) s2(y(z))',
    ],
    [
      'responses to each other stand under the statement that one of them answers',
      [
        said('s1', there),
        said('x', { regarding: regarding.toReversed() }),
        thought('opinion-o', on('x')),
        said('y', on('z')),
        said('z', on('y', 's1')),
      ],
      's1(x(o) z(y))',
    ],
    [
      'a statement at an inner meeting stands under that meeting, even if it responds to a statement',
      [
        held('meeting-inner', { within: 'meeting-talks' }),
        said('s1', there),
        said('x', { meetingId: 'meeting-inner', ...on('s1') }),
      ],
      'inner(x) s1',
    ],
  ])(`on pages of ${size}, %s`, async (_what, entries, nesting) => {
    expect(await nestingOf(await archiveOf([talks, ...entries]), size)).toBe(nesting);
  });

  test(`on pages of ${size}, a statement that the filter leaves out of the entries stands under the one that it answers`, async () => {
    const ask = await archiveOf([
      talks,
      said('s1', there),
      said('s2', { ...there, ...on('s1'), topics: ['peace'] }),
      said('s3', { ...there, ...on('s2') }),
    ]);
    expect(await nestingOf(ask, size, '&topic=g20')).toBe('s1(s2) s3');
    expect(await nestingOf(ask, size, '&topic=peace')).toBe('s2(s3)');
  });
});

describe('joint statements', () => {
  const sidesOf = (sides: any[]): Record<string, string> =>
    Object.fromEntries(
      sides.map(({ party, entries }) => [
        party.actor ?? party.description,
        entries.map((entry: any) => textOf([entry]) + (entry.repeated ? ' (repeated)' : '')).join(', '),
      ]),
    );
  const spokenBy = (...speakers: object[]) => ({ ...there, speakers });

  test('a joint statement stands on the side of each speaker, with its responses on the side of the first', async () => {
    const ask = await archiveOf([
      talks,
      said('alone', spokenBy({ actor: 'actor-b' })),
      said('joint', spokenBy({ actor: 'actor-a' }, { actor: 'actor-b' }, { description: 'an aide' })),
      said('denial', { speakers: [{ actor: 'actor-c' }], ...on('joint') }),
    ]);
    expect(sidesOf((await ask('/meetings/meeting-talks/dossier')).body.sides)).toEqual({
      'actor-b': 'alone, joint (repeated)',
      'actor-a': 'joint(denial)',
      'an aide': 'joint (repeated)',
    });
  });

  test('a joint statement stands once on the side of two speakers who are merged', async () => {
    const ask = await archiveOf([
      talks,
      ...['actor-a', 'actor-alias', 'actor-b'].map(person),
      merged('actor-alias', 'actor-a'),
      said('joint', spokenBy({ actor: 'actor-alias' }, { actor: 'actor-b' }, { actor: 'actor-a' })),
    ]);
    expect(sidesOf((await ask('/meetings/meeting-talks/dossier')).body.sides)).toEqual({
      'actor-alias': 'joint',
      'actor-b': 'joint (repeated)',
    });
  });

  test('joint statements do not make an answer larger than other answers', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({
      actor: `actor-${n}`,
      printed: 'p'.repeat(300),
      capacity: 'c'.repeat(300),
    }));
    const names = Array.from({ length: 30 }, (_, n) => `joint-${n}`);
    const ask = await archiveOf([talks, ...names.map((name) => said(name, spokenBy(...many)))]);
    const seen: string[] = [];
    for (let path: string | undefined = '/meetings/meeting-talks/dossier'; path !== undefined;) {
      const { body, next } = await ask(path);
      expect(JSON.stringify(body).length).toBeLessThan(4_000_000);
      expect(body.sides).toHaveLength(many.length);
      seen.push(...body.sides[0].entries.map(({ id }: any) => id));
      path = next;
    }
    expect(seen.toSorted()).toEqual(names.map((name) => `statement-${name}`).toSorted());
  });
});
