// Read model meeting: what was said at a meeting, what others made of it, and the meetings that were part of it are listed
// under it, and move when a correction says that they belong elsewhere.
import { describe, expect, test } from 'vitest';
import { meeting, responsesTo } from '../../../../domain/projections/views/meeting-view.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import { event } from '../../../support/archives/written-history.ts';
import { meetingData, opinionData, statementData } from '../../../support/archives/kinds.ts';

const held: NewEvent = { type: 'MeetingHeld', data: meetingData };
const said = (more: object): NewEvent => event('StatementMade', { ...statementData, ...more });
const thought = (more: object): NewEvent => event('ExpertOpinionPublished', { ...opinionData, ...more });
const correct = (changes: object): NewEvent =>
  event('StatementCorrected', { cause: 'coding-error', reason: 'misread', changes });
const about = (id: string) => ({ regarding: [{ id, relation: 'about' }] });

const idsIn = (rows: CurrentRows, partition: string): string[] =>
  rows.of(partition).map(({ sort }) => sort.slice(sort.lastIndexOf('~') + 1));

/** What is listed under what after these events. */
function under(...entries: [string, NewEvent][]): Record<string, string[]> {
  const rows = rowsAfter(meeting, entries);
  return Object.fromEntries(
    rows.partitions().map((partition) => [partition.slice('on/'.length), idsIn(rows, partition)]),
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
  const rows = rowsAfter(meeting, [
    ['statement-s', said({ meetingId: 'meeting-m' })],
    ['statement-s', event('StatementRetracted', { reason: 'a hoax' })],
  ]);
  expect(idsIn(rows, responsesTo('meeting-m'))).toEqual(['statement-s']);
});
