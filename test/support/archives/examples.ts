// Valid data of each event type: with the required fields only, and with all fields.
import type { z } from 'zod';
import type { EventType, schemas } from '../../../events/vocabulary.ts';
import type { Evidence, Party } from '../../../events/shared-pieces.ts';

export const ARTICLE = `article-${'5d'.repeat(32)}`;
export const OTHER_ARTICLE = `article-${'0a'.repeat(32)}`;

/** Returns a supporting passage of `ARTICLE` with these words. */
export const passage = (exact: string, more: Partial<Evidence> = {}): Evidence => ({
  articleId: ARTICLE,
  exact,
  start: 0,
  end: Array.from(exact).length,
  ...more,
});

const blinken: Party = {
  actor: 'actor-antony-blinken',
  printed: 'Mr Blinken',
  capacity: 'US Secretary of State',
  for: 'actor-united-states',
};
const lavrov: Party = { actor: 'actor-sergey-lavrov' };
const official: Party = { description: 'a senior official', printed: 'he', for: 'actor-india' };

const least = passage('met this week in New Delhi');
const most = passage('Ten minutes, he adds, are too few', {
  start: 1_200,
  end: 1_233,
  prefix: 'to come. ',
  suffix: ' for questions',
  in: 'text',
  for: ['content', 'madeOn'],
  stance: 'supports',
});
const disputing = passage('The ministers never met', { articleId: OTHER_ARTICLE, stance: 'disputes' });

const meeting = {
  title: 'Blinken and Lavrov in New Delhi',
  participants: [blinken, lavrov],
  heldOn: '[..2023-03-03]',
  format: 'in-person' as const,
  certainty: 'asserted' as const,
  evidence: [least],
};
const wholeMeeting = {
  ...meeting,
  participants: [blinken, lavrov, official],
  heldOn: '2023-03-02T14:00+05:30',
  datePrinted: 'on Thursday',
  place: { printed: 'New Delhi', country: 'IN' },
  occasion: 'gathering of G20 foreign ministers',
  within: 'meeting-g20-foreign-ministers',
  durationMinutes: 10,
  outcome: 'Neither moved from the line\nhe came with.',
  certainty: 'attributed' as const,
  attributedBy: [official],
  topics: ['g20', 'ukraine-war'],
  evidence: [least, most, disputing],
};

const words = {
  summary: 'Ten minutes do not suffice.',
  translatedFrom: 'ru',
  original: { content: 'Десять минут', language: 'ru', evidence: passage('Десять минут') },
};
const statement = {
  speakers: [lavrov],
  act: 'declined' as const,
  channel: 'unstated' as const,
  madeOn: '2023-03',
  certainty: 'reported' as const,
  evidence: [least],
};
const wholeStatement = {
  ...statement,
  ...words,
  act: 'said' as const,
  addressees: [blinken, official],
  channel: 'meeting' as const,
  meetingId: 'meeting-new-delhi',
  datePrinted: 'this week',
  place: { printed: 'New Delhi' },
  occasion: 'G20',
  content: 'Ten minutes … are too few [for talks]',
  form: 'mixed' as const,
  language: 'en',
  certainty: 'speculated' as const,
  attributedBy: [official],
  about: ['actor-russia', 'actor-united-states'],
  regarding: [
    { id: 'statement-new-start', relation: 'answers' as const },
    { id: 'meeting-new-delhi', relation: 'about' as const },
  ],
  topics: ['ukraine-war'],
  evidence: [most, disputing],
};

const opinion = {
  by: { description: 'an analyst' },
  standing: 'expert' as const,
  publishedOn: '2023-03-03',
  content: 'Ten minutes',
  form: 'direct' as const,
  language: 'en',
  certainty: 'asserted' as const,
  evidence: [least],
};
const wholeOpinion = {
  ...opinion,
  ...words,
  by: { ...blinken, capacity: 'professor' },
  standing: 'institution' as const,
  datePrinted: 'today',
  attributedBy: [{ description: 'the paper' }],
  about: ['actor-india'],
  regarding: [{ id: 'opinion-earlier', relation: 'denies' as const }],
  topics: ['g20'],
  evidence: [most],
};

const article = {
  title: 'Ten minutes in New Delhi',
  publisher: 'The Chancery Sampler',
  language: 'en',
  sha256: '5d'.repeat(32),
  bytes: 2_718,
  characters: 2_700,
};
const printedIn = {
  url: 'https://example.org/2023/03/ten-minutes?page=1#top',
  byline: 'By a correspondent',
  publishedOn: '2023-03-03',
};

/** Events that all three kinds of records have. Only the changes differ between kinds. */
const lifeOf = <C>(few: C, many: C) => ({
  corrected: {
    minimal: { cause: 'coding-error' as const, reason: 'mistyped', changes: {} },
    full: {
      cause: 'source-corrected' as const,
      reason: 'The paper printed a correction.\nSee page 2.',
      changes: { ...few, ...many },
      reinstates: true as const,
      evidence: [most, disputing],
    },
  },
  retracted: { minimal: { reason: 'a hoax' }, full: { reason: 'a hoax, says\nthe paper' } },
  evidenceAdded: { minimal: { evidence: [disputing] }, full: { evidence: [least, most, disputing] } },
  evidenceWithdrawn: {
    minimal: { articleId: ARTICLE, exact: least.exact, start: 0, reason: 'quoted from elsewhere' },
    full: {
      articleId: ARTICLE,
      exact: 'never met',
      start: 7,
      reason: 'misread',
      stance: 'disputes' as const,
    },
  },
});
const meetingLife = lifeOf({ title: 'Blinken meets Lavrov' }, { place: null, topics: [], within: null });
const statementLife = lifeOf({ act: 'asked' as const }, { meetingId: null, summary: null, about: [] });
const opinionLife = lifeOf({ standing: 'party' as const }, { original: null, regarding: [] });

type Examples = {
  [T in EventType]: {
    readonly minimal: z.input<(typeof schemas)[T]>;
    readonly full: z.input<(typeof schemas)[T]>;
  };
};

export const examples: Examples = {
  ArticleArchived: {
    minimal: article,
    full: {
      ...article,
      ...printedIn,
      genre: 'document',
      versionOf: OTHER_ARTICLE,
      derivedFrom: OTHER_ARTICLE,
    },
  },
  AppearanceAdded: {
    minimal: { publisher: 'The Other Paper' },
    full: { publisher: 'The Other Paper', title: 'Ten minutes', ...printedIn },
  },
  ArticleCorrected: {
    minimal: { reason: 'mistyped', changes: {} },
    full: {
      reason: 'mistyped',
      changes: { title: 'Ten minutes in Delhi', byline: null, language: 'en-IN', genre: 'transcript' },
    },
  },
  ArticleWithdrawn: {
    minimal: { reason: 'copyright' },
    full: { reason: 'copyright', authority: 'Delhi High Court' },
  },
  ActorIntroduced: {
    minimal: { id: 'actor-india', kind: 'state', name: 'India' },
    full: {
      id: 'actor-sergey-lavrov',
      kind: 'person',
      name: 'Sergey Lavrov',
      aliases: [{ name: 'Сергей Лавров', language: 'ru' }, { name: 'Lavrov' }],
      country: 'RU',
      wikidata: 'Q58217',
    },
  },
  ActorAliased: {
    minimal: { aliases: [{ name: 'Bharat' }] },
    full: { aliases: [{ name: 'भारत', language: 'hi' }, { name: 'Bharat' }] },
  },
  ActorCorrected: {
    minimal: { reason: 'mistyped', changes: {} },
    full: {
      reason: 'mistyped',
      changes: { kind: 'group', name: 'Bharat', aliases: [], country: null },
      nameWasWrong: true,
    },
  },
  ActorsMerged: {
    minimal: { actor: 'actor-bharat', into: 'actor-india', reason: 'the same state' },
    full: { actor: 'actor-bharat', into: 'actor-india', reason: 'the same state,\nnamed twice' },
  },
  ActorsUnmerged: {
    minimal: { actor: 'actor-bharat', from: 'actor-india', reason: 'a village' },
    full: { actor: 'actor-bharat', from: 'actor-india', reason: 'a village,\nafter all' },
  },
  MeetingAnnounced: { minimal: meeting, full: wholeMeeting },
  MeetingHeld: { minimal: meeting, full: wholeMeeting },
  MeetingCalledOff: {
    minimal: { evidence: [least] },
    full: { reason: 'a storm', postponedTo: '2023-03-10', evidence: [least, most] },
  },
  MeetingCorrected: meetingLife.corrected,
  MeetingRetracted: meetingLife.retracted,
  MeetingEvidenceAdded: meetingLife.evidenceAdded,
  MeetingEvidenceWithdrawn: meetingLife.evidenceWithdrawn,
  StatementMade: { minimal: statement, full: wholeStatement },
  StatementCorrected: statementLife.corrected,
  StatementRetracted: statementLife.retracted,
  StatementEvidenceAdded: statementLife.evidenceAdded,
  StatementEvidenceWithdrawn: statementLife.evidenceWithdrawn,
  ExpertOpinionPublished: { minimal: opinion, full: wholeOpinion },
  ExpertOpinionCorrected: opinionLife.corrected,
  ExpertOpinionRetracted: opinionLife.retracted,
  ExpertOpinionEvidenceAdded: opinionLife.evidenceAdded,
  ExpertOpinionEvidenceWithdrawn: opinionLife.evidenceWithdrawn,
};
