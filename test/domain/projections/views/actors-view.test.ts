// Tests the read models actors and topics: the directory of actors by name, with merges, and the counts of the records of
// each actor and topic. Retracted records do not count.
import { describe, expect, test } from 'vitest';
import { actors } from '../../../../domain/projections/views/actors-view.ts';
import { ACTOR_COUNTS, ACTOR_DIRECTORY, TOPIC_COUNTS } from '../../../../domain/projections/rows/row-keys.ts';
import {
  directoryReader,
  nameKey,
  type Directory,
} from '../../../../domain/projections/rows/actor-directory.ts';
import { topics } from '../../../../domain/projections/views/topics-view.ts';
import { normalizeName } from '../../../../domain/projections/state/normalized-name.ts';
import { rowsAfter } from '../../../support/stores/current-rows.ts';
import {
  corrected,
  held,
  introduced,
  merged,
  person,
  reinstated,
  retracted,
  said,
  thought,
  unmerged,
  type Entry,
} from '../../../support/entries.ts';
import { event } from '../../../support/archives/written-history.ts';
import { memoryRowStore } from '../../../support/stores/memory-row-store.ts';

const [A, B, C] = ['actor-a', 'actor-b', 'actor-c'];
const people = [A, B, C].map(person);
const [meeting, statement, opinion] = [held('meeting-m'), said('statement-s'), thought('opinion-o')];
const correct = (changes: object, more?: object) => corrected('statement-s', changes, more);
const retract = retracted('statement-s');
const merge = merged(A, B);
const unmerge = unmerged(A, B);
const renamed = (name: string, more: object = {}, changes: object = {}): Entry =>
  corrected(A, { name, ...changes }, more);

/** Returns the directory as of the last of these events. */
async function after(...entries: Entry[]): Promise<Directory> {
  const store = memoryRowStore();
  await store.append(rowsAfter(actors, entries).of(ACTOR_DIRECTORY));
  return directoryReader(store)(entries.length - 1);
}
const names = (directory: Directory) => directory.all().map(({ name }) => name);

describe('the directory of actors', () => {
  test('an actor stands in the directory under its name, without regard to case, accents and points', async () => {
    const shown = ['Étienne', 'zoe', 'St. Clair', 'Adam'].map((name, n) => introduced(`actor-${n}`, name));
    expect(names(await after(...shown))).toEqual(['Adam', 'Étienne', 'St. Clair', 'zoe']);
  });

  test('actors of the same name stand in the directory by id', async () => {
    const { all } = await after(introduced(B, 'Adam'), introduced(A, 'Adam'));
    expect(all().map(({ id }) => id)).toEqual([A, B]);
  });

  test('an actor stands in the directory with its other names as they are added, and a corrected one unless it was wrong', async () => {
    const { actor } = await after(introduced(A, 'A', { aliases: [{ name: 'Ay' }] }), [
      A,
      event('ActorAliased', { aliases: [{ name: 'А', language: 'ru' }] }),
    ]);
    const aliases = [{ name: 'Ay' }, { name: 'А', language: 'ru' }];
    expect(actor(A)).toEqual({ id: A, kind: 'person', name: 'A', aliases, position: 1 });
    for (const [more, names] of [[{}, [{ name: A }]] as const, [{ nameWasWrong: true }, []] as const])
      expect((await after(person(A), renamed('B', more))).actor(A)).toMatchObject({
        name: 'B',
        aliases: names,
      });
  });

  test('an actor stands in the directory with the first 35 other names and the number of the rest', async () => {
    const aliases = (count: number, from = 0) =>
      Array.from({ length: count }, (_, n) => ({ name: `A${from + n}` }));
    const alias: Entry = [A, event('ActorAliased', { aliases: aliases(10, 30) })];
    const many = [introduced(A, 'A', { aliases: aliases(30) }), alias];
    for (const [more, expected] of [
      [[], [35, 5]],
      [
        [corrected(A, { country: 'IN' }), alias],
        [35, 15],
      ],
      [[corrected(A, { aliases: aliases(36) })], [35, 1]],
      [[corrected(A, { aliases: aliases(2) })], [2, undefined]],
    ] as const) {
      const actor = (await after(...many, ...more)).actor(A);
      expect([actor?.aliases.length, actor?.moreAliases]).toEqual(expected);
    }
  });

  test('an actor stands once among those that changed after a position, by its latest event', async () => {
    const { changedAfter } = await after(...people, merge, meeting);
    const changed = (position: number) => changedAfter(position).map(({ id, position }) => [id, position]);
    const all = [B, C, A].map((id, n) => [id, n + 1]);
    expect([-1, 2, 3].map(changed)).toEqual([all, [[A, 3]], []]);
  });

  test('an actor moves in the directory when its name is corrected', async () => {
    const directory = await after(
      introduced(A, 'Adam', { country: 'IN' }),
      introduced(B, 'Mia'),
      renamed('Zed', {}, { country: null }),
    );
    expect(names(directory)).toEqual(['Mia', 'Zed']);
    expect(directory.actor(A)).toMatchObject({ name: 'Zed' });
    expect(directory.actor(A)).not.toHaveProperty('country');
  });

  test.each([
    ['José Álvarez', 'jose alvarez'],
    ['O’Neill-Smith', 'oneillsmith'],
    ['\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f', '\u0645\u062d\u0645\u062f'],
    ['\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
  ])('the directory sorts a name without accents and points: %s as %s', (name, folded) => {
    expect(normalizeName(name)).toBe(folded);
  });

  test('the directory sorts a name with the vowels of scripts that write them as marks', () => {
    const names = ['राम', 'रोमा', 'रीमा', 'สมชาย', 'สมชัย', 'カキ', 'ガキ'];
    expect(new Set(names.map(normalizeName)).size).toBe(names.length);
  });

  test('an actor has a short key in the directory, even if its name gets longer without its accents', () => {
    const key = nameKey({ id: A, name: '\ufdfa'.repeat(200) });
    expect(Buffer.byteLength(key)).toBeLessThan(1_000);
    expect(normalizeName('\ud55c'.repeat(200)).isWellFormed()).toBe(true);
  });
});

describe('a merge', () => {
  test('a merge shows on the merged actor, and under the actor that represents it', async () => {
    const directory = await after(...people, merge);
    expect(directory.actor(A)?.mergedInto).toBe(B);
    expect(directory.visible(A)?.id).toBe(B);
    for (const id of [A, B]) expect(directory.group(id)).toEqual([B, A]);
    expect(names(directory)).toEqual([A, B, C]);
  });

  test('a merge lists the merged actors in the order of their ids, and after them the actors merged into these', async () => {
    const merges = [merged('actor-d', A), merged(C, A), merged('actor-0', C)];
    const { group } = await after(...[A, B, C, 'actor-d', 'actor-0'].map(person), ...merges);
    expect(group('actor-0')).toEqual([A, C, 'actor-d', 'actor-0']);
  });

  test('a merge outlives a correction, and leaves no trace once it is undone', async () => {
    expect((await after(...people, merge, renamed('Zed'))).actor(A)).toMatchObject({
      mergedInto: B,
      name: 'Zed',
    });
    const { actor, group } = await after(...people, merge, unmerge);
    expect(actor(A)).not.toHaveProperty('mergedInto');
    expect(group(B)).toEqual([B]);
  });

  test('a merge may precede the merged actor in the log, because streams have no order among each other', async () => {
    const [a, b] = [person(A), person(B)];
    expect((await after(merge, a, b)).actor(A)).toMatchObject({ mergedInto: B, position: 1 });
    expect((await after(merge, unmerge, a, b)).actor(A)).not.toHaveProperty('mergedInto');
    const late = await after(merge, a, b, unmerge);
    expect(late.actor(A)).toMatchObject({ position: 3 });
    expect(late.actor(A)).not.toHaveProperty('mergedInto');
    expect(late.group(B)).toEqual([B]);
  });
});

type Sums = Record<string, Record<string, number>>;

test.each<[string, Entry[], actors: Sums, topics: Sums]>([
  [
    'once each, by kind',
    [meeting, statement, opinion],
    { [A]: { meetings: 1, statements: 1 }, [B]: { statements: 1 }, [C]: { opinions: 1 } },
    { g20: { meetings: 1, statements: 1, opinions: 1 } },
  ],
  [
    'zero times once it is retracted, which topics count apart',
    [statement, retract],
    { [A]: { statements: 0 }, [B]: { statements: 0 } },
    { g20: { statements: 0, retracted: 1 } },
  ],
  [
    'again once it is reinstated',
    [statement, retract, reinstated('statement-s')],
    { [A]: { statements: 1 }, [B]: { statements: 1 } },
    { g20: { statements: 1, retracted: 0 } },
  ],
  [
    'for another after a correction',
    [statement, correct({ speakers: [{ actor: C }], topics: ['nato'] })],
    { [A]: { statements: 0 }, [B]: { statements: 0 }, [C]: { statements: 1 } },
    { g20: { statements: 0 }, nato: { statements: 1 } },
  ],
  [
    'once, though it is corrected while it is retracted',
    [statement, retract, reinstated('statement-s', { speakers: [{ actor: C }] })],
    { [A]: { statements: 0 }, [B]: { statements: 0 }, [C]: { statements: 1 } },
    { g20: { statements: 1, retracted: 0 } },
  ],
  [
    'as before after merges and corrections of actors',
    [...people, merge, meeting, renamed('Zed')],
    { [A]: { meetings: 1 } },
    { g20: { meetings: 1 } },
  ],
])('a record of an actor and a topic counts %s', (_what, entries, ofActors, ofTopics) => {
  expect(rowsAfter(actors, entries).sums(ACTOR_COUNTS)).toEqual(ofActors);
  expect(rowsAfter(topics, entries).sums(TOPIC_COUNTS)).toEqual(ofTopics);
});
