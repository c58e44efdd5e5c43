// Read model lines: what each speaker said on each topic is a line of its own, by date. A correction moves it, a retraction
// marks it, and a guess is in no line.
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import {
  lineOn,
  lines as model,
  linesOf,
  speakersOn,
  topicInLine,
} from '../../../../domain/projections/views/lines-view.ts';
import { partOf } from '../../../../domain/projections/state/thing-state.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import { event } from '../../../support/archives/written-history.ts';
import { meetingData, opinionData, statementData } from '../../../support/archives/kinds.ts';

type Entry = [stream: string, event: NewEvent];
const said = (more: object, id = 'statement-s'): Entry => [
  id,
  event('StatementMade', { ...statementData, speakers: [{ actor: 'actor-a' }], ...more }),
];
const correct = (changes: object, more: object = {}): Entry => [
  'statement-s',
  event('StatementCorrected', { cause: 'coding-error', reason: 'misread', changes, ...more }),
];
const retract: Entry = ['statement-s', event('StatementRetracted', { reason: 'a hoax' })];

const lines = (...entries: Entry[]): CurrentRows => rowsAfter(model, entries);
const rowsOn = (rows: CurrentRows, on: string, speaker: string) =>
  rows.of(linesOf(speaker)).filter(({ sort }) => sort.startsWith(lineOn(on)));
const line = (rows: CurrentRows, on: string, speaker: string) =>
  rowsOn(rows, on, speaker).map(({ sort }) => sort.slice(sort.lastIndexOf('~') + 1));
const speakers = (rows: CurrentRows, on: string) => Object.keys(rows.sums(speakersOn(on))).toSorted();

describe('a line', () => {
  test('has what an actor said and thinks on a topic, by date', () => {
    const rows = lines(
      said({ madeOn: '2023-03-05' }, 'statement-late'),
      said({}),
      ['opinion-o', event('ExpertOpinionPublished', { ...opinionData, by: { actor: 'actor-a' } })],
      said({ topics: ['nato'] }, 'statement-elsewhere'),
    );
    expect(line(rows, 'g20', 'actor-a')).toEqual(['opinion-o', 'statement-s', 'statement-late']);
    expect(line(rows, 'nato', 'actor-a')).toEqual(['statement-elsewhere']);
  });

  test('is that of each speaker, and of whom each speaks for', () => {
    const rows = lines(said({ speakers: [{ actor: 'actor-a', for: 'actor-c' }, { actor: 'actor-b' }] }));
    for (const id of ['actor-a', 'actor-b', 'actor-c'])
      expect(line(rows, 'g20', id)).toEqual(['statement-s']);
    expect(speakers(rows, 'g20')).toEqual(['actor-a', 'actor-b', 'actor-c']);
  });

  test('holds nothing of those who were only addressed, nor of a meeting', () => {
    const rows = lines(said({ addressees: [{ actor: 'actor-x' }], about: ['actor-y'] }), [
      'meeting-m',
      { type: 'MeetingHeld', data: meetingData },
    ]);
    expect(speakers(rows, 'g20')).toEqual(['actor-a']);
  });

  test('holds no guess of what somebody said, until it is more than that', () => {
    const guess = said({ certainty: 'speculated', attributedBy: [{ actor: 'actor-g' }] });
    expect(lines(guess).partitions()).toEqual([]);
    expect(line(lines(guess, correct({ certainty: 'reported' })), 'g20', 'actor-a')).toEqual(['statement-s']);
  });

  test('marks what is retracted, until it is reinstated', () => {
    const [row] = rowsOn(lines(said({}), retract), 'g20', 'actor-a');
    expect(row?.body).toEqual({ retracted: true });
    const [back] = rowsOn(lines(said({}), retract, correct({}, { reinstates: true })), 'g20', 'actor-a');
    expect(back?.body).toEqual({});
  });

  test('follows corrections of the date, the topics and the speakers', () => {
    const moved = lines(
      said({}),
      correct({ madeOn: '2023', topics: ['nato'], speakers: [{ actor: 'actor-b' }] }),
    );
    expect(line(moved, 'g20', 'actor-a')).toEqual([]);
    expect(moved.of(partOf(linesOf('actor-b'), 'wide'))).toHaveLength(1);
    expect(moved.sums(speakersOn('g20'))).toEqual({ 'actor-a': { lines: 0 } });
    expect(moved.sums(speakersOn('nato'))).toEqual({ 'actor-b': { lines: 1 } });
  });
});

describe('an actor', () => {
  const topicsOf = (id: string, ...entries: Entry[]) => [
    ...new Set(
      lines(...entries)
        .of(linesOf(id))
        .map(({ sort }) => topicInLine(sort)),
    ),
  ];

  test('is led to every topic on which it has a line', () => {
    expect(topicsOf('actor-a', said({}), said({ topics: ['nato', 'g20'] }, 'statement-t'))).toEqual([
      'g20',
      'nato',
    ]);
    expect(topicsOf('actor-a', said({}), correct({ topics: ['nato'] }))).toEqual(['nato']);
    expect(topicsOf('actor-b', said({}), correct({ speakers: [{ actor: 'actor-b' }] }))).toEqual(['g20']);
  });

  test('is led to none by what was only guessed, or said to it', () => {
    expect(
      topicsOf('actor-a', said({ certainty: 'speculated', attributedBy: [{ actor: 'actor-g' }] })),
    ).toEqual([]);
    expect(topicsOf('actor-x', said({ addressees: [{ actor: 'actor-x' }] }))).toEqual([]);
  });
});
