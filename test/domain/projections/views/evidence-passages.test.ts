// The passages that a thing rests on, by article.
import { describe, expect, test } from 'vitest';
import { evolve, type StreamState } from '../../../../domain/projections/state/stream-state.ts';
import { isThing } from '../../../../domain/projections/state/thing-state.ts';
import { evidencePassagesOf, passageKey } from '../../../../domain/projections/state/sources.ts';
import type { Evidence } from '../../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { ARTICLE, OTHER_ARTICLE } from '../../../support/archives/examples.ts';
import { event } from '../../../support/archives/written-history.ts';
import { disputing, first, meetingData, piece, second } from '../../../support/archives/kinds.ts';
import { logOf } from '../../../support/logs/log-of.ts';

const M = 'meeting-m';
const announced = (...evidence: Evidence[]) => event('MeetingAnnounced', { ...meetingData, evidence });
const held = (...evidence: Evidence[]) => event('MeetingHeld', { ...meetingData, evidence });
const calledOff = (...evidence: Evidence[]) => event('MeetingCalledOff', { evidence });
const add = (...evidence: Evidence[]) => event('MeetingEvidenceAdded', { evidence });
const correct = (...evidence: Evidence[]) =>
  event('MeetingCorrected', { cause: 'new-evidence', reason: 'x', changes: {}, evidence });
const retract = event('MeetingRetracted', { reason: 'a hoax' });
/** As it is recorded: with the place and the side of the piece. */
const withdraw = ({ articleId, exact, start, in: where, stance }: Evidence) =>
  event('MeetingEvidenceWithdrawn', {
    articleId,
    exact,
    start,
    reason: 'misquoted',
    ...(where ? { in: where } : {}),
    ...(stance ? { stance } : {}),
  });

/** In the state of the stream after these events. */
function grounds(...events: NewEvent[]): unknown {
  let state: StreamState | undefined;
  for (const recorded of logOf(events.map((each) => [M, each] as const))) state = evolve(state, recorded);
  return state && isThing(state) ? evidencePassagesOf(state.sources, state.life.evidence) : undefined;
}

const FIRST = `100-${first.end}`;
const SECOND = `7-${second.end}`;
const onFirst = { supports: { [ARTICLE]: [FIRST] }, disputes: {} };
const [text, title] = [piece('met', 10), piece('met', 10, { in: 'title' })];
const [short, long] = [piece('We agreed', 10), piece('We agreed to meet 🇮🇳', 10)];

describe('a thing rests on', () => {
  test.each<[string, NewEvent[], object]>([
    ['a passage', [held(first)], onFirst],
    ['a passage, which is given again', [held(first, first), add(first), correct(first)], onFirst],
    ['a passage that announced it and says that it was held', [announced(first), held(first)], onFirst],
    [
      'a passage that announced it and says that it was called off',
      [announced(first), calledOff(first)],
      onFirst,
    ],
    [
      'what announced it, what called it off, and what says that it was held after all',
      [announced(first), calledOff(text), held(second)],
      { supports: { [ARTICLE]: [FIRST, '10-13'], [OTHER_ARTICLE]: [SECOND] }, disputes: {} },
    ],
    [
      'passages of two articles, in the order in which they came',
      [held(first), add(second), correct(text)],
      { supports: { [ARTICLE]: [FIRST, '10-13'], [OTHER_ARTICLE]: [SECOND] }, disputes: {} },
    ],
    [
      'what supports it, and beside it what disputes it',
      [held(first, disputing)],
      { supports: { [ARTICLE]: [FIRST] }, disputes: { [ARTICLE]: ['50-71'] } },
    ],
    [
      'passages that begin at one place and end at others',
      [held(short, long)],
      { supports: { [ARTICLE]: ['10-19', '10-30'] }, disputes: {} },
    ],
    [
      'words of the text and of the title at the same place',
      [held(text, title)],
      { supports: { [ARTICLE]: ['10-13', 'title:10-13'] }, disputes: {} },
    ],
    ['the same after it is retracted', [held(first), retract], onFirst],
  ])('%s', (_what, events, expected) => expect(grounds(...events)).toEqual(expected));
});

describe('what is withdrawn is no more', () => {
  test.each<[string, NewEvent[], object]>([
    ['of two articles', [held(first, second), withdraw(second)], onFirst],
    [
      'of one article the only passage, while another has one',
      [held(first, second), withdraw(first)],
      { supports: { [OTHER_ARTICLE]: [SECOND] }, disputes: {} },
    ],
    ['of two passages', [held(first, text), withdraw(text)], onFirst],
    ['of what disputes it', [held(first, disputing), withdraw(disputing)], onFirst],
    [
      'the shorter of two that begin at one place',
      [held(short, long), withdraw(short)],
      { supports: { [ARTICLE]: ['10-30'] }, disputes: {} },
    ],
    [
      'the longer of two that begin at one place',
      [held(short, long), withdraw(long)],
      { supports: { [ARTICLE]: ['10-19'] }, disputes: {} },
    ],
    [
      'of the title, while the text has the same words at the same place',
      [held(text, title), withdraw(title)],
      { supports: { [ARTICLE]: ['10-13'] }, disputes: {} },
    ],
    [
      'of the text, while the title has the same words at the same place',
      [held(text, title), withdraw(text)],
      { supports: { [ARTICLE]: ['title:10-13'] }, disputes: {} },
    ],
    [
      'of a passage that announced it and says that it was held',
      [announced(first), held(first, second), withdraw(first)],
      { supports: { [OTHER_ARTICLE]: [SECOND] }, disputes: {} },
    ],
    [
      'on its side, and may stand on the other',
      [held(first, second), withdraw(second), add({ ...second, stance: 'disputes' })],
      { supports: { [ARTICLE]: [FIRST] }, disputes: { [OTHER_ARTICLE]: [SECOND] } },
    ],
    [
      'until it is given again',
      [held(first, second), withdraw(first), add(first)],
      { supports: { [OTHER_ARTICLE]: [SECOND], [ARTICLE]: [FIRST] }, disputes: {} },
    ],
  ])('%s', (_what, events, expected) => expect(grounds(...events)).toEqual(expected));
});

test('a place is counted in code points', () => {
  expect(passageKey(piece('🇮🇳 é 外交', 5))).toBe('5-12');
  expect(passageKey(piece('😀', 0, { in: 'title' }))).toBe('title:0-1');
});
