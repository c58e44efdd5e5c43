// Read model network: actors who took part in a meeting that was held have met, each pair once a meeting, on its date. What
// is retracted, called off or only guessed is no meeting.
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { meetingsOf, metBy, network } from '../../../../domain/projections/views/network-view.ts';
import { pairOf } from '../../../../domain/queries/network/encounters.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import { event } from '../../../support/archives/written-history.ts';
import { meetingData, second, statementData } from '../../../support/archives/kinds.ts';

type Entry = [stream: string, event: NewEvent];
const parties = (...ids: string[]) => ids.map((id) => ({ actor: `actor-${id}` }));
const held = (ids: string[], more: object = {}, id = 'meeting-m'): Entry => [
  id,
  event('MeetingHeld', { ...meetingData, participants: parties(...ids), ...more }),
];
const announced = (...ids: string[]): Entry => [
  'meeting-m',
  event('MeetingAnnounced', { ...meetingData, participants: parties(...ids) }),
];
const correct = (changes: object, more: object = {}): Entry => [
  'meeting-m',
  event('MeetingCorrected', { cause: 'coding-error', reason: 'misread', changes, ...more }),
];
const retract: Entry = ['meeting-m', event('MeetingRetracted', { reason: 'a hoax' })];

const after = (...entries: Entry[]): CurrentRows => rowsAfter(network, entries);
const pair = (a: string, b: string) => pairOf(`actor-${a}`, `actor-${b}`);
/** Whom an actor met, and how often: 0 if every meeting was reverted. */
const metOf = (rows: CurrentRows, id: string): Record<string, number> =>
  Object.assign({}, ...Object.values(rows.sums(metBy(`actor-${id}`))));
function times(rows: CurrentRows, a: string, b: string): number | undefined {
  const [one, other] = [metOf(rows, a)[`actor-${b}`], metOf(rows, b)[`actor-${a}`]];
  expect(one).toBe(other);
  return one;
}
const meetings = (rows: CurrentRows, a: string, b: string) =>
  rows.of(meetingsOf(...pair(a, b))).map(({ sort }) => sort.slice(sort.lastIndexOf('~') + 1));

describe('two actors have met', () => {
  test('as often as both took part in a meeting', () => {
    const rows = after(held(['b', 'a', 'c']), held(['a', 'b'], { heldOn: '2023-03-01' }, 'meeting-n'));
    expect([times(rows, 'a', 'b'), times(rows, 'b', 'c'), times(rows, 'a', 'c')]).toEqual([2, 1, 1]);
    expect(meetings(rows, 'a', 'b')).toEqual(['meeting-n', 'meeting-m']);
    expect(metOf(rows, 'a')).toEqual({ 'actor-b': 2, 'actor-c': 1 });
    expect(rows.sums(metBy('actor-a'))).toEqual({ b: { 'actor-b': 2 }, c: { 'actor-c': 1 } });
  });

  test('once, however often a meeting names them', () => {
    expect(times(after(held(['a', 'b', 'a'])), 'a', 'b')).toBe(1);
    expect(metOf(after(held(['a', 'a'])), 'a')).toEqual({});
  });

  test('not for whom somebody only speaks, nor by what was said', () => {
    const participants = [{ actor: 'actor-a', for: 'actor-x' }, ...parties('b')];
    const rows = after(
      ['meeting-m', event('MeetingHeld', { ...meetingData, participants })],
      ['statement-s', { type: 'StatementMade', data: statementData }],
    );
    expect(metOf(rows, 'a')).toEqual({ 'actor-b': 1 });
    expect([metOf(rows, 'x'), metOf(rows, 'b')]).toEqual([{}, { 'actor-a': 1 }]);
  });
});

describe('a meeting counts', () => {
  test('once it was held, not while it is announced, nor when it is called off', () => {
    const calledOff: Entry = ['meeting-m', event('MeetingCalledOff', { evidence: [second] })];
    expect(times(after(announced('a', 'b')), 'a', 'b')).toBeUndefined();
    expect(times(after(announced('a', 'b'), calledOff), 'a', 'b')).toBeUndefined();
    expect(times(after(announced('a', 'b'), calledOff, held(['a', 'c'])), 'a', 'c')).toBe(1);
  });

  test('no more when it is retracted, and again when it is reinstated', () => {
    const gone = after(held(['a', 'b']), retract);
    expect([times(gone, 'a', 'b'), meetings(gone, 'a', 'b')]).toEqual([0, []]);
    const back = after(held(['a', 'b']), retract, correct({ heldOn: '2023-04' }, { reinstates: true }));
    expect([times(back, 'a', 'b'), meetings(back, 'a', 'b')]).toEqual([1, ['meeting-m']]);
  });

  test('for those whom a correction names, and no longer for others', () => {
    const rows = after(held(['a', 'b']), correct({ participants: parties('b', 'c') }));
    expect([times(rows, 'a', 'b'), times(rows, 'b', 'c')]).toEqual([0, 1]);
    expect([meetings(rows, 'a', 'b'), meetings(rows, 'b', 'c')]).toEqual([[], ['meeting-m']]);
  });

  test('on the day to which a correction moves it, as often as before', () => {
    const rows = after(
      held(['a', 'b'], { heldOn: '2023-03-01' }, 'meeting-n'),
      held(['a', 'b']),
      correct({ heldOn: '2023-02-01' }),
    );
    expect([times(rows, 'a', 'b'), meetings(rows, 'a', 'b')]).toEqual([2, ['meeting-m', 'meeting-n']]);
  });

  test('not as long as it is somebody’s guess', () => {
    const guess = held(['a', 'b'], { certainty: 'speculated', attributedBy: [{ description: 'a blog' }] });
    expect(times(after(guess), 'a', 'b')).toBeUndefined();
    expect(times(after(guess, correct({ certainty: 'reported' })), 'a', 'b')).toBe(1);
    expect(times(after(held(['a', 'b']), correct({ certainty: 'speculated' })), 'a', 'b')).toBe(0);
  });
});
