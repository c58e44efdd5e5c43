// Tests transitions of the catalog. In any order of requests readers never step back and no number is used twice. Each
// generation is live, building, kept or being removed.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  liveCheckpoints,
  type ProjectionCheckpoints,
  type Generations,
} from '../../../domain/projections/catalog.ts';
import {
  abandoned,
  advanced,
  withFirstGeneration,
  enrolled,
  expired,
  isBehind,
  promoted,
  removed,
  rolledBack,
  started,
} from '../../../domain/projections/transitions.ts';

const NAMES = ['actors', 'topics'];
const at = (actors: number, topics = actors, version = 1): ProjectionCheckpoints => ({
  actors: { version, next: actors },
  topics: { version, next: topics },
});
const nothing: Generations = { last: 0, generations: {} };
const building: Generations = { live: 1, building: 2, last: 2, generations: { 1: at(10) } };
const promotion = { id: 2, against: 1, until: 2_000 };
/** The new generation is this far. */
const built = (checkpoints: ProjectionCheckpoints): Generations =>
  enrolled(building, 2, checkpoints) ?? building;

describe('the first generation', () => {
  test('given no generation, when an empty archive begins, then generation 1 is live', () => {
    expect(withFirstGeneration(nothing, at(0))).toEqual({ live: 1, last: 1, generations: { 1: at(0) } });
  });
  test('given a rebuild of the first generation, when an empty archive begins, then nothing changes', () => {
    expect(withFirstGeneration({ ...nothing, building: 1, last: 1 }, at(0))).toBeUndefined();
  });
  test('given a rebuild of the first generation, when it is promoted, then nothing is kept', () => {
    const first = { building: 1, last: 1, generations: { 1: at(10) } };
    expect(promoted(first, { ...promotion, id: 1, against: undefined })).toEqual({
      live: 1,
      last: 1,
      generations: { 1: at(10) },
    });
  });
});

describe('a rebuild', () => {
  test('given a live generation, when a rebuild starts, then the live one stays and the number is taken', () => {
    expect(started({ live: 1, last: 1, generations: { 1: at(10) } }, 2, NAMES)).toEqual(building);
  });
  test('given a running rebuild, when another one starts, then nothing changes', () => {
    expect(started(building, 3, NAMES)).toBeUndefined();
  });
  test('given a number of an earlier generation, when a rebuild starts with it, then nothing changes', () => {
    expect(started({ live: 1, last: 4, generations: { 1: at(10) } }, 4, NAMES)).toBeUndefined();
  });
  test('given rows of a read model that the code no longer has, when a rebuild starts, then their checkpoint is gone', () => {
    const live = { live: 1, last: 1, generations: { 1: { ...at(10), old: { version: 1, next: 12 } } } };
    expect(started(live, 2, NAMES)).toEqual(building);
  });
  test('given a running rebuild, when it is abandoned, then its rows are to be removed', () => {
    expect(abandoned(building, 2, 500)).toEqual({
      live: 1,
      last: 2,
      removing: { 2: 500 },
      generations: { 1: at(10) },
    });
    expect(abandoned(building, 1, 500)).toBeUndefined();
  });
  test('given a rebuild that projectors fold, when it is abandoned, then they no longer fold it', () => {
    expect(abandoned(built(at(10)), 2, 500)).toEqual(abandoned(building, 2, 500));
  });
  test('given checkpoints of projectors in a rebuild, when a late runner reports earlier ones, then nothing changes', () => {
    expect(enrolled(built(at(10)), 2, at(5))).toBeUndefined();
    expect(enrolled(building, 3, at(5))).toBeUndefined();
  });
});

describe('a promotion', () => {
  test('given a generation that is as far as the live one, when it is promoted, then the live one is kept', () => {
    expect(promoted(built(at(10)), promotion)).toEqual({
      live: 2,
      last: 2,
      kept: { 1: 2_000 },
      generations: { 1: at(10), 2: at(10) },
    });
  });
  test('given a generation with one read model behind, when it is promoted, then nothing changes', () => {
    expect(promoted(built(at(11, 9)), promotion)).toBeUndefined();
    expect(promoted(built(at(11, 10)), promotion)).toBeDefined();
    expect(promoted(built({ actors: { version: 1, next: 10 } }), promotion)).toBeUndefined();
    expect(promoted(building, promotion)).toBeUndefined();
  });
  test('given another live generation than the one compared with, when a rebuild is promoted, then nothing changes', () => {
    const other = { ...building, live: 3, last: 3, generations: { 2: at(10), 3: at(5) } };
    expect(promoted(other, promotion)).toBeUndefined();
    expect(promoted({ ...built(at(10)), building: 3 }, promotion)).toBeUndefined();
  });
  test('given older generations that are kept, when a rebuild is promoted, then those stay kept', () => {
    const before = { ...built(at(10)), kept: { 9: 1_500 } };
    expect(
      promoted({ ...before, generations: { ...before.generations, 9: at(10) } }, promotion),
    ).toMatchObject({ kept: { 1: 2_000, 9: 1_500 } });
  });
});

describe('a rollback', () => {
  const kept: Generations = {
    live: 2,
    last: 2,
    kept: { 1: 2_000 },
    generations: { 1: at(10), 2: at(10) },
  };
  test('given a kept generation that is as far as the live one, when it is rolled back to, then the live one is kept', () => {
    expect(rolledBack(kept, 1, 3_000)).toEqual({ ...kept, live: 1, kept: { 2: 3_000 } });
  });
  test('given a kept generation with a read model behind, when it is rolled back to, then nothing changes', () => {
    const behind = { ...kept, generations: { 1: at(10, 9), 2: at(10) } };
    expect(rolledBack(behind, 1, 3_000)).toBeUndefined();
  });
  test('given a generation that was never live, when it is rolled back to, then nothing changes', () => {
    expect(rolledBack({ ...kept, building: 3, last: 3 }, 3, 3_000)).toBeUndefined();
  });
  test('given two kept generations, when one is rolled back to, then each keeps its own retention period', () => {
    const more = {
      ...kept,
      live: 3,
      last: 3,
      kept: { 1: 2_000, 2: 2_500 },
      generations: { ...kept.generations, 3: at(10) },
    };
    expect(rolledBack(more, 1, 3_000)).toMatchObject({ live: 1, kept: { 2: 2_500, 3: 3_000 } });
    expect(expired(more, 2_000)).toMatchObject({ kept: { 2: 2_500 }, removing: { 1: 2_000 } });
    expect(expired(more, 2_500)).toMatchObject({ live: 3, removing: { 1: 2_500, 2: 2_500 } });
  });
  test('given a kept generation, when its retention period ends to the millisecond, then it is to be removed', () => {
    expect(expired(kept, 1_999)).toBeUndefined();
    expect(expired(kept, 2_000)).toEqual({
      live: 2,
      last: 2,
      removing: { 1: 2_000 },
      generations: { 2: at(10) },
    });
  });
});

describe('checkpoints', () => {
  const live: Generations = { live: 1, last: 1, generations: { 1: at(10, 20) } };
  const reached = (checkpoints: ProjectionCheckpoints) => new Map([[1, checkpoints]]);

  test('given a batch that was folded, when checkpoints move, then all of them move', () => {
    expect(advanced(live, reached(at(30)))).toEqual({ ...live, generations: { 1: at(30) } });
  });
  test('given a checkpoint that another process moved further, when checkpoints move, then that one stays', () => {
    expect(advanced(live, reached(at(15)))).toEqual({ ...live, generations: { 1: at(15, 20) } });
    expect(advanced(live, reached(at(5)))).toBeUndefined();
  });
  test('given a checkpoint of another fold version, when checkpoints move, then that one stays', () => {
    expect(advanced(live, reached(at(30, 30, 2)))).toBeUndefined();
  });
  test('given a generation that is gone, when checkpoints move, then nothing changes', () => {
    expect(advanced(live, new Map([[2, at(30)]]))).toBeUndefined();
  });
  test('given an event that stops a read model, when checkpoints move, then it is noted, and cleared by progress', () => {
    const stopped = { actors: { version: 1, next: 12, stopped: { position: 12, reason: 'no such actor' } } };
    const after = advanced(live, reached(stopped));
    expect(after?.generations[1]).toEqual({ ...stopped, topics: { version: 1, next: 20 } });
    expect(after && advanced(after, reached(stopped))).toBeUndefined();
    expect(after && advanced(after, reached(at(25)))).toEqual({ ...live, generations: { 1: at(25) } });
  });
});

const number = fc.integer({ min: 1, max: 6 });
const act = fc.oneof(
  fc.record({ kind: fc.constant('start' as const) }),
  fc.record({ kind: fc.constant('abandon' as const), number }),
  fc.record({ kind: fc.constant('enrol' as const), number, next: fc.nat(30) }),
  fc.record({ kind: fc.constant('promote' as const), against: fc.option(number) }),
  fc.record({ kind: fc.constant('roll back' as const), number }),
  fc.record({ kind: fc.constant('advance' as const), number, actors: fc.nat(30), topics: fc.nat(30) }),
  fc.record({ kind: fc.constant('expire' as const) }),
  fc.record({ kind: fc.constant('remove' as const), number }),
);

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;
function after(state: Generations, each: Act, now: number): Generations | undefined {
  switch (each.kind) {
    case 'start':
      return started(state, state.last + 1, NAMES);
    case 'abandon':
      return abandoned(state, each.number, now);
    case 'enrol':
      return enrolled(state, each.number, at(each.next));
    case 'promote':
      return promoted(state, {
        id: state.building ?? 1,
        against: each.against ?? state.live,
        until: now + 5,
      });
    case 'roll back':
      return rolledBack(state, each.number, now + 5);
    case 'advance':
      return advanced(state, new Map([[each.number, at(each.actors, each.topics)]]));
    case 'expire':
      return expired(state, now);
    default:
      return removed(state, each.number);
  }
}

test('for any transitions in any order, readers never step back, and no generation is lost or used twice', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let state: Generations = { live: 1, last: 1, generations: { 1: at(0) } };
      const used = new Set([1]);
      for (const [now, each] of acts.entries()) {
        const next = after(state, each, now);
        if (!next) continue;
        expect(isBehind(liveCheckpoints(next) ?? {}, liveCheckpoints(state))).toBe(false);
        if (next.building !== undefined && next.building !== state.building) {
          expect(used.has(next.building)).toBe(false);
          used.add(next.building);
        }
        const known = numbersOf(next);
        const gone = each.kind === 'remove' ? each.number : undefined;
        for (const generation of numbersOf(state))
          if (generation !== gone) expect(known).toContain(generation);
        expect(new Set(known).size).toBe(known.length);
        state = next;
      }
    }),
  );
});

const numbersOf = ({ live, building, kept = {}, removing = {} }: Generations): number[] => [
  ...[live, building].filter((number) => number !== undefined),
  ...Object.keys(kept).map(Number),
  ...Object.keys(removing).map(Number),
];
