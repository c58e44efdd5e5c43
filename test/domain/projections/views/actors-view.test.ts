// Read models actors and topics: the directory of actors by name, with merges, and what each actor and topic has a part in,
// counted. Retracted things do not count.
import { describe, expect, test } from 'vitest';
import { ACTOR_COUNTS, actors, DIRECTORY } from '../../../../domain/projections/views/actors-view.ts';
import { directoryOf, nameKey, type Directory } from '../../../../domain/projections/rows/actor-directory.ts';
import { TOPIC_COUNTS, topics } from '../../../../domain/projections/views/topics-view.ts';
import { foldName } from '../../../../domain/projections/state/folded-name.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { rowsAfter } from '../../../support/stores/current-rows.ts';
import { event } from '../../../support/archives/written-history.ts';
import { meetingData, opinionData, statementData } from '../../../support/archives/kinds.ts';
import { memoryRowStore } from '../../../support/stores/memory-row-store.ts';

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

/** The directory as of the last of these events. */
async function after(...entries: Entry[]): Promise<Directory> {
  const store = memoryRowStore();
  await store.append(rowsAfter(actors, entries).of(DIRECTORY));
  return directoryOf(store)(entries.length - 1);
}
const names = (directory: Directory) => directory.all().map(({ name }) => name);
const countsOf = (entries: readonly Entry[], id: string) => rowsAfter(actors, entries).sums(ACTOR_COUNTS)[id];

test('the directory shows a corrected name as an alias, unless it was wrong', async () => {
  const renamed = async (more: object) =>
    (
      await after(introduce('actor-a', 'A'), [
        'actor-a',
        event('ActorCorrected', { reason: 'x', changes: { name: 'B' }, ...more }),
      ])
    ).actor('actor-a');
  expect(await renamed({})).toMatchObject({ name: 'B', aliases: [{ name: 'A' }] });
  expect(await renamed({ nameWasWrong: true })).toMatchObject({ name: 'B', aliases: [] });
});

describe('an actor stands in the directory', () => {
  test('under its name, without regard to case, accents and points', async () => {
    const directory = await after(
      introduce('actor-1', 'Étienne'),
      introduce('actor-2', 'zoe'),
      introduce('actor-3', 'St. Clair'),
      introduce('actor-4', 'Adam'),
    );
    expect(names(directory)).toEqual(['Adam', 'Étienne', 'St. Clair', 'zoe']);
  });

  test('beside one of the same name, by id', async () => {
    const { all } = await after(introduce('actor-2', 'Adam'), introduce('actor-1', 'Adam'));
    expect(all().map(({ id }) => id)).toEqual(['actor-1', 'actor-2']);
  });

  test('with its other names, as they are added', async () => {
    const { actor } = await after(introduce('actor-a', 'A', { aliases: [{ name: 'Ay' }] }), [
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
    expect(actor('actor-a')).toEqual(expected);
  });

  test('with the first 35 of them; of others it says how many', async () => {
    const aliases = (count: number, from = 0) =>
      Array.from({ length: count }, (_, n) => ({ name: `A${from + n}` }));
    const alias: Entry = ['actor-a', event('ActorAliased', { aliases: aliases(10, 30) })];
    const correct = (changes: object): Entry => [
      'actor-a',
      event('ActorCorrected', { reason: 'x', changes }),
    ];
    const many = [introduce('actor-a', 'A', { aliases: aliases(30) }), alias];
    const of = async (...more: Entry[]) => {
      const actor = (await after(...many, ...more)).actor('actor-a');
      return [actor?.aliases.length, actor?.moreAliases];
    };
    expect(await of()).toEqual([35, 5]);
    expect(await of(correct({ country: 'IN' }), alias)).toEqual([35, 15]);
    expect(await of(correct({ aliases: aliases(36) }))).toEqual([35, 1]);
    expect(await of(correct({ aliases: aliases(2) }))).toEqual([2, undefined]);
  });

  test('once among those that changed after a position, by its latest event', async () => {
    const { changedAfter } = await after(...people, merge, held);
    const changed = (position: number) => changedAfter(position).map(({ id, position }) => [id, position]);
    expect(changed(-1)).toEqual([
      ['actor-b', 1],
      ['actor-c', 2],
      ['actor-a', 3],
    ]);
    expect(changed(2)).toEqual([['actor-a', 3]]);
    expect(changed(3)).toEqual([]);
  });

  test('and moves when its name is corrected', async () => {
    const corrected: Entry = [
      'actor-a',
      event('ActorCorrected', { reason: 'x', changes: { name: 'Zed', country: null } }),
    ];
    const entries = [
      introduce('actor-a', 'Adam', { country: 'IN' }),
      introduce('actor-b', 'Mia'),
      held,
      corrected,
    ];
    const directory = await after(...entries);
    expect(names(directory)).toEqual(['Mia', 'Zed']);
    expect(directory.actor('actor-a')).toMatchObject({ name: 'Zed' });
    expect(countsOf(entries, 'actor-a')).toEqual({ meetings: 1 });
    expect(directory.actor('actor-a')).not.toHaveProperty('country');
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
    const key = nameKey({ id: 'actor-a', name: '\ufdfa'.repeat(200) });
    expect(Buffer.byteLength(key)).toBeLessThan(1_000);
    expect(foldName('\ud55c'.repeat(200)).isWellFormed()).toBe(true);
  });
});

describe('what an actor has a part in', () => {
  test('is counted by kind, once each', () => {
    const entries = [...people, held, made, published];
    expect(countsOf(entries, 'actor-a')).toEqual({ meetings: 1, statements: 1 });
    expect(countsOf(entries, 'actor-c')).toEqual({ opinions: 1 });
  });

  test('is counted no more once it is retracted, and again once it is reinstated', () => {
    expect(countsOf([...people, made, retract], 'actor-a')).toEqual({ statements: 0 });
    const back = [...people, made, retract, correct({}, { reinstates: true })];
    expect(countsOf(back, 'actor-a')).toEqual({ statements: 1 });
  });

  test('follows a correction of who it was', () => {
    const entries = [...people, made, correct({ speakers: [{ actor: 'actor-c' }] })];
    expect(['a', 'b', 'c'].map((id) => countsOf(entries, `actor-${id}`)?.statements)).toEqual([0, 0, 1]);
  });

  test('is not counted twice when it is corrected while it is retracted', () => {
    const entries = [
      ...people,
      made,
      retract,
      correct({ speakers: [{ actor: 'actor-c' }] }, { reinstates: true }),
    ];
    expect(['a', 'b', 'c'].map((id) => countsOf(entries, `actor-${id}`)?.statements ?? 0)).toEqual([0, 0, 1]);
  });
});

describe('a merge', () => {
  test('shows on the actor that is merged, and under the one that is shown for it', async () => {
    const directory = await after(...people, merge);
    expect(directory.actor('actor-a')?.mergedInto).toBe('actor-b');
    expect(directory.shown('actor-a')?.id).toBe('actor-b');
    for (const id of ['actor-a', 'actor-b']) expect(directory.group(id)).toEqual(['actor-b', 'actor-a']);
    expect(names(directory)).toEqual(['actor-a', 'actor-b', 'actor-c']);
  });

  test('lists those that are merged in the order of their ids, and after them those that are merged into these', async () => {
    const into = (actor: string, into: string): Entry => [
      'actor-merges',
      event('ActorsMerged', { actor, into, reason: 'one' }),
    ];
    const all = ['actor-a', 'actor-b', 'actor-c', 'actor-d', 'actor-0'].map((id) => introduce(id));
    const merges = [into('actor-d', 'actor-a'), into('actor-c', 'actor-a'), into('actor-0', 'actor-c')];
    const { group } = await after(...all, ...merges);
    expect(group('actor-0')).toEqual(['actor-a', 'actor-c', 'actor-d', 'actor-0']);
  });

  test('leaves no trace there once it is undone', async () => {
    const { actor, group } = await after(...people, merge, unmerge);
    expect(actor('actor-a')).not.toHaveProperty('mergedInto');
    expect(group('actor-b')).toEqual(['actor-b']);
  });

  test('may stand in the log before the actor whom it merges: streams have no order among each other', async () => {
    const [a, b] = people as [Entry, Entry];
    const early = await after(merge, a, b);
    expect(early.actor('actor-a')).toMatchObject({ mergedInto: 'actor-b', position: 1 });
    expect((await after(merge, unmerge, a, b)).actor('actor-a')).not.toHaveProperty('mergedInto');
    const late = await after(merge, a, b, unmerge);
    expect(late.actor('actor-a')).toMatchObject({ position: 3 });
    expect(late.actor('actor-a')).not.toHaveProperty('mergedInto');
    expect(late.group('actor-b')).toEqual(['actor-b']);
  });

  test('outlives what is counted and corrected meanwhile', async () => {
    const corrected: Entry = ['actor-a', event('ActorCorrected', { reason: 'x', changes: { name: 'Zed' } })];
    const entries = [...people, merge, held, corrected];
    expect((await after(...entries)).actor('actor-a')).toMatchObject({ mergedInto: 'actor-b', name: 'Zed' });
    expect(countsOf(entries, 'actor-a')).toEqual({ meetings: 1 });
  });
});

const topicsAfter = (...entries: Entry[]) =>
  Object.entries(rowsAfter(topics, entries).sums(TOPIC_COUNTS)).toSorted();

describe('a topic', () => {
  test('counts what it is given to, by kind', () => {
    expect(topicsAfter(held, made, published)).toEqual([
      ['g20', { meetings: 1, statements: 1, opinions: 1 }],
    ]);
  });

  test('loses what is retracted, and gets it back', () => {
    expect(topicsAfter(held, made, retract)).toEqual([['g20', { meetings: 1, statements: 0, retracted: 1 }]]);
    expect(topicsAfter(made, retract, correct({}, { reinstates: true }))).toEqual([
      ['g20', { statements: 1, retracted: 0 }],
    ]);
  });

  test('loses to another what is corrected', () => {
    expect(topicsAfter(made, correct({ topics: ['nato'] }))).toEqual([
      ['g20', { statements: 0 }],
      ['nato', { statements: 1 }],
    ]);
  });
});
