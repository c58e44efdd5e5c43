// The network: those who took part in a meeting that was held have met, each pair once a meeting, on its date; what is
// retracted, called off or only guessed is no meeting.
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { idIn } from '../../../domain/views/facts.ts';
import {
  edgeKey,
  meetingsPartition,
  metPartition,
  network,
  pairOf,
  type EdgeRow,
} from '../../../domain/views/network.ts';
import { event } from '../../support/history.ts';
import { meetingData, second, statementData } from '../../support/kinds.ts';
import { foldedInto, logOf, type ViewRows } from '../../support/view-rows.ts';

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

const after = (...entries: Entry[]): ViewRows => foldedInto(network, logOf(entries));
const pair = (a: string, b: string) => pairOf(`actor-${a}`, `actor-${b}`);
const times = (rows: ViewRows, a: string, b: string): number | undefined => {
  const { partition, sort } = edgeKey(pair(a, b));
  return (rows.body(partition, sort) as EdgeRow | undefined)?.meetings;
};
const meetings = (rows: ViewRows, a: string, b: string) =>
  rows.of(meetingsPartition(pair(a, b))).map(({ sort }) => idIn(sort));

describe('two actors have met', () => {
  test('as often as both took part in a meeting', () => {
    const rows = after(held(['b', 'a', 'c']), held(['a', 'b'], { heldOn: '2023-03-01' }, 'meeting-n'));
    expect([times(rows, 'a', 'b'), times(rows, 'b', 'c'), times(rows, 'a', 'c')]).toEqual([2, 1, 1]);
    expect(meetings(rows, 'a', 'b')).toEqual(['meeting-n', 'meeting-m']);
    expect(rows.of(metPartition('actor-a')).map(({ sort }) => sort)).toEqual(['actor-b', 'actor-c']);
  });

  test('once, however often a meeting names them', () => {
    expect(times(after(held(['a', 'b', 'a'])), 'a', 'b')).toBe(1);
    expect(after(held(['a', 'a'])).of(metPartition('actor-a'))).toEqual([]);
  });

  test('not for whom somebody only speaks, nor by what was said', () => {
    const participants = [{ actor: 'actor-a', for: 'actor-x' }, ...parties('b')];
    const rows = after(
      ['meeting-m', event('MeetingHeld', { ...meetingData, participants })],
      ['statement-s', { type: 'StatementMade', data: statementData }],
    );
    expect(rows.of('edges').map(({ sort }) => sort)).toEqual(['actor-a~actor-b']);
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
