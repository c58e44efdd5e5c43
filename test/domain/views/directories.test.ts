// The directories of actors and of topics: what each has a part in is counted, what is retracted is not; an actor
// stands by its name, and says into whom it is merged.
import { describe, expect, test } from 'vitest';
import { actors, foldName, idInDirectory, type ActorRow } from '../../../domain/views/actors.ts';
import type { Counts } from '../../../domain/views/counts.ts';
import { topics } from '../../../domain/views/topics.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from '../../support/history.ts';
import { meetingData, opinionData, statementData } from '../../support/kinds.ts';
import { foldedInto, logOf, type ViewRows } from '../../support/view-rows.ts';

type Entry = [stream: string, event: NewEvent];
const introduce = (id: string, name = id, more: object = {}): Entry => [
  id,
  event('ActorIntroduced', { id, kind: 'person', name, ...more }),
];
const people = ['actor-a', 'actor-b', 'actor-c'].map((id) => introduce(id));
const held: Entry = ['meeting-m', { type: 'MeetingHeld', data: meetingData }];
const made: Entry = ['statement-s', { type: 'StatementMade', data: statementData }];
const published: Entry = ['opinion-o', { type: 'ExpertOpinionPublished', data: opinionData }];
const correct = (changes: object, more: object = {}): Entry => [
  'statement-s',
  event('StatementCorrected', { cause: 'coding-error', reason: 'misread', changes, ...more }),
];
const retract: Entry = ['statement-s', event('StatementRetracted', { reason: 'a hoax' })];
const merge: Entry = [
  'actor-merges',
  event('ActorsMerged', { actor: 'actor-a', into: 'actor-b', reason: 'one' }),
];
const unmerge: Entry = [
  'actor-merges',
  event('ActorsUnmerged', { actor: 'actor-a', from: 'actor-b', reason: 'two' }),
];

const actorsAfter = (...entries: Entry[]): ViewRows => foldedInto(actors, logOf(entries));
const actorIn = (rows: ViewRows, id: string) => rows.body(`actor/${id}`, 'row') as ActorRow;
const names = (rows: ViewRows) =>
  rows.of('directory').map(({ sort }) => actorIn(rows, idInDirectory(sort)).name);
const countsOf = (rows: ViewRows, id: string) => rows.body(`counts/${id}`, 'row') as Counts | undefined;

test('the directory shows a corrected name as an alias, unless it was wrong', () => {
  const renamed = (more: object) =>
    actorIn(
      actorsAfter(introduce('actor-a', 'A'), [
        'actor-a',
        event('ActorCorrected', { reason: 'x', changes: { name: 'B' }, ...more }),
      ]),
      'actor-a',
    );
  expect(renamed({})).toMatchObject({ name: 'B', aliases: [{ name: 'A' }] });
  expect(renamed({ nameWasWrong: true })).toMatchObject({ name: 'B', aliases: [] });
});

describe('an actor stands in the directory', () => {
  test('under its name, without regard to case, accents and points', () => {
    const rows = actorsAfter(
      introduce('actor-1', 'Étienne'),
      introduce('actor-2', 'zoe'),
      introduce('actor-3', 'St. Clair'),
      introduce('actor-4', 'Adam'),
    );
    expect(names(rows)).toEqual(['Adam', 'Étienne', 'St. Clair', 'zoe']);
  });

  test('beside one of the same name', () => {
    expect(names(actorsAfter(introduce('actor-1', 'Adam'), introduce('actor-2', 'Adam')))).toEqual([
      'Adam',
      'Adam',
    ]);
  });

  test('with its other names, as they are added', () => {
    const rows = actorsAfter(introduce('actor-a', 'A', { aliases: [{ name: 'Ay' }] }), [
      'actor-a',
      event('ActorAliased', { aliases: [{ name: 'А', language: 'ru' }] }),
    ]);
    const expected = {
      id: 'actor-a',
      kind: 'person',
      name: 'A',
      aliases: [{ name: 'Ay' }, { name: 'А', language: 'ru' }],
      position: 1,
    };
    expect(actorIn(rows, 'actor-a')).toEqual(expected);
  });

  test('with the first 35 of them; of others it says how many', () => {
    const aliases = (count: number, from = 0) =>
      Array.from({ length: count }, (_, n) => ({ name: `A${from + n}` }));
    const alias: Entry = ['actor-a', event('ActorAliased', { aliases: aliases(10, 30) })];
    const correct = (changes: object): Entry => [
      'actor-a',
      event('ActorCorrected', { reason: 'x', changes }),
    ];
    const many = [introduce('actor-a', 'A', { aliases: aliases(30) }), alias];
    const of = (...more: Entry[]) => {
      const { aliases, moreAliases } = actorIn(actorsAfter(...many, ...more), 'actor-a');
      return [aliases.length, moreAliases];
    };
    expect(of()).toEqual([35, 5]);
    expect(of(correct({ country: 'IN' }), alias)).toEqual([35, 15]);
    expect(of(correct({ aliases: aliases(36) }))).toEqual([35, 1]);
    expect(of(correct({ aliases: aliases(2) }))).toEqual([2, undefined]);
  });

  test('once in the list of changes, by its latest event', () => {
    const rows = actorsAfter(...people, merge, held);
    expect(rows.of('changes').map(({ sort }) => sort)).toEqual([
      '000000000001~actor-b',
      '000000000002~actor-c',
      '000000000003~actor-a',
    ]);
  });

  test('and moves when its name is corrected', () => {
    const corrected: Entry = [
      'actor-a',
      event('ActorCorrected', { reason: 'x', changes: { name: 'Zed', country: null } }),
    ];
    const rows = actorsAfter(
      introduce('actor-a', 'Adam', { country: 'IN' }),
      introduce('actor-b', 'Mia'),
      held,
      corrected,
    );
    expect(names(rows)).toEqual(['Mia', 'Zed']);
    expect(actorIn(rows, 'actor-a')).toMatchObject({ name: 'Zed' });
    expect(countsOf(rows, 'actor-a')).toEqual({ meetings: 1 });
    expect(actorIn(rows, 'actor-a')).not.toHaveProperty('country');
  });

  test.each([
    ['José Álvarez', 'jose alvarez'],
    ['O’Neill-Smith', 'oneillsmith'],
    ['\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f', '\u0645\u062d\u0645\u062f'],
    ['\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
  ])('without accents and points: %s as %s', (name, folded) => {
    expect(foldName(name)).toBe(folded);
  });

  test('but with the vowels of scripts that write them as marks', () => {
    const names = ['राम', 'रोमा', 'रीमा', 'สมชาย', 'สมชัย', 'カキ', 'ガキ'];
    expect(new Set(names.map(foldName)).size).toBe(names.length);
  });

  test('under a key that is short, however long its name gets without its accents', () => {
    const [row] = actorsAfter(introduce('actor-a', '\ufdfa'.repeat(200))).of('directory');
    expect(Buffer.byteLength(row?.sort ?? '')).toBeLessThan(1_000);
    expect(foldName('\ud55c'.repeat(200)).isWellFormed()).toBe(true);
  });
});

describe('what an actor has a part in', () => {
  test('is counted by kind, once each', () => {
    const rows = actorsAfter(...people, held, made, published);
    expect(countsOf(rows, 'actor-a')).toEqual({ meetings: 1, statements: 1 });
    expect(countsOf(rows, 'actor-c')).toEqual({ opinions: 1 });
  });

  test('is counted no more once it is retracted, and again once it is reinstated', () => {
    expect(countsOf(actorsAfter(...people, made, retract), 'actor-a')).toEqual({ statements: 0 });
    const back = actorsAfter(...people, made, retract, correct({}, { reinstates: true }));
    expect(countsOf(back, 'actor-a')).toEqual({ statements: 1 });
  });

  test('follows a correction of who it was', () => {
    const rows = actorsAfter(...people, made, correct({ speakers: [{ actor: 'actor-c' }] }));
    expect(['a', 'b', 'c'].map((id) => countsOf(rows, `actor-${id}`)?.statements)).toEqual([0, 0, 1]);
  });

  test('is not counted twice when it is corrected while it is retracted', () => {
    const rows = actorsAfter(
      ...people,
      made,
      retract,
      correct({ speakers: [{ actor: 'actor-c' }] }, { reinstates: true }),
    );
    expect(['a', 'b', 'c'].map((id) => countsOf(rows, `actor-${id}`)?.statements ?? 0)).toEqual([0, 0, 1]);
  });
});

describe('a merge', () => {
  test('shows on the actor that is merged, and under the one that is shown for it', () => {
    const rows = actorsAfter(...people, merge);
    expect(actorIn(rows, 'actor-a').mergedInto).toBe('actor-b');
    expect(rows.of('merged/actor-b').map(({ sort }) => sort)).toEqual(['actor-a']);
    expect(names(rows)).toEqual(['actor-a', 'actor-b', 'actor-c']);
  });

  test('leaves no trace there once it is undone', () => {
    const rows = actorsAfter(...people, merge, unmerge);
    expect(actorIn(rows, 'actor-a')).not.toHaveProperty('mergedInto');
    expect(rows.of('merged/actor-b')).toEqual([]);
  });

  test('may stand in the log before the actor whom it merges: streams have no order among each other', () => {
    const [a, b] = people as [Entry, Entry];
    expect(actorIn(actorsAfter(merge, a, b), 'actor-a').mergedInto).toBe('actor-b');
    expect(actorIn(actorsAfter(merge, unmerge, a, b), 'actor-a')).not.toHaveProperty('mergedInto');
    const late = actorsAfter(merge, a, b, unmerge);
    expect(actorIn(late, 'actor-a')).not.toHaveProperty('mergedInto');
    expect(late.of('actor/actor-a').map(({ sort }) => sort)).toEqual(['row']);
    expect(late.of('merged/actor-b')).toEqual([]);
  });

  test('outlives what is counted and corrected meanwhile', () => {
    const corrected: Entry = ['actor-a', event('ActorCorrected', { reason: 'x', changes: { name: 'Zed' } })];
    const rows = actorsAfter(...people, merge, held, corrected);
    expect(actorIn(rows, 'actor-a')).toMatchObject({
      mergedInto: 'actor-b',
      name: 'Zed',
    });
    expect(countsOf(rows, 'actor-a')).toEqual({ meetings: 1 });
  });
});

const topicsAfter = (...entries: Entry[]) =>
  foldedInto(topics, logOf(entries))
    .of('directory')
    .map(({ sort, body }) => [sort, body]);

describe('a topic', () => {
  test('counts what it is given to, by kind', () => {
    expect(topicsAfter(held, made, published)).toEqual([
      ['g20', { meetings: 1, statements: 1, opinions: 1 }],
    ]);
  });

  test('loses what is retracted, and gets it back', () => {
    expect(topicsAfter(held, made, retract)).toEqual([['g20', { meetings: 1, statements: 0 }]]);
    expect(topicsAfter(made, retract, correct({}, { reinstates: true }))).toEqual([
      ['g20', { statements: 1 }],
    ]);
  });

  test('loses to another what is corrected', () => {
    expect(topicsAfter(made, correct({ topics: ['nato'] }))).toEqual([
      ['g20', { statements: 0 }],
      ['nato', { statements: 1 }],
    ]);
  });
});
