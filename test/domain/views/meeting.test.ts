// The dossier of a meeting: what was said at it, what others made of it, and the meetings that were part of it stand
// under it, and move when a correction says that they belong elsewhere.
import { describe, expect, test } from 'vitest';
import { meeting } from '../../../domain/views/meeting.ts';
import { idIn } from '../../../domain/views/facts.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from '../../support/history.ts';
import { meetingData, opinionData, statementData } from '../../support/kinds.ts';
import { foldedInto, logOf } from '../../support/view-rows.ts';

const held: NewEvent = { type: 'MeetingHeld', data: meetingData };
const said = (more: object): NewEvent => event('StatementMade', { ...statementData, ...more });
const thought = (more: object): NewEvent => event('ExpertOpinionPublished', { ...opinionData, ...more });
const correct = (changes: object): NewEvent =>
  event('StatementCorrected', { cause: 'coding-error', reason: 'misread', changes });
const about = (id: string) => ({ regarding: [{ id, relation: 'about' }] });

/** Who stands under whom after these events. */
function under(...entries: [string, NewEvent][]): Record<string, string[]> {
  const rows = foldedInto(meeting, logOf(entries));
  const partitions = rows.partitions().filter((partition) => partition.startsWith('on/'));
  return Object.fromEntries(
    partitions.map((partition) => [
      partition.slice('on/'.length),
      rows.of(partition).map(({ sort }) => idIn(sort)),
    ]),
  );
}

describe('under a meeting stand', () => {
  test('statements made at it, opinions on it, and meetings within it, by date', () => {
    expect(
      under(
        ['meeting-m', held],
        ['opinion-o', thought({ publishedOn: '2023-03-05', ...about('meeting-m') })],
        ['statement-s', said({ meetingId: 'meeting-m' })],
        [
          'meeting-inner',
          event('MeetingHeld', { ...meetingData, heldOn: '2023-03-01', within: 'meeting-m' }),
        ],
      ),
    ).toEqual({ 'meeting-m': ['meeting-inner', 'statement-s', 'opinion-o'] });
  });

  test('and under a statement those that answer it', () => {
    const answer = said({ meetingId: 'meeting-m', regarding: [{ id: 'statement-s', relation: 'answers' }] });
    expect(under(['meeting-m', held], ['statement-s', said({})], ['statement-t', answer])).toEqual({
      'meeting-m': ['statement-t'],
      'statement-s': ['statement-t'],
    });
  });

  test('each once, though it was made there and regards it', () => {
    const both = said({ meetingId: 'meeting-m', ...about('meeting-m') });
    expect(under(['meeting-m', held], ['statement-s', both])).toEqual({ 'meeting-m': ['statement-s'] });
  });
});

describe('a correction', () => {
  const at: [string, NewEvent] = ['statement-s', said({ meetingId: 'meeting-m' })];

  test('moves a statement to another meeting', () => {
    expect(under(at, ['statement-s', correct({ meetingId: 'meeting-n' })])).toEqual({
      'meeting-n': ['statement-s'],
    });
  });

  test('takes it out of any', () => {
    expect(under(at, ['statement-s', correct({ meetingId: null })])).toEqual({});
  });

  test('leaves it where it regards the meeting too', () => {
    const both: [string, NewEvent] = ['statement-s', said({ meetingId: 'meeting-m', ...about('meeting-m') })];
    expect(under(both, ['statement-s', correct({ meetingId: null })])).toEqual({
      'meeting-m': ['statement-s'],
    });
    const apart = correct({ meetingId: null, regarding: [] });
    expect(under(both, ['statement-s', apart])).toEqual({});
  });
});

test('what is retracted stands there still', () => {
  const rows = foldedInto(
    meeting,
    logOf([
      ['statement-s', said({ meetingId: 'meeting-m' })],
      ['statement-s', event('StatementRetracted', { reason: 'a hoax' })],
    ]),
  );
  expect(rows.of('on/meeting-m').map(({ sort }) => idIn(sort))).toEqual(['statement-s']);
});
