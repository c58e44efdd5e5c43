// Views topic and actor: what each speaker said on each topic stands in a line of its own, by date; a correction moves
// it, a retraction marks it, and a guess is in nobody's line.
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { actor, topicsPartition } from '../../../domain/views/actor.ts';
import { idIn } from '../../../domain/views/facts.ts';
import { linePartition, speakersPartition, topic } from '../../../domain/views/topic.ts';
import { event } from '../../support/history.ts';
import { meetingData, opinionData, statementData } from '../../support/kinds.ts';
import { foldedInto, logOf, type ViewRows } from '../../support/view-rows.ts';

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

const lines = (...entries: Entry[]): ViewRows => foldedInto(topic, logOf(entries));
const line = (rows: ViewRows, on: string, speaker: string) =>
  rows.of(linePartition(on, speaker)).map(({ sort }) => idIn(sort));
const sorts = (rows: ViewRows, partition: string) => rows.of(partition).map(({ sort }) => sort);

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
    expect(sorts(rows, speakersPartition('g20'))).toEqual(['actor-a', 'actor-b', 'actor-c']);
  });

  test('holds nothing of those who were only addressed, nor of a meeting', () => {
    const rows = lines(said({ addressees: [{ actor: 'actor-x' }], about: ['actor-y'] }), [
      'meeting-m',
      { type: 'MeetingHeld', data: meetingData },
    ]);
    expect(sorts(rows, speakersPartition('g20'))).toEqual(['actor-a']);
  });

  test('holds no guess of what somebody said, until it is more than that', () => {
    const guess = said({ certainty: 'speculated', attributedBy: [{ actor: 'actor-g' }] });
    expect(lines(guess).partitions()).toEqual([]);
    expect(line(lines(guess, correct({ certainty: 'reported' })), 'g20', 'actor-a')).toEqual(['statement-s']);
  });

  test('marks what is retracted, until it is reinstated', () => {
    const [row] = lines(said({}), retract).of(linePartition('g20', 'actor-a'));
    expect(row?.body).toEqual({ retracted: true });
    const [back] = lines(said({}), retract, correct({}, { reinstates: true })).of(
      linePartition('g20', 'actor-a'),
    );
    expect(back?.body).toEqual({});
  });

  test('follows corrections of the date, the topics and the speakers', () => {
    const moved = lines(
      said({}),
      correct({ madeOn: '2023', topics: ['nato'], speakers: [{ actor: 'actor-b' }] }),
    );
    expect(line(moved, 'g20', 'actor-a')).toEqual([]);
    expect(moved.of(`${linePartition('nato', 'actor-b')}/wide`)).toHaveLength(1);
  });
});

describe('an actor', () => {
  const topicsOf = (id: string, ...entries: Entry[]) =>
    sorts(foldedInto(actor, logOf(entries)), topicsPartition(id));

  test('is led to every topic on which it ever had a line', () => {
    expect(topicsOf('actor-a', said({}), said({ topics: ['nato', 'g20'] }, 'statement-t'))).toEqual([
      'g20',
      'nato',
    ]);
    expect(topicsOf('actor-a', said({}), correct({ topics: ['nato'] }))).toEqual(['g20', 'nato']);
    expect(topicsOf('actor-b', said({}), correct({ speakers: [{ actor: 'actor-b' }] }))).toEqual(['g20']);
  });

  test('is led to none by what was only guessed, or said to it', () => {
    expect(
      topicsOf('actor-a', said({ certainty: 'speculated', attributedBy: [{ actor: 'actor-g' }] })),
    ).toEqual([]);
    expect(topicsOf('actor-x', said({ addressees: [{ actor: 'actor-x' }] }))).toEqual([]);
  });
});
