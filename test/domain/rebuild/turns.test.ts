// What a view's item may become: whatever is asked in whatever order, readers never step back, no number is used twice,
// and every generation that ever was is read, built, kept or on its way out.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liveCheckpoint, type Projection } from '../../../domain/projections.ts';
import { abandoned, begun, expired, removed, switched, wentBack } from '../../../domain/rebuild/turns.ts';

const at = (next: number, version = 1) => ({ version, next });
const building: Projection = { live: 1, building: 2, last: 2, generations: { 1: at(10), 2: at(10) } };
const asked = { built: 2, against: 1, version: 1, until: 2_000 };

describe('a switch', () => {
  test('is taken by what is as far as what is read, which is kept', () => {
    expect(switched(building, asked)).toEqual({
      live: 2,
      last: 2,
      kept: { 1: 2_000 },
      generations: building.generations,
    });
  });
  test('is not taken by what is behind what is read', () => {
    expect(switched({ ...building, generations: { 1: at(10), 2: at(9) } }, asked)).toBeUndefined();
    expect(switched({ ...building, generations: { 1: at(10), 2: at(11) } }, asked)).toBeDefined();
  });
  test('is not taken where something else is read than what it was compared with', () => {
    const { building: _, ...others } = building;
    expect(
      switched({ ...building, live: 3, generations: { ...building.generations, 3: at(5) } }, asked),
    ).toBeUndefined();
    expect(switched(others, asked)).toBeUndefined();
    expect(switched(building, { ...asked, built: 3 })).toBeUndefined();
  });
  test('is not taken by what another fold made', () => {
    expect(switched(building, { ...asked, version: 2 })).toBeUndefined();
  });
  test('leaves what is kept from before', () => {
    const before = { ...building, kept: { 9: 1_500 }, generations: { ...building.generations, 9: at(10) } };
    expect(switched(before, asked)).toMatchObject({ kept: { 1: 2_000, 9: 1_500 } });
  });
});

describe('the way back', () => {
  const kept: Projection = {
    live: 2,
    last: 2,
    kept: { 1: 2_000 },
    generations: { 1: at(10), 2: at(10) },
  };
  test('is open to what is as far', () => {
    expect(wentBack(kept, 1, 3_000)).toEqual({ ...kept, live: 1, kept: { 2: 3_000 } });
  });
  test('is closed to what is behind', () => {
    expect(wentBack({ ...kept, generations: { 1: at(9), 2: at(10) } }, 1, 3_000)).toBeUndefined();
  });
  test('is closed to what nobody read before', () => {
    expect(
      wentBack({ ...kept, building: 3, generations: { ...kept.generations, 3: at(10) } }, 3, 3_000),
    ).toBeUndefined();
  });
  test('leads to any that is kept, each for its own time', () => {
    const more = {
      ...kept,
      live: 3,
      kept: { 1: 2_000, 2: 2_500 },
      generations: { ...kept.generations, 3: at(10) },
    };
    expect(wentBack(more, 1, 3_000)).toMatchObject({ live: 1, kept: { 2: 2_500, 3: 3_000 } });
    expect(expired(more, 2_000)).toMatchObject({ kept: { 2: 2_500 }, removing: { 1: 2_000 } });
    expect(expired(more, 2_500)).toMatchObject({ live: 3, removing: { 1: 2_500, 2: 2_500 } });
  });
  test('is over when its time is, to the millisecond', () => {
    expect(expired(kept, 1_999)).toBeUndefined();
    expect(expired(kept, 2_000)).toEqual({
      live: 2,
      last: 2,
      removing: { 1: 2_000 },
      generations: { 2: at(10) },
    });
  });
});

test('of two that begin, one does; of two that end, one does', () => {
  const { building: _, ...idle } = building;
  const once = begun(idle, 3, 1);
  expect(once).toMatchObject({ building: 3, last: 3, generations: { 3: at(0) } });
  expect(once && begun(once, 3, 1)).toBeUndefined();
  expect(once && begun(once, 4, 1)).toBeUndefined();
  expect(begun(idle, 4, 1)).toBeUndefined();
  expect(once && abandoned(once, 2, 1_000)).toBeUndefined();
  const twice = once && abandoned(once, 3, 1_000);
  expect(twice).toMatchObject({ removing: { 3: 1_000 }, generations: building.generations });
  expect(twice && abandoned(twice, 3, 2_000)).toBeUndefined();
  const gone = twice && removed(twice, 3);
  expect(gone).toEqual({ ...idle, last: 3 });
  expect(gone && removed(gone, 3)).toBeUndefined();
});

test('turns in any order', () => {
  const turn = fc.constantFrom('fold', 'begin', 'abandon', 'switch', 'back', 'expire', 'remove');
  fc.assert(
    fc.property(fc.array(fc.tuple(turn, fc.nat({ max: 9 })), { maxLength: 80 }), (turns) => {
      let now = 0;
      let one: Projection = { live: 1, generations: { 1: at(0) } };
      const begunNumbers = new Set([1]);
      for (const [kind, n] of turns) {
        now += 100;
        const numbers = Object.keys(one.generations).map(Number);
        const number = numbers[n % numbers.length] ?? 1;
        const before = one;
        if (kind === 'fold') {
          const moved = at((one.generations[number]?.next ?? 0) + n);
          one = { ...one, generations: { ...one.generations, [number]: moved } };
        } else if (kind === 'begin') {
          const next = (one.last ?? 1) + 1;
          const after = begun(one, next, 1);
          if (after) expect(begunNumbers.has(next)).toBe(false);
          if (after) begunNumbers.add(next);
          one = after ?? one;
        } else if (kind === 'abandon') one = abandoned(one, one.building ?? 0, now) ?? one;
        else if (kind === 'switch')
          one =
            switched(one, {
              built: one.building ?? 0,
              against: one.live,
              version: 1,
              until: now + 500,
            }) ?? one;
        else if (kind === 'back') one = wentBack(one, number, now + 500) ?? one;
        else if (kind === 'expire') one = expired(one, now) ?? one;
        else one = removed(one, Number(Object.keys(one.removing ?? {})[0])) ?? one;

        expect(liveCheckpoint(one).next).toBeGreaterThanOrEqual(liveCheckpoint(before).next);
        const roles = [one.live, one.building, ...Object.keys(one.kept ?? {}).map(Number)].filter(
          (each) => each !== undefined,
        );
        expect(Object.keys(one.generations).map(Number).toSorted()).toEqual(roles.toSorted());
        expect(new Set(roles).size).toBe(roles.length);
        for (const removing of Object.keys(one.removing ?? {})) expect(roles).not.toContain(Number(removing));
      }
    }),
    { numRuns: 500 },
  );
});
