// Rows of the read models state, at every position, exactly what rows of today's views state for the same histories.
import { describe, expect, test } from 'vitest';
import { history } from '../../../bench/history/generate.ts';
import { readEvent } from '../../../events/envelope.ts';
import type { Evidence } from '../../../events/pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { compareEngines, versionsOf } from '../../support/both-engines.ts';
import { ARTICLE, examples } from '../../support/examples.ts';
import { event } from '../../support/history.ts';
import { disputing, first, meetingData, piece, second, statementData, third } from '../../support/kinds.ts';
import {
  maximalActor,
  maximalMeeting,
  maximalOpinion,
  maximalPassage,
  maximalStatement,
  type Maximal,
} from '../../support/maximal.ts';
import { randomCommits } from '../../support/random-commits.ts';
import { logOf } from '../../support/view-rows.ts';

describe('after each event, both engines state the same', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of random history %i', async (seed) => {
    const events = randomCommits(seed, 500).flatMap((commit) => commit.events.map(readEvent));
    const { differences, compared } = await compareEngines(events, 1 + seed * 37);
    expect(differences.slice(0, 3)).toEqual([]);
    expect(Object.keys(compared).toSorted()).toEqual(KINDS);
  });

  test.each([1, 2])('of the history of a desk of editors %i', async (seed) => {
    const events = [...history(seed, 3_000)].map(({ event }) => event);
    const { differences } = await compareEngines(events, 1_000);
    expect(differences.slice(0, 3)).toEqual([]);
  });
});

const KINDS = [
  'actor',
  'counts',
  'dependent',
  'directory',
  'head',
  'into',
  'knows',
  'line',
  'listed',
  'meetings',
  'merged',
  'met',
  'on',
  'passage',
  'speaker',
  'speaks',
  'summary',
  'topic',
];

const LARGEST: [string, Maximal][] = [
  ...(['actors', 'described'] as const).flatMap((parties): [string, Maximal][] => [
    [`a meeting whose parties are all ${parties}`, maximalMeeting(parties, 200)],
    [`a statement whose parties are all ${parties}`, maximalStatement(parties, 200)],
    [`an opinion whose parties are all ${parties}`, maximalOpinion(parties, 200)],
  ]),
  ['a passage', maximalPassage()],
  ['an actor', { ...maximalActor(), actors: [] }],
];

const [M, S] = ['meeting-m', 'statement-s'];
const held = (...evidence: Evidence[]): NewEvent => ({
  type: 'MeetingHeld',
  data: { ...meetingData, evidence },
});
const announced = event('MeetingAnnounced', { ...meetingData, heldOn: '2023-05', evidence: [third] });
const calledOff = event('MeetingCalledOff', { postponedTo: '2023-06', evidence: [second] });
const add = (...evidence: Evidence[]) => event('MeetingEvidenceAdded', { evidence });
const placeOf = ({ articleId, exact, start }: Evidence) => ({ articleId, exact, start });
const withdraw = (evidence: Evidence, more: object = {}) =>
  event('MeetingEvidenceWithdrawn', { ...placeOf(evidence), reason: 'misread', ...more });
const correct = (changes: object, more: object = {}) =>
  event('MeetingCorrected', { cause: 'coding-error', reason: 'x', changes, evidence: [], ...more });
const said = (spoken: Evidence): NewEvent => ({
  type: 'StatementMade',
  data: {
    ...statementData,
    evidence: [first],
    original: { content: spoken.exact, language: 'ru', evidence: spoken },
  },
});
const saidInstead = (original: object | null) =>
  event('StatementCorrected', { cause: 'coding-error', reason: 'x', changes: { original }, evidence: [] });
const elsewhere: Evidence = { ...second, start: 900, end: 900 + second.end - second.start };

describe('both engines state the same of a stream in which', () => {
  test.each<[string, string, NewEvent[]]>([
    ['a meeting is announced, called off and held after all', M, [announced, calledOff, held(first)]],
    ['a meeting is called off and corrected', M, [announced, calledOff, correct({ topics: ['peace'] })]],
    [
      'dates move into and out of the long ones',
      M,
      [
        held(first),
        correct({ heldOn: '2023' }),
        correct({ heldOn: '2023-03-02/..' }),
        correct({ heldOn: '2023-03-02/2023-03-05' }),
        correct({ heldOn: '2023-03-04' }),
      ],
    ],
    [
      'one of two passages of an article is withdrawn',
      M,
      [held(first, piece('met', 9), second), withdraw(first), withdraw(piece('met', 9))],
    ],
    [
      'a passage disputes, is withdrawn and then supports',
      M,
      [
        held(first),
        add({ ...second, stance: 'disputes' }, disputing),
        withdraw(second, { stance: 'disputes' }),
        add(second),
      ],
    ],
    [
      'a passage of the title begins like one of the text',
      M,
      [
        held(piece('met', 10, { in: 'title' }), piece('met', 10), piece('met again', 10)),
        withdraw(piece('met', 10), { in: 'title' }),
      ],
    ],
    [
      'a retracted meeting is reinstated',
      M,
      [
        held(first),
        event('MeetingRetracted', { reason: 'a hoax' }),
        correct({ certainty: 'speculated' }),
        correct({ certainty: 'reported' }, { reinstates: true }),
      ],
    ],
    [
      'words as spoken are moved and removed',
      S,
      [said(second), saidInstead({ content: 'x', language: 'ru', evidence: elsewhere }), saidInstead(null)],
    ],
    [
      'words as spoken become evidence, which is withdrawn',
      S,
      [
        said(second),
        event('StatementEvidenceAdded', { evidence: [second] }),
        event('StatementEvidenceWithdrawn', { ...placeOf(second), reason: 'x' }),
      ],
    ],
    ['words as spoken are evidence from the beginning', S, [said(first), saidInstead(null)]],
    [
      'an article is corrected, printed elsewhere and withdrawn',
      ARTICLE,
      [
        event('ArticleArchived', { ...examples.ArticleArchived.full }),
        event('ArticleCorrected', { reason: 'x', changes: { publishedOn: null, title: 'Another' } }),
        event('AppearanceAdded', { publisher: 'Another' }),
        event('ArticleWithdrawn', { reason: 'copyright' }),
      ],
    ],
  ])('%s', async (_what, stream, events) => {
    const log = logOf(events.map((each) => [stream, each] as const));
    for (const batchSize of [1, 2, 100])
      expect((await compareEngines(log, batchSize)).differences).toEqual([]);
  });

  test.each(LARGEST)('everything is as long as it may be: %s', async (_what, { stream, events }) => {
    const log = logOf(events.map((each) => [stream, each] as const));
    const { differences } = await compareEngines(log, 100);
    // Over 28 KB, today's summary depends on how it was shortened before; the new one only on what it shortens.
    expect(differences.filter(({ fact }) => !fact.startsWith('summary '))).toEqual([]);
  });
});

describe('the largest things make no version over 32 KB, and their summaries name every actor', () => {
  test.each(LARGEST)('%s', async (_what, { stream, events, actors }) => {
    const log = logOf(events.map((each) => [stream, each] as const));
    const bodies = (await versionsOf(log, 100)).flatMap(({ body }) => body ?? []);
    expect(Math.max(...bodies.map((body) => Buffer.byteLength(JSON.stringify(body))))).toBeLessThanOrEqual(
      32_768,
    );
    const summaries = bodies.flatMap((body) => ('summary' in body ? [JSON.stringify(body)] : []));
    for (const actor of actors) for (const summary of summaries) expect(summary).toContain(`"${actor}"`);
  });
});
