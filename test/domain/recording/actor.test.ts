// An actor is introduced once, gets other names and is put right; and actors that turn out to be one are merged,
// never in a circle, and unmerged again.
import { describe, expect, test } from 'vitest';
import { actor, actorMerges, mergesOf, shownAs, type MergesState } from '../../../domain/recording/actor.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import {
  AT,
  BY,
  codeOf,
  decided,
  event,
  given,
  refusalOf,
  uuid,
} from '../../support/archives/written-history.ts';

const ID = 'actor-sergey-lavrov';
const lavrov: DataOf<'ActorIntroduced'> = {
  id: ID,
  kind: 'person',
  name: 'Sergey Lavrov',
  aliases: [{ name: 'Lavrov' }],
  country: 'RU',
};
const introduced: NewEvent = { type: 'ActorIntroduced', data: lavrov };
const russian = { name: 'Сергей Лавров', language: 'ru' };

describe('an actor', () => {
  test('is introduced', () => {
    expect(decided(actor, ID, [], { type: 'introduce', actor: lavrov })).toEqual([introduced]);
  });

  test('that says something else under the same id is refused', () => {
    const other = { type: 'introduce', actor: { ...lavrov, name: 'Sergei Lavrov' } } as const;
    expect(codeOf(() => decided(actor, ID, [introduced], other))).toBe('already-exists');
  });

  test('gets aliases, each once', () => {
    const command = { type: 'add-aliases', aliases: [russian, { name: 'Lavrov' }, russian] } as const;
    expect(decided(actor, ID, [introduced], command)).toEqual([
      { type: 'ActorAliased', data: { aliases: [russian] } },
    ]);
  });

  test('may have the same alias in another language', () => {
    const command = { type: 'add-aliases', aliases: [{ name: 'Lavrov', language: 'en' }] } as const;
    expect(decided(actor, ID, [introduced], command)).toHaveLength(1);
  });

  test('has at most 100 aliases', () => {
    const names = Array.from({ length: 99 }, (_, n) => ({ name: `alias ${n}` }));
    const full = [introduced, event('ActorAliased', { aliases: names })];
    expect(decided(actor, ID, full, { type: 'add-aliases', aliases: names })).toEqual([]);
    expect(codeOf(() => decided(actor, ID, full, { type: 'add-aliases', aliases: [russian] }))).toBe(
      'invalid',
    );
  });

  test('is corrected: what is named changes, null takes away, the rest stays', () => {
    const correction = {
      reason: 'the ministry’s spelling',
      changes: { name: 'Sergei Lavrov', country: null },
    };
    const events = decided(actor, ID, [introduced], { type: 'correct', correction });
    expect(events).toEqual([{ type: 'ActorCorrected', data: correction }]);
    expect(given(actor, ID, [introduced, ...events])).toEqual({
      status: 'introduced',
      corrections: 1,
      latest: correction,
      fields: {
        kind: 'person',
        name: 'Sergei Lavrov',
        aliases: [{ name: 'Lavrov' }, { name: 'Sergey Lavrov' }],
      },
    });
  });

  test('is not corrected to what it says already', () => {
    const correction = { reason: 'sure', changes: { name: 'Sergey Lavrov', aliases: [{ name: 'Lavrov' }] } };
    expect(decided(actor, ID, [introduced], { type: 'correct', correction })).toEqual([]);
  });

  test.each([
    { type: 'add-aliases', aliases: [russian] },
    { type: 'correct', correction: { reason: 'x', changes: {} } },
  ] as const)('that was not introduced cannot be given: $type', (command) => {
    expect(codeOf(() => decided(actor, ID, [], command))).toBe('not-found');
  });

  test('does not begin with an alias', () => {
    expect(() => given(actor, ID, [event('ActorAliased', { aliases: [russian] })])).toThrow(
      'before the actor',
    );
  });

  test('has no merges in its own stream', () => {
    const merged = event('ActorsMerged', { actor: ID, into: 'actor-russia', reason: 'x' });
    expect(() => given(actor, ID, [introduced, merged])).toThrow('has no place in');
  });
});

const [a, b, c, d] = ['actor-a', 'actor-b', 'actor-c', 'actor-d'] as const;
const merge = (from: string, into: string) =>
  ({ type: 'merge', actor: from, into, reason: 'one and the same' }) as const;
const unmerge = (from: string) => ({ type: 'unmerge', actor: from, reason: 'two after all' }) as const;
const merged = (from: string, into: string): NewEvent =>
  event('ActorsMerged', { actor: from, into, reason: 'x' });
const unmerged = (from: string, into: string): NewEvent =>
  event('ActorsUnmerged', { actor: from, from: into, reason: 'x' });
const merges = (history: NewEvent[], command: ReturnType<typeof merge> | ReturnType<typeof unmerge>) =>
  decided(actorMerges, 'actor-merges', history, command);

describe('actors are merged', () => {
  test('one into the other', () => {
    expect(merges([], merge(a, b))).toEqual([
      { type: 'ActorsMerged', data: { actor: a, into: b, reason: 'one and the same' } },
    ]);
  });

  test('in a chain, whose end is shown for each', () => {
    const history = [merged(a, b), ...merges([merged(a, b)], merge(b, c))];
    const { into } = mergesOf(given(actorMerges, 'actor-merges', history));
    expect([a, b, c, d].map((each) => shownAs(into, each))).toEqual([c, c, c, d]);
  });

  test('also into one that is itself merged', () => {
    expect(merges([merged(b, c)], merge(a, b))).toHaveLength(1);
  });

  test.each([
    ['into itself', [], merge(a, a)],
    ['back into what was merged into it', [merged(a, b)], merge(b, a)],
    ['around a longer circle', [merged(a, b), merged(b, c)], merge(c, a)],
    [
      'around a circle that an unmerge opened and another merge closed',
      [merged(a, b), unmerged(a, b), merged(b, a)],
      merge(a, b),
    ],
  ])('never %s', (_how, history, command) => {
    expect(codeOf(() => merges(history, command))).toBe('loop');
  });

  test('into one other only', () => {
    const refusal = refusalOf(() => merges([merged(a, b)], merge(a, c)));
    expect([refusal.code, refusal.details]).toEqual(['not-possible-now', { into: b }]);
  });

  test('and elsewhere once they are unmerged', () => {
    expect(merges([merged(a, b), unmerged(a, b)], merge(a, c))).toHaveLength(1);
  });
});

describe('actors are unmerged', () => {
  test('from what they stand merged into', () => {
    expect(merges([merged(a, b)], unmerge(a))).toEqual([
      { type: 'ActorsUnmerged', data: { actor: a, from: b, reason: 'two after all' } },
    ]);
  });

  test('from the last one, where they were merged twice', () => {
    const history = [merged(a, b), unmerged(a, b), merged(a, c)];
    expect(merges(history, unmerge(a))).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ from: c }) }),
    ]);
  });

  test('not again', () => {
    expect(merges([merged(a, b), unmerged(a, b)], unmerge(a))).toEqual([]);
  });

  test('never, where they were not merged', () => {
    expect(codeOf(() => merges([merged(a, b)], unmerge(b)))).toBe('not-possible-now');
  });
});

const idOf = (n: number) => `actor-${n}`;

describe('20,000 merges cost as much as 20,000 merges should', () => {
  const MANY = 20_000;
  let reads = 0;
  const counted = (n: number): RecordedEvent<'ActorsMerged'> => ({
    specversion: '1.0',
    id: `actor-merges_${uuid(n)}`,
    source: '/actors',
    subject: 'actor-merges',
    type: 'ActorsMerged',
    time: AT,
    datacontenttype: 'application/json',
    dataschema: 'urn:chancery:event:ActorsMerged:1',
    recordedby: BY,
    revision: n,
    n: 1,
    of: 1,
    get data() {
      reads++;
      return { actor: idOf(n), into: idOf(n + 1), reason: 'a long chain' };
    },
  });
  const events = Array.from({ length: MANY }, (_, n) => counted(n + 1));

  test('the fold copies nothing: each state is the one before and one event', () => {
    let state: MergesState;
    for (const event of events) {
      const next: MergesState = actorMerges.evolve(state, event);
      expect(next?.before === state && next?.last === event).toBe(true);
      state = next;
    }
    expect(reads).toBe(0);
  });

  test('a decision looks at each merge a few times', () => {
    const state = events.reduce<MergesState>((before, last) => actorMerges.evolve(before, last), undefined);
    reads = 0;
    expect(codeOf(() => actorMerges.decide(state, merge(idOf(MANY + 1), idOf(1))))).toBe('loop');
    expect(reads).toBeLessThanOrEqual(6 * MANY);
  });

  test('the end of the longest chain is found in as many steps as it has links', () => {
    let steps = 0;
    const into = new (class extends Map<string, string> {
      override get(key: string) {
        steps++;
        return super.get(key);
      }
    })(events.map(({ data }) => [data.actor, data.into]));
    expect(shownAs(into, idOf(1))).toBe(idOf(MANY + 1));
    expect(steps).toBe(MANY + 1);
  });
});

describe('a name that is corrected', () => {
  const rename = (name: string, more: object = {}, changes: object = {}): NewEvent =>
    event('ActorCorrected', { reason: 'x', changes: { name, ...changes }, ...more });
  const namesAfter = (...events: NewEvent[]) => {
    const state = given(actor, ID, [introduced, ...events]);
    return state.status === 'none'
      ? []
      : [state.fields.name, ...state.fields.aliases.map(({ name }) => name)];
  };

  test('stays as an alias, each earlier name once', () => {
    const renamed = [rename('Sergei Lavrov'), rename('S. Lavrov')];
    expect(namesAfter(...renamed)).toEqual(['S. Lavrov', 'Lavrov', 'Sergey Lavrov', 'Sergei Lavrov']);
    expect(namesAfter(rename('Sergei Lavrov'), rename('Sergey Lavrov'))).toEqual([
      'Sergey Lavrov',
      'Lavrov',
      'Sergei Lavrov',
    ]);
  });

  test('stays also if the aliases are corrected together with it', () => {
    expect(namesAfter(rename('Sergei Lavrov', {}, { aliases: [] }))).toEqual([
      'Sergei Lavrov',
      'Sergey Lavrov',
    ]);
  });

  test('does not stay if the correction says that it was wrong', () => {
    expect(namesAfter(rename('Sergei Lavrov', { nameWasWrong: true }))).toEqual(['Sergei Lavrov', 'Lavrov']);
  });

  test('stays if a correction of name and aliases is sent twice without a key, until the next event', () => {
    const renamed = rename('Sergei Lavrov', {}, { aliases: [] });
    const command = { type: 'correct', correction: renamed.data as DataOf<'ActorCorrected'> } as const;
    expect(decided(actor, ID, [introduced, renamed], command)).toEqual([]);
    const aliased = event('ActorAliased', { aliases: [russian] });
    expect(decided(actor, ID, [introduced, renamed, aliased], command)).toEqual([renamed]);
  });

  test('that is an alias already is no alias any more', () => {
    expect(namesAfter(rename('Lavrov'))).toEqual(['Lavrov', 'Sergey Lavrov']);
  });

  test('is not said to be wrong without the right one', () => {
    const correction = { reason: 'x', changes: { country: 'DE' }, nameWasWrong: true } as const;
    expect(codeOf(() => decided(actor, ID, [introduced], { type: 'correct', correction }))).toBe('invalid');
  });

  test('needs room among the aliases, or to have been wrong', () => {
    const names = Array.from({ length: 99 }, (_, n) => ({ name: `alias ${n}` }));
    const full = [introduced, event('ActorAliased', { aliases: names })];
    const correction = { reason: 'x', changes: { name: 'Sergei Lavrov' } };
    expect(codeOf(() => decided(actor, ID, full, { type: 'correct', correction }))).toBe('invalid');
    const wrong = { ...correction, nameWasWrong: true } as const;
    expect(decided(actor, ID, full, { type: 'correct', correction: wrong })).toHaveLength(1);
  });
});
