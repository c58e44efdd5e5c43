// Tests the latest date of the records in sums. At every position it equals the latest date of all records, or it is
// marked as unknown.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDelta,
  sumNameWithDate,
  latestDate,
  sumNameWithoutDate,
  withLatestDates,
  withoutDates,
} from '../../../../domain/projections/rows/latest-dates.ts';
import {
  daysOf,
  evolveRecordState,
  dateListKeyOf,
  type RecordStreamState,
} from '../../../../domain/projections/state/thing-state.ts';
import { event, recorded } from '../../../support/archives/written-history.ts';
import { statementData } from '../../../support/archives/kinds.ts';

const DATES = [
  '2023',
  '2023-01',
  '2023-01-01',
  '2023-01-01/2023-01-05',
  '2023-01-01?',
  '2023-01-02',
  '../2023',
];
const LATER = [
  '2023-01-02T10:00+01:00',
  '2023-01-03',
  '2023-02',
  '2023-01-04',
  '2023-01-05',
  '2023-01-06',
  '2023/..',
];

function madeOn(date: string): RecordStreamState {
  const [made] = recorded('statement-s', [event('StatementMade', { ...statementData, madeOn: date })]);
  if (!made) throw new Error('nothing was recorded');
  return evolveRecordState(undefined, made);
}
const states = new Map([...DATES, ...LATER].map((date) => [date, madeOn(date)]));
const stateOf = (date: string): RecordStreamState => states.get(date) ?? madeOn(date);
const nameOf = (date: string): string => sumNameWithDate('statements', stateOf(date));

/** Returns the latest date as lists by date have it: the latest beginning, then the dates of several days. */
function latestAmong(
  dates: readonly string[],
): { readonly sort: string; readonly dates: ReadonlySet<string> } | undefined {
  const rank = (date: string) => {
    const { spread } = dateListKeyOf(stateOf(date));
    return `${daysOf(stateOf(date)).sort} ${spread === undefined ? 0 : spread === 'days' ? 1 : 2}`;
  };
  const last = dates.map(rank).toSorted().at(-1);
  if (last === undefined) return undefined;
  const same = dates.filter((date) => rank(date) === last);
  return { sort: last.split(' ')[0] ?? '', dates: new Set(same) };
}

type Step = readonly ['add' | 'remove', number] | 'snapshot';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('add', 'remove'), fc.nat(1_000)) as fc.Arbitrary<Step> },
  { weight: 1, arbitrary: fc.constant<Step>('snapshot') },
);

describe('the latest date of what sums count', () => {
  test('the latest date in sums is that of all records or unknown, for any additions and removals between snapshots', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const all: string[] = [];
        let sums: Record<string, number> = {};
        const known = [...DATES, ...LATER];
        for (const each of steps) {
          if (each === 'snapshot') sums = { ...withLatestDates(sums) };
          else if (each[0] === 'add') {
            const date = known[each[1] % known.length] ?? '';
            all.push(date);
            addDelta(sums, nameOf(date), 1);
          } else if (all.length > 0) {
            const [date = ''] = all.splice(each[1] % all.length, 1);
            addDelta(sums, nameOf(date), -1);
          }
          const found = latestDate(sums);
          const stated = latestAmong(all);
          expect(withoutDates(sums)['statements'] ?? 0).toBe(all.length);
          if (found === 'unknown') continue;
          expect(found?.sort).toBe(stated?.sort);
          if (found) expect([...(stated?.dates ?? [])]).toEqual([found.date]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the latest date in sums is known as long as one of the four latest dates of a snapshot is left', () => {
    const dates = ['2023-01-02', '2023-01-03', '2023-01-04', '2023-01-05', '2023-01-06'];
    const sums: Record<string, number> = {};
    for (const date of dates) addDelta(sums, nameOf(date), 1);
    const snapshot = { ...withLatestDates(sums) };
    expect(Object.keys(snapshot)).toHaveLength(1 + 4 + 1);
    for (const date of dates.toReversed().slice(0, 4)) {
      expect(latestDate(snapshot)).toMatchObject({ date });
      addDelta(snapshot, nameOf(date), -1);
    }
    expect(latestDate(snapshot)).toBe('unknown');
    expect(latestDate(withLatestDates(snapshot))).toBe('unknown');
    addDelta(snapshot, nameOf('2023-01-03'), 1);
    expect(latestDate(withLatestDates(snapshot))).toMatchObject({ date: '2023-01-03' });
  });

  test('the latest date in sums is unknown if two dates begin alike and differ in form, also if one of them was left out', () => {
    const sums: Record<string, number> = {};
    for (const date of ['2023-01-01', '2023-01-01?']) addDelta(sums, nameOf(date), 1);
    expect(latestDate(sums)).toBe('unknown');
    for (const date of ['2023-01-02', '2023-01-03', '2023-01-04']) addDelta(sums, nameOf(date), 1);
    const snapshot = { ...withLatestDates(sums) };
    for (const date of ['2023-01-02', '2023-01-03', '2023-01-04']) addDelta(snapshot, nameOf(date), -1);
    expect(latestDate(snapshot)).toBe('unknown');
  });

  test('a retracted record and a meeting that has not taken place add no date to sums', () => {
    const state = madeOn('2023-01-01');
    const retracted = { ...state, life: { ...state.life, retracted: { reason: 'x' } } } as RecordStreamState;
    const announced = {
      ...state,
      life: { ...state.life, status: 'announced' },
    } as unknown as RecordStreamState;
    expect([retracted, announced].map((each) => sumNameWithDate('meetings', each))).toEqual([
      'meetings',
      'meetings',
    ]);
    expect(sumNameWithoutDate(nameOf('2023-01-01'))).toBe('statements');
  });
});
