// Tests the aggregates of an actor: introduction, aliases and corrections; merges, unmerges and loops of merges.
import { describe, expect, test } from 'vitest';
import {
  actor,
  actorMerges,
  mergesOf,
  mergeTargetOf,
  type MergesState,
} from '../../../domain/recording/actor.ts';
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

test('an actor is introduced', () => {
  expect(decided(actor, ID, [], { type: 'introduce', actor: lavrov })).toEqual([introduced]);
});

test('introducing an actor under a taken id with other fields is refused', () => {
  const other = { type: 'introduce', actor: { ...lavrov, name: 'Sergei Lavrov' } } as const;
  expect(codeOf(() => decided(actor, ID, [introduced], other))).toBe('already-exists');
});

test('adding aliases records each new alias once', () => {
  const command = { type: 'add-aliases', aliases: [russian, { name: 'Lavrov' }, russian] } as const;
  expect(decided(actor, ID, [introduced], command)).toEqual([
    { type: 'ActorAliased', data: { aliases: [russian] } },
  ]);
});

test('an actor may have the same alias in another language', () => {
  const command = { type: 'add-aliases', aliases: [{ name: 'Lavrov', language: 'en' }] } as const;
  expect(decided(actor, ID, [introduced], command)).toHaveLength(1);
});

test('an actor has at most 100 aliases', () => {
  const names = Array.from({ length: 99 }, (_, n) => ({ name: `alias ${n}` }));
  const full = [introduced, event('ActorAliased', { aliases: names })];
  expect(decided(actor, ID, full, { type: 'add-aliases', aliases: names })).toEqual([]);
  expect(codeOf(() => decided(actor, ID, full, { type: 'add-aliases', aliases: [russian] }))).toBe('invalid');
});

test('a correction of an actor changes the named fields, removes those set to null and keeps the rest', () => {
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

test('a correction of an actor that changes nothing records nothing', () => {
  const correction = { reason: 'sure', changes: { name: 'Sergey Lavrov', aliases: [{ name: 'Lavrov' }] } };
  expect(decided(actor, ID, [introduced], { type: 'correct', correction })).toEqual([]);
});

test.each([
  { type: 'add-aliases', aliases: [russian] },
  { type: 'correct', correction: { reason: 'x', changes: {} } },
] as const)('the command $type is refused for an actor that was not introduced', (command) => {
  expect(codeOf(() => decided(actor, ID, [], command))).toBe('not-found');
});

test('the stream of an actor cannot begin with an alias', () => {
  expect(() => given(actor, ID, [event('ActorAliased', { aliases: [russian] })])).toThrow(
    'precedes ActorIntroduced',
  );
});

test('the stream of an actor cannot contain merges', () => {
  const merged = event('ActorsMerged', { actor: ID, into: 'actor-russia', reason: 'x' });
  expect(() => given(actor, ID, [introduced, merged])).toThrow('cannot contain ActorsMerged');
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

test('an actor is merged into another', () => {
  expect(merges([], merge(a, b))).toEqual([
    { type: 'ActorsMerged', data: { actor: a, into: b, reason: 'one and the same' } },
  ]);
});

test('each actor of a chain of merges is shown as the end of the chain', () => {
  const history = [merged(a, b), ...merges([merged(a, b)], merge(b, c))];
  const { into } = mergesOf(given(actorMerges, 'actor-merges', history));
  expect([a, b, c, d].map((each) => mergeTargetOf(into, each))).toEqual([c, c, c, d]);
});

test('an actor can be merged into an actor that is itself merged', () => {
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
])('an actor is never merged %s', (_how, history, command) => {
  expect(codeOf(() => merges(history, command))).toBe('loop');
});

test('an actor can be merged into one actor only', () => {
  const refusal = refusalOf(() => merges([merged(a, b)], merge(a, c)));
  expect([refusal.code, refusal.details]).toEqual(['not-possible-now', { into: b }]);
});

test('an unmerged actor can be merged into another', () => {
  expect(merges([merged(a, b), unmerged(a, b)], merge(a, c))).toHaveLength(1);
});

test('an unmerge names the actor that the merge had named', () => {
  expect(merges([merged(a, b)], unmerge(a))).toEqual([
    { type: 'ActorsUnmerged', data: { actor: a, from: b, reason: 'two after all' } },
  ]);
});

test('after two merges, an unmerge undoes the last one', () => {
  const history = [merged(a, b), unmerged(a, b), merged(a, c)];
  expect(merges(history, unmerge(a))).toEqual([
    expect.objectContaining({ data: expect.objectContaining({ from: c }) }),
  ]);
});

test('unmerging an actor twice records nothing the second time', () => {
  expect(merges([merged(a, b), unmerged(a, b)], unmerge(a))).toEqual([]);
});

test('unmerging an actor that was never merged is refused', () => {
  expect(codeOf(() => merges([merged(a, b)], unmerge(b)))).toBe('not-possible-now');
});

const idOf = (n: number) => `actor-${n}`;

describe('the cost of 20,000 merges is linear', () => {
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

  test('folding merges copies nothing: each state refers to the state before it and one event', () => {
    let state: MergesState;
    for (const event of events) {
      const next: MergesState = actorMerges.evolve(state, event);
      expect(next?.before === state && next?.last === event).toBe(true);
      state = next;
    }
    expect(reads).toBe(0);
  });

  test('a decision on merges reads each merge a bounded number of times', () => {
    const state = events.reduce<MergesState>((before, last) => actorMerges.evolve(before, last), undefined);
    reads = 0;
    expect(codeOf(() => actorMerges.decide(state, merge(idOf(MANY + 1), idOf(1))))).toBe('loop');
    expect(reads).toBeLessThanOrEqual(6 * MANY);
  });

  test('the end of the longest chain is found in as many steps as the chain has links', () => {
    let steps = 0;
    const into = new (class extends Map<string, string> {
      override get(key: string) {
        steps++;
        return super.get(key);
      }
    })(events.map(({ data }) => [data.actor, data.into]));
    expect(mergeTargetOf(into, idOf(1))).toBe(idOf(MANY + 1));
    expect(steps).toBe(MANY + 1);
  });
});

describe('a corrected name', () => {
  const rename = (name: string, more: object = {}, changes: object = {}): NewEvent =>
    event('ActorCorrected', { reason: 'x', changes: { name, ...changes }, ...more });
  const namesAfter = (...events: NewEvent[]) => {
    const state = given(actor, ID, [introduced, ...events]);
    return state.status === 'none'
      ? []
      : [state.fields.name, ...state.fields.aliases.map(({ name }) => name)];
  };

  test('a corrected name becomes an alias, and each earlier name is an alias once', () => {
    const renamed = [rename('Sergei Lavrov'), rename('S. Lavrov')];
    expect(namesAfter(...renamed)).toEqual(['S. Lavrov', 'Lavrov', 'Sergey Lavrov', 'Sergei Lavrov']);
    expect(namesAfter(rename('Sergei Lavrov'), rename('Sergey Lavrov'))).toEqual([
      'Sergey Lavrov',
      'Lavrov',
      'Sergei Lavrov',
    ]);
  });

  test('a corrected name becomes an alias even if the same correction changes the aliases', () => {
    expect(namesAfter(rename('Sergei Lavrov', {}, { aliases: [] }))).toEqual([
      'Sergei Lavrov',
      'Sergey Lavrov',
    ]);
  });

  test('a corrected name does not become an alias if the correction says that it was wrong', () => {
    expect(namesAfter(rename('Sergei Lavrov', { nameWasWrong: true }))).toEqual(['Sergei Lavrov', 'Lavrov']);
  });

  test('a correction of name and aliases that is sent twice without a key applies once, until the next event', () => {
    const renamed = rename('Sergei Lavrov', {}, { aliases: [] });
    const command = { type: 'correct', correction: renamed.data as DataOf<'ActorCorrected'> } as const;
    expect(decided(actor, ID, [introduced, renamed], command)).toEqual([]);
    const aliased = event('ActorAliased', { aliases: [russian] });
    expect(decided(actor, ID, [introduced, renamed, aliased], command)).toEqual([renamed]);
  });

  test('an alias that becomes the name is no longer an alias', () => {
    expect(namesAfter(rename('Lavrov'))).toEqual(['Lavrov', 'Sergey Lavrov']);
  });

  test('a correction cannot call a name wrong without giving the right one', () => {
    const correction = { reason: 'x', changes: { country: 'DE' }, nameWasWrong: true } as const;
    expect(codeOf(() => decided(actor, ID, [introduced], { type: 'correct', correction }))).toBe('invalid');
  });

  test('a corrected name needs room among the aliases, unless it was wrong', () => {
    const names = Array.from({ length: 99 }, (_, n) => ({ name: `alias ${n}` }));
    const full = [introduced, event('ActorAliased', { aliases: names })];
    const correction = { reason: 'x', changes: { name: 'Sergei Lavrov' } };
    expect(codeOf(() => decided(actor, ID, full, { type: 'correct', correction }))).toBe('invalid');
    const wrong = { ...correction, nameWasWrong: true } as const;
    expect(decided(actor, ID, full, { type: 'correct', correction: wrong })).toHaveLength(1);
  });
});
