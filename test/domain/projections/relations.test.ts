// Read models meeting, network and lines: what belongs to a thing or regards it, who met whom, and what each speaker said on
// each topic. What is retracted, called off or only guessed is no meeting, and a guess is in no line.
import { describe, expect, test } from 'vitest';
import { lines } from '../../../domain/projections/views/lines-view.ts';
import {
  lineOn,
  linesOf,
  meetingsOf,
  metBy,
  bucketPartition,
  speakersOn,
  topicInLine,
} from '../../../domain/projections/rows/row-keys.ts';
import { meeting } from '../../../domain/projections/views/meeting-view.ts';
import { network } from '../../../domain/projections/views/network-view.ts';
import { rowsAfter, type CurrentRows } from '../../support/stores/current-rows.ts';
import {
  corrected,
  held,
  met,
  reinstated,
  retracted,
  said,
  thought,
  type Entry,
} from '../../support/entries.ts';
import { event } from '../../support/archives/written-history.ts';
import { meetingData, second } from '../../support/archives/kinds.ts';

const [M, S] = ['meeting-m', 'statement-s'];
const [A, B, C, X, Y, G] = ['actor-a', 'actor-b', 'actor-c', 'actor-x', 'actor-y', 'actor-g'];
const parties = (...ids: string[]) => ids.map((actor) => ({ actor }));

describe('under a thing stand', () => {
  const about = (id: string, relation = 'about') => ({ regarding: [{ id, relation }] });
  const at = { meetingId: M };
  const both = said(S, { ...at, ...about(M) });

  test.each<[string, Entry[], Record<string, string[]>]>([
    [
      'statements made at a meeting, opinions on it, and meetings within it, by date',
      [
        thought('opinion-o', { publishedOn: '2023-03-05', ...about(M) }),
        said(S, at),
        held('meeting-inner', { heldOn: '2023-03-01', within: M }),
      ],
      { [M]: ['meeting-inner', S, 'opinion-o'] },
    ],
    [
      'statements that answer it',
      [said(S), said('statement-t', { ...at, ...about(S, 'answers') })],
      { [M]: ['statement-t'], [S]: ['statement-t'] },
    ],
    ['each once, though it was made there and regards it', [both], { [M]: [S] }],
    [
      'what a correction moves there',
      [said(S, at), corrected(S, { meetingId: 'meeting-n' })],
      { 'meeting-n': [S] },
    ],
    ['nothing that a correction takes out', [said(S, at), corrected(S, { meetingId: null })], {}],
    ['what still regards it', [both, corrected(S, { meetingId: null })], { [M]: [S] }],
    ['nothing that no longer does', [both, corrected(S, { meetingId: null, regarding: [] })], {}],
    ['what is retracted', [said(S, at), retracted(S)], { [M]: [S] }],
  ])('%s', (_what, entries, expected) => {
    const rows = rowsAfter(meeting, [held(M), ...entries]);
    const under = rows.partitions().map((partition) => [partition.slice('on/'.length), rows.ids(partition)]);
    expect(Object.fromEntries(under)).toEqual(expected);
  });
});

/** Whom an actor met, and how often: 0 if every meeting was reverted. */
const metOf = (rows: CurrentRows, id: string): Record<string, number> =>
  Object.assign({}, ...Object.values(rows.sums(metBy(id))));

describe('two actors have met', () => {
  const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, participants: parties(A, B) })];
  const calledOff: Entry = [M, event('MeetingCalledOff', { evidence: [second] })];
  const once = met(M, A, B);
  const guess = { certainty: 'speculated', attributedBy: [{ description: 'a blog' }] };
  const earlier = held('meeting-n', { heldOn: '2023-03-01', participants: parties(A, B) });

  test.each<[string, Entry[], times: Record<string, number>, meetings: string[]]>([
    [
      'as often as both took part in a meeting',
      [met(M, B, A, C), earlier],
      { [B]: 2, [C]: 1 },
      ['meeting-n', M],
    ],
    ['once, however often a meeting names them', [met(M, A, B, A)], { [B]: 1 }, [M]],
    ['not, if they are one', [met(M, A, A)], {}, []],
    [
      'not for whom somebody only speaks, nor by what was said',
      [held(M, { participants: [{ actor: A, for: X }, ...parties(B)] }), said(S)],
      { [B]: 1 },
      [M],
    ],
    ['not while it is announced', [announced], {}, []],
    ['not when it is called off', [announced, calledOff], {}, []],
    ['once it was held after all', [announced, calledOff, met(M, A, C)], { [C]: 1 }, []],
    ['no more when it is retracted', [once, retracted(M)], { [B]: 0 }, []],
    [
      'again when it is reinstated',
      [once, retracted(M), reinstated(M, { heldOn: '2023-04' })],
      { [B]: 1 },
      [M],
    ],
    [
      'only if a correction does not name others',
      [once, corrected(M, { participants: parties(B, C) })],
      { [B]: 0 },
      [],
    ],
    [
      'on the day to which a correction moves it, as often as before',
      [earlier, once, corrected(M, { heldOn: '2023-02-01' })],
      { [B]: 2 },
      [M, 'meeting-n'],
    ],
    ['not as long as it is somebody’s guess', [held(M, { participants: parties(A, B), ...guess })], {}, []],
    [
      'once it is more than a guess',
      [held(M, { participants: parties(A, B), ...guess }), corrected(M, { certainty: 'reported' })],
      { [B]: 1 },
      [M],
    ],
    ['no more once it is a guess', [once, corrected(M, { certainty: 'speculated' })], { [B]: 0 }, []],
  ])('%s', (_what, entries, times, meetings) => {
    const rows = rowsAfter(network, entries);
    expect(metOf(rows, A)).toEqual(times);
    for (const [other, count] of Object.entries(times)) expect(metOf(rows, other)[A]).toBe(count);
    expect(rows.ids(meetingsOf(A, B))).toEqual(meetings);
    expect(metOf(rows, X)).toEqual({});
  });

  test('and few rows say whom an actor met: one for each last character of an id', () => {
    const rows = rowsAfter(network, [met(M, A, B, C)]);
    expect(rows.sums(metBy(A))).toEqual({ b: { [B]: 1 }, c: { [C]: 1 } });
    expect(metOf(rows, B)).toEqual({ [A]: 1, [C]: 1 });
  });
});

describe('a line', () => {
  const by = (...ids: string[]) => ({ speakers: parties(...ids) });
  const one = said(S, by(A));
  const guess = said(S, { ...by(A), certainty: 'speculated', attributedBy: [{ actor: G }] });
  const rowsOn = (rows: CurrentRows, topic: string, speaker: string) =>
    rows.of(linesOf(speaker)).filter(({ sort }) => sort.startsWith(lineOn(topic)));
  /** By speaker and topic, the ids of what is in lines. */
  const linesIn = (rows: CurrentRows) =>
    Object.fromEntries(
      rows
        .partitions()
        .map((partition) => [
          partition.slice('line/'.length),
          rows
            .of(partition)
            .map(({ sort }) => `${topicInLine(sort)} ${sort.slice(sort.lastIndexOf('~') + 1)}`),
        ]),
    );

  test.each<[string, Entry[], Record<string, string[]>]>([
    [
      'has what an actor said and thinks on a topic, by date, and leads to every topic',
      [
        said('statement-late', { ...by(A), madeOn: '2023-03-05' }),
        one,
        thought('opinion-o', { by: { actor: A } }),
        said('statement-t', { ...by(A), topics: ['nato', 'g20'] }),
      ],
      { [A]: ['g20 opinion-o', `g20 ${S}`, 'g20 statement-t', 'g20 statement-late', 'nato statement-t'] },
    ],
    [
      'is that of each speaker, and of whom each speaks for',
      [said(S, { speakers: [{ actor: A, for: C }, { actor: B }] })],
      { [A]: [`g20 ${S}`], [B]: [`g20 ${S}`], [C]: [`g20 ${S}`] },
    ],
    [
      'holds nothing of those who were only addressed, nor of a meeting',
      [said(S, { ...by(A), addressees: parties(X), about: [Y] }), met(M, X, Y)],
      { [A]: [`g20 ${S}`] },
    ],
    ['holds no guess of what somebody said', [guess], {}],
    [
      'holds what is more than a guess',
      [guess, corrected(S, { certainty: 'reported' })],
      { [A]: [`g20 ${S}`] },
    ],
    ['follows a correction of the topics', [one, corrected(S, { topics: ['nato'] })], { [A]: [`nato ${S}`] }],
    ['follows a correction of the speakers', [one, corrected(S, by(B))], { [B]: [`g20 ${S}`] }],
  ])('%s', (_what, entries, expected) => {
    const rows = rowsAfter(lines, entries);
    expect(linesIn(rows)).toEqual(expected);
    const speakers = Object.entries(expected).flatMap(([id, own]) =>
      own.join().includes('g20') ? [id] : [],
    );
    const counted = Object.entries(rows.sums(speakersOn('g20'))).filter(([, { lines }]) => lines);
    expect(counted.map(([id]) => id).toSorted()).toEqual(speakers);
  });

  test('marks what is retracted, until it is reinstated', () => {
    const bodies = (...entries: Entry[]) =>
      rowsOn(rowsAfter(lines, entries), 'g20', A).map(({ body }) => body);
    expect(bodies(one, retracted(S))).toEqual([{ retracted: true }]);
    expect(bodies(one, retracted(S), reinstated(S))).toEqual([{}]);
  });

  test('of a date that is corrected moves, and the sums of speakers keep a 0', () => {
    const moved = rowsAfter(lines, [one, corrected(S, { madeOn: '2023', topics: ['nato'], ...by(B) })]);
    expect(moved.of(bucketPartition(linesOf(B), 'wide'))).toHaveLength(1);
    expect(moved.sums(speakersOn('g20'))).toEqual({ [A]: { lines: 0 } });
    expect(moved.sums(speakersOn('nato'))).toEqual({ [B]: { lines: 1 } });
  });
});
