// Tests the aggregate of a meeting: it is announced and then held or cancelled, or recorded as held at once.
// The lifecycle that it shares with statements and opinions is tested in lifecycle.test.ts.
import { expect, test } from 'vitest';
import { meeting, type MeetingCommand } from '../../../domain/recording/meeting.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { codeOf, decided, event, given, refusalOf } from '../../support/archives/written-history.ts';
import { disputing, first, meetingData, piece, second, third } from '../../support/archives/kinds.ts';

const ID = 'meeting-of-friday';
const decide = (history: NewEvent[], command: MeetingCommand) => decided(meeting, ID, history, command);
const stateOf = (history: NewEvent[]) => given(meeting, ID, history);

const { evidence: _, ...fields } = meetingData;
const announced: NewEvent = { type: 'MeetingAnnounced', data: meetingData };
const held: NewEvent = { type: 'MeetingHeld', data: meetingData };
const retracted = event('MeetingRetracted', { reason: 'a hoax' });
/** Announced with the maximum number of passages of one record. */
const full: NewEvent[] = [
  announced,
  ...[0, 1, 2, 3].map((n) => {
    const evidence = Array.from({ length: n === 3 ? 49 : 50 }, (_, m) => piece('met', 1_000 * n + 10 * m));
    return event('MeetingEvidenceAdded', { evidence });
  }),
];
const hold = (changes: object = {}): MeetingCommand => ({ type: 'hold', changes, evidence: [second] });
const callOff = (
  more: { reason?: string; postponedTo?: string } = {},
  evidence = [second],
): MeetingCommand => ({
  type: 'call-off',
  data: { ...more, evidence },
});

test('a meeting is announced', () => {
  expect(decide([], { type: 'announce', meeting: meetingData })).toEqual([announced]);
  expect(stateOf([announced])).toMatchObject({ status: 'announced', fields, evidence: [first] });
});

test('a meeting is recorded as held without an announcement', () => {
  expect(decide([], { type: 'record', meeting: meetingData })).toEqual([held]);
  expect(stateOf([held])).toMatchObject({ status: 'held', fields });
});

test('an announced meeting is not recorded a second time', () => {
  const other = { ...meetingData, title: 'Another' };
  for (const type of ['announce', 'record'] as const) {
    expect(codeOf(() => decide([announced], { type, meeting: other }))).toBe('already-exists');
  }
});

test.each([
  ['no party', []],
  ['one alone', [{ actor: 'actor-a' }]],
])('a meeting with %s is refused', (_who, participants) => {
  const lonely = { ...meetingData, participants };
  for (const type of ['announce', 'record'] as const) {
    const refusal = refusalOf(() => decide([], { type, meeting: lonely }));
    expect([refusal.code, refusal.details]).toMatchObject([
      'invalid',
      { errors: [{ pointer: '/participants' }] },
    ]);
  }
  const changes = { participants };
  expect(codeOf(() => decide([announced], hold(changes)))).toBe('invalid');
  const correction = { cause: 'coding-error', reason: 'x', changes, evidence: [] } as const;
  expect(codeOf(() => decide([held], { type: 'correct', correction }))).toBe('invalid');
});

test('a meeting may have two parties that are only described', () => {
  const participants = [{ description: 'a minister' }, { description: 'another' }];
  expect(decide([], { type: 'record', meeting: { ...meetingData, participants } })).toHaveLength(1);
});

test('a corrected meeting keeps its status', () => {
  const corrected = event('MeetingCorrected', {
    cause: 'coding-error',
    reason: 'x',
    changes: { topics: [] },
  });
  expect([stateOf([announced, corrected]), stateOf([held, corrected])]).toMatchObject([
    { status: 'announced' },
    { status: 'held' },
  ]);
});

test('an announced meeting is held as announced if no field is sent, with its own evidence added', () => {
  expect(decide([announced], hold())).toEqual([
    { type: 'MeetingHeld', data: { ...fields, evidence: [second] } },
  ]);
  const state = stateOf([announced, ...decide([announced], hold())]);
  expect(state).toMatchObject({ status: 'held', fields, evidence: [first, second] });
});

test('an announced meeting is held on another day with other parties; null removes an announced field', () => {
  const changes = {
    heldOn: '2023-03-04',
    participants: [{ actor: 'actor-a' }, { actor: 'actor-c' }],
    datePrinted: null,
  };
  const events = decide([announced], hold(changes));
  const { datePrinted: __, ...others } = fields;
  expect(events).toEqual([
    {
      type: 'MeetingHeld',
      data: { ...others, heldOn: changes.heldOn, participants: changes.participants, evidence: [second] },
    },
  ]);
});

test('an announced meeting cannot be held without a required field', () => {
  expect(codeOf(() => decide([announced], hold({ title: null })))).toBe('invalid');
  expect(codeOf(() => decide([announced], hold({ certainty: 'attributed' })))).toBe('invalid');
});

test('a held meeting keeps its corrections and its withdrawn evidence', () => {
  const history = [
    announced,
    event('MeetingEvidenceAdded', { evidence: [third] }),
    event('MeetingEvidenceWithdrawn', {
      articleId: third.articleId,
      exact: third.exact,
      start: third.start,
      reason: 'x',
    }),
    event('MeetingCorrected', { cause: 'coding-error', reason: 'x', changes: { heldOn: '2023-03' } }),
  ];
  expect(stateOf([...history, ...decide(history, hold())])).toMatchObject({
    corrections: 1,
    withdrawnEvidence: [{ exact: third.exact }],
    fields: { heldOn: '2023-03' },
  });
});

test('a meeting is held once: later changes are corrections or evidence', () => {
  const history = [announced, ...decide([announced], hold())];
  expect(codeOf(() => decide(history, hold({ heldOn: '2023-03-05' })))).toBe('not-possible-now');
  expect(codeOf(() => decide(history, { type: 'hold', changes: {}, evidence: [third] }))).toBe(
    'not-possible-now',
  );
  expect(codeOf(() => decide([held], hold()))).toBe('not-possible-now');
});

test('a meeting is held with a passage that announced it, and the passage is counted once', () => {
  const again = { ...first, for: ['heldOn'] };
  const held = decide([announced], { type: 'hold', changes: {}, evidence: [again, second, again] });
  expect(held).toEqual([{ type: 'MeetingHeld', data: { ...fields, evidence: [again, second] } }]);
  expect(stateOf([announced, ...held])).toHaveProperty('evidence', [first, second]);
  const alone = decide([announced], { type: 'hold', changes: {}, evidence: [first] });
  expect(stateOf([announced, ...alone])).toHaveProperty('evidence', [first]);
});

test('a meeting is held with the 200 passages that announced it, and with no further passage', () => {
  expect(decide(full, { type: 'hold', changes: {}, evidence: [first] })).toHaveLength(1);
  expect(codeOf(() => decide(full, hold()))).toBe('invalid');
});

test('a meeting cannot be held with a passage that disputed it', () => {
  const disputed = [announced, event('MeetingEvidenceAdded', { evidence: [disputing] })];
  const { stance: __, ...supporting } = disputing;
  for (const history of [disputed, [...disputed, ...decide(disputed, hold())]]) {
    const command: MeetingCommand = { type: 'hold', changes: {}, evidence: [supporting] };
    const { code, details } = refusalOf(() => decide(history, command));
    expect([code, details]).toEqual(['not-possible-now', { passage: disputing }]);
  }
  const against: Evidence = { ...first, stance: 'disputes' };
  const command: MeetingCommand = { type: 'hold', changes: {}, evidence: [second, against] };
  const { code, details } = refusalOf(() => decide([announced], command));
  expect([code, details]).toEqual(['not-possible-now', { passage: first }]);
});

test('a cancelled meeting can be held, and is then no longer cancelled', () => {
  const calledOff = [announced, ...decide([announced], callOff({ postponedTo: '2023-04' }, [third]))];
  const state = stateOf([...calledOff, ...decide(calledOff, hold({ heldOn: '2023-04-01' }))]);
  expect(state).toMatchObject({ status: 'held', evidence: [first, third, second] });
  expect(state).not.toHaveProperty('postponedTo');
});

test('a meeting cannot be held if it is retracted or was not announced', () => {
  expect(codeOf(() => decide([announced, retracted], hold()))).toBe('not-possible-now');
  expect(codeOf(() => decide([], hold()))).toBe('not-found');
});

test('an announced meeting is cancelled with the reason and the new date that the source has', () => {
  const data = { reason: 'a storm', postponedTo: '2023-04', evidence: [second] };
  expect(decide([announced], callOff({ reason: 'a storm', postponedTo: '2023-04' }))).toEqual([
    { type: 'MeetingCalledOff', data },
  ]);
  expect(stateOf([announced, { type: 'MeetingCalledOff', data }])).toMatchObject({
    status: 'called-off',
    calledOff: 'a storm',
    postponedTo: '2023-04',
    fields,
    evidence: [first, second],
  });
});

test('an announced meeting is cancelled without a reason and a new date', () => {
  const state = stateOf([announced, ...decide([announced], callOff())]);
  expect(state).not.toHaveProperty('calledOff');
  expect(state).not.toHaveProperty('postponedTo');
});

test('a meeting is cancelled with a passage that announced it, and the passage is counted once', () => {
  const events = decide([announced], callOff({}, [first, second, first]));
  expect(events).toEqual([{ type: 'MeetingCalledOff', data: { evidence: [first, second] } }]);
  expect(stateOf([announced, ...events])).toHaveProperty('evidence', [first, second]);
  expect(decide(full, callOff({}, [first]))).toHaveLength(1);
  expect(codeOf(() => decide(full, callOff()))).toBe('invalid');
});

test('a meeting cannot be cancelled with a passage that disputed it', () => {
  const disputed = [announced, event('MeetingEvidenceAdded', { evidence: [disputing] })];
  const { stance: __, ...supporting } = disputing;
  for (const history of [disputed, [...disputed, ...decide(disputed, callOff())]]) {
    const { code, details } = refusalOf(() => decide(history, callOff({}, [second, supporting])));
    expect([code, details]).toEqual(['not-possible-now', { passage: disputing }]);
  }
});

test('a meeting is cancelled once: later changes are evidence', () => {
  const history = [announced, ...decide([announced], callOff({ reason: 'a storm' }))];
  const others = [callOff({ reason: 'a strike' }), callOff(), callOff({ reason: 'a storm' }, [third])];
  for (const other of others) expect(codeOf(() => decide(history, other))).toBe('not-possible-now');
  expect(decide(history, { type: 'add-evidence', evidence: [third] })).toHaveLength(1);
});

test('a meeting cannot be cancelled if it was held, is retracted or was not announced', () => {
  expect(codeOf(() => decide([held], callOff()))).toBe('not-possible-now');
  expect(codeOf(() => decide([announced, retracted], callOff()))).toBe('not-possible-now');
  expect(codeOf(() => decide([], callOff()))).toBe('not-found');
});

test('a cancelled meeting that is retracted and reinstated is still cancelled', () => {
  const called = [announced, ...decide([announced], callOff({ reason: 'a storm' }))];
  const reinstated = event('MeetingCorrected', {
    cause: 'coding-error',
    reason: 'x',
    changes: {},
    reinstates: true,
  });
  const state = stateOf([...called, retracted, reinstated]);
  expect(state).toMatchObject({ status: 'called-off', calledOff: 'a storm' });
  expect(state).not.toHaveProperty('retracted');
});
