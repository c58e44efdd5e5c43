// The life of a meeting: announced, then held or called off; or recorded as held at once. What it shares with
// statements and opinions is tried in record-life.test.ts.
import { describe, expect, test } from 'vitest';
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
/** Announced on as many passages as one record may rest on. */
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

describe('a meeting', () => {
  test('is announced', () => {
    expect(decide([], { type: 'announce', meeting: meetingData })).toEqual([announced]);
    expect(stateOf([announced])).toMatchObject({ status: 'announced', fields, evidence: [first] });
  });

  test('is recorded as held without ever being announced', () => {
    expect(decide([], { type: 'record', meeting: meetingData })).toEqual([held]);
    expect(stateOf([held])).toMatchObject({ status: 'held', fields });
  });

  test('that was announced is not recorded as another', () => {
    const other = { ...meetingData, title: 'Another' };
    for (const type of ['announce', 'record'] as const) {
      expect(codeOf(() => decide([announced], { type, meeting: other }))).toBe('already-exists');
    }
  });

  test.each([
    ['nobody', []],
    ['one alone', [{ actor: 'actor-a' }]],
  ])('has two parties or more: not %s', (_who, participants) => {
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

  test('may have two parties that are only described', () => {
    const participants = [{ description: 'a minister' }, { description: 'another' }];
    expect(decide([], { type: 'record', meeting: { ...meetingData, participants } })).toHaveLength(1);
  });

  test('outlives corrections as what it was: held stays held, announced stays announced', () => {
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
});

describe('an announced meeting is held', () => {
  test('as announced where nothing else is said, on its own evidence besides', () => {
    expect(decide([announced], hold())).toEqual([
      { type: 'MeetingHeld', data: { ...fields, evidence: [second] } },
    ]);
    const state = stateOf([announced, ...decide([announced], hold())]);
    expect(state).toMatchObject({ status: 'held', fields, evidence: [first, second] });
  });

  test('on another day, in other company; null takes away what was announced', () => {
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

  test('never without what a meeting must have', () => {
    expect(codeOf(() => decide([announced], hold({ title: null })))).toBe('invalid');
    expect(codeOf(() => decide([announced], hold({ certainty: 'attributed' })))).toBe('invalid');
  });

  test('keeps its corrections, and the evidence that went', () => {
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

  test('once: what differs afterwards is a correction, or evidence', () => {
    const history = [announced, ...decide([announced], hold())];
    expect(codeOf(() => decide(history, hold({ heldOn: '2023-03-05' })))).toBe('not-possible-now');
    expect(codeOf(() => decide(history, { type: 'hold', changes: {}, evidence: [third] }))).toBe(
      'not-possible-now',
    );
    expect(codeOf(() => decide([held], hold()))).toBe('not-possible-now');
  });

  test('on what announced it too, which is kept once and not counted twice', () => {
    const again = { ...first, for: ['heldOn'] };
    const held = decide([announced], { type: 'hold', changes: {}, evidence: [again, second, again] });
    expect(held).toEqual([{ type: 'MeetingHeld', data: { ...fields, evidence: [again, second] } }]);
    expect(stateOf([announced, ...held])).toHaveProperty('evidence', [first, second]);
    const alone = decide([announced], { type: 'hold', changes: {}, evidence: [first] });
    expect(stateOf([announced, ...alone])).toHaveProperty('evidence', [first]);
  });

  test('on the 200 passages that announced it, and on no other', () => {
    expect(decide(full, { type: 'hold', changes: {}, evidence: [first] })).toHaveLength(1);
    expect(codeOf(() => decide(full, hold()))).toBe('invalid');
  });

  test('never on what disputed it', () => {
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

  test('also when it had been called off, which is then no more', () => {
    const calledOff = [announced, ...decide([announced], callOff({ postponedTo: '2023-04' }, [third]))];
    const state = stateOf([...calledOff, ...decide(calledOff, hold({ heldOn: '2023-04-01' }))]);
    expect(state).toMatchObject({ status: 'held', evidence: [first, third, second] });
    expect(state).not.toHaveProperty('postponedTo');
  });

  test('but not once it is retracted, nor when nobody announced it', () => {
    expect(codeOf(() => decide([announced, retracted], hold()))).toBe('not-possible-now');
    expect(codeOf(() => decide([], hold()))).toBe('not-found');
  });
});

describe('an announced meeting is called off', () => {
  test('with a reason and another date where the source has them', () => {
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

  test('or with neither', () => {
    const state = stateOf([announced, ...decide([announced], callOff())]);
    expect(state).not.toHaveProperty('calledOff');
    expect(state).not.toHaveProperty('postponedTo');
  });

  test('by a passage that announced it too, which is kept once and not counted twice', () => {
    const events = decide([announced], callOff({}, [first, second, first]));
    expect(events).toEqual([{ type: 'MeetingCalledOff', data: { evidence: [first, second] } }]);
    expect(stateOf([announced, ...events])).toHaveProperty('evidence', [first, second]);
    expect(decide(full, callOff({}, [first]))).toHaveLength(1);
    expect(codeOf(() => decide(full, callOff()))).toBe('invalid');
  });

  test('never by what disputed it', () => {
    const disputed = [announced, event('MeetingEvidenceAdded', { evidence: [disputing] })];
    const { stance: __, ...supporting } = disputing;
    for (const history of [disputed, [...disputed, ...decide(disputed, callOff())]]) {
      const { code, details } = refusalOf(() => decide(history, callOff({}, [second, supporting])));
      expect([code, details]).toEqual(['not-possible-now', { passage: disputing }]);
    }
  });

  test('once: what differs afterwards is evidence', () => {
    const history = [announced, ...decide([announced], callOff({ reason: 'a storm' }))];
    const others = [callOff({ reason: 'a strike' }), callOff(), callOff({ reason: 'a storm' }, [third])];
    for (const other of others) expect(codeOf(() => decide(history, other))).toBe('not-possible-now');
    expect(decide(history, { type: 'add-evidence', evidence: [third] })).toHaveLength(1);
  });

  test('never after it was held, or retracted, or when nobody announced it', () => {
    expect(codeOf(() => decide([held], callOff()))).toBe('not-possible-now');
    expect(codeOf(() => decide([announced, retracted], callOff()))).toBe('not-possible-now');
    expect(codeOf(() => decide([], callOff()))).toBe('not-found');
  });

  test('and retracted and reinstated, it is still called off', () => {
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
});
