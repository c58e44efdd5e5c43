// Tests that a refused command writes nothing, names the broken rule and points at the fault.
// Faults are unknown references, passages that are not in their articles, and meetings within a circle.
import { beforeEach, describe, expect, test } from 'vitest';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import {
  furnished,
  give,
  KEY,
  MEETING,
  meetingBody,
  retraction,
  TEXT,
  type Given,
} from '../../support/archives/desk-commands.ts';
import type { Desk } from '../../support/archives/desk.ts';
import { refusalWithoutTrace } from '../../support/refusals.ts';

let at: Desk;
let article: string;
beforeEach(async () => {
  ({ at, articleId: article } = await furnished());
});

const NOWHERE = `article-${'00'.repeat(32)}`;
const meeting = (more: object = {}, id = MEETING): Given => [
  'meeting',
  undefined,
  id,
  meetingBody(article, more),
];
const quoting = (exact: string, more: object = {}): Given =>
  meeting({ evidence: [{ articleId: article, exact, ...more }] });
const statement = (more: object): Given => [
  'statement',
  undefined,
  'statement-agreed',
  {
    speakers: [{ actor: 'actor-a' }],
    act: 'said',
    channel: 'press',
    madeOn: '2023-03-03',
    content: 'We agreed',
    form: 'direct',
    language: 'en',
    certainty: 'asserted',
    evidence: [{ articleId: article, exact: '“We agreed”, one of them said.' }],
    ...more,
  },
];
const correct = (changes: object): Given => [
  'meeting',
  'corrections',
  MEETING,
  { cause: 'coding-error', reason: 'misread', changes },
];

test.each<[string, () => Given, string, object]>([
  [
    'an actor that was not introduced',
    () => meeting({ participants: [{ actor: 'actor-a' }, { actor: 'actor-x' }] }),
    'unknown-reference',
    { pointer: '/participants/1/actor', id: 'actor-x' },
  ],
  [
    'a represented actor that was not introduced',
    () => meeting({ participants: [{ actor: 'actor-a', for: 'actor-x' }, { actor: 'actor-b' }] }),
    'unknown-reference',
    { pointer: '/participants/0/for' },
  ],
  [
    'a meeting that was not recorded',
    () => statement({ meetingId: MEETING }),
    'unknown-reference',
    { pointer: '/meetingId', id: MEETING },
  ],
  [
    'a topic actor that was not introduced',
    () => statement({ about: ['actor-a', 'actor-x'] }),
    'unknown-reference',
    { pointer: '/about/1' },
  ],
  [
    'a regarded record that was not recorded',
    () => statement({ regarding: [{ id: 'opinion-x', relation: 'denies' }] }),
    'unknown-reference',
    { pointer: '/regarding/0/id' },
  ],
  [
    'an article that is not archived',
    () => meeting({ evidence: [{ articleId: NOWHERE, exact: 'They met' }] }),
    'unknown-reference',
    { pointer: '/evidence/0/articleId' },
  ],
  [
    'a merge into an actor that was not introduced',
    () => ['actor', 'merges', 'actor-a', { into: 'actor-x', reason: 'x' }],
    'unknown-reference',
    { pointer: '/into' },
  ],
  [
    'an article derived from an article that is not archived',
    () => ['article', 'corrections', article, { reason: 'x', changes: { derivedFrom: NOWHERE } }],
    'unknown-reference',
    { pointer: '/changes/derivedFrom' },
  ],
  [
    'words that no article contains',
    () => quoting('The ministers met in Paris.'),
    'passage-not-found',
    { pointer: '/evidence/0' },
  ],
  [
    'words of the text that are sought in the title',
    () => quoting('The ministers met', { in: 'title' }),
    'passage-not-found',
    { pointer: '/evidence/0' },
  ],
  ['words that occur twice', () => quoting('The'), 'passage-ambiguous', { pointer: '/evidence/0', total: 2 }],
  [
    'content that its passages do not contain',
    () => statement({ content: 'We quarrelled' }),
    'content-not-in-evidence',
    { field: 'content' },
  ],
  ['what is attributed to nobody', () => meeting({ certainty: 'attributed' }), 'invalid', {}],
  [
    'a merge into oneself',
    () => ['actor', 'merges', 'actor-a', { into: 'actor-a', reason: 'x' }],
    'loop',
    {},
  ],
  ['a correction of nothing', () => correct({ title: 'x' }), 'not-found', {}],
  [
    'an actor whose id is taken',
    () => ['actor', undefined, 'actor-a', { kind: 'state', name: 'A' }],
    'already-exists',
    {},
  ],
])('a refused command writes nothing: %s', async (_what, given, code, details) => {
  for (const request of [{}, KEY, { ...KEY, claims: true }]) {
    const refusal = await refusalWithoutTrace(at, () => give(at, given(), request));
    expect([refusal.code, refusal.details]).toEqual([code, expect.objectContaining(details)]);
  }
});

test('evidence of a withdrawn article is refused', async () => {
  await give(at, ['article', 'withdrawals', article, { reason: 'printed without leave' }]);
  const refusal = await refusalWithoutTrace(at, () => give(at, meeting()));
  expect([refusal.code, refusal.details]).toMatchObject(['article-withdrawn', { pointer: '/evidence/0' }]);
  expect(refusal.message).toContain('printed without leave');
});

test.each<[string, () => Given, string]>([
  ['said at', () => statement({ meetingId: MEETING }), '/meetingId'],
  ['regarding', () => statement({ regarding: [{ id: MEETING, relation: 'about' }] }), '/regarding/0/id'],
  ['within', () => meeting({ within: MEETING }, 'meeting-inner'), '/within'],
])('a record that is %s a retracted meeting is refused', async (_how, given, pointer) => {
  await give(at, meeting());
  await give(at, retraction);
  const refusal = await refusalWithoutTrace(at, () => give(at, given()));
  expect([refusal.code, refusal.details]).toEqual(['reference-retracted', { pointer, id: MEETING }]);
});

describe('the part and the context that locate a passage', () => {
  const from = TEXT.indexOf('They will');
  test.each([
    [
      'in the title',
      'Two ministers',
      { in: 'title' },
      { exact: 'Two ministers', start: 0, end: 13, in: 'title' },
    ],
    [
      'between words',
      'They',
      { prefix: 'said. ', suffix: ' will' },
      { exact: 'They', start: from, end: from + 4 },
    ],
    ['as it is printed', '"We agreed",   one', {}, { exact: '“We agreed”, one', start: 29, end: 45 }],
  ])('a passage is located %s', async (_where, exact, selector, placed) => {
    await give(at, quoting(exact, selector));
    const [event] = await historyOf(at.store)(MEETING);
    expect(event?.data).toMatchObject({ evidence: [{ articleId: article, ...placed }] });
  });
});

test('one refusal names all faults', async () => {
  const wrong = meeting({
    participants: [{ actor: 'actor-x' }, { actor: 'actor-y' }],
    evidence: [{ articleId: article, exact: 'They quarrelled in Geneva' }],
  });
  const refusal = await refusalWithoutTrace(at, () => give(at, wrong));
  expect(refusal.details).toMatchObject({
    pointer: '/participants/0/actor',
    others: [
      { code: 'unknown-reference', pointer: '/participants/1/actor' },
      { code: 'passage-not-found', pointer: '/evidence/0' },
    ],
  });
});

const inner = (id: string, within: string) => give(at, meeting({ within }, id));

describe('a meeting within another', () => {
  beforeEach(async () => {
    await give(at, meeting());
    await inner('meeting-b', MEETING);
    await inner('meeting-c', 'meeting-b');
  });

  test.each([
    ['itself', MEETING],
    ['what is within it', 'meeting-b'],
    ['what is within that', 'meeting-c'],
  ])('a meeting cannot be within %s', async (_what, within) => {
    const refusal = await refusalWithoutTrace(at, () => give(at, correct({ within })));
    expect([refusal.code, refusal.details]).toEqual(['loop', { pointer: '/changes/within', id: within }]);
  });

  test('a meeting can be moved into another meeting, and out of all meetings', async () => {
    await inner('meeting-d', MEETING);
    expect(
      await give(at, [
        'meeting',
        'corrections',
        'meeting-c',
        { cause: 'coding-error', reason: 'x', changes: { within: 'meeting-d' } },
      ]),
    ).toMatchObject({ revision: 2 });
    expect(
      await give(at, [
        'meeting',
        'corrections',
        'meeting-c',
        { cause: 'coding-error', reason: 'x', changes: { within: null } },
      ]),
    ).toMatchObject({ revision: 3 });
  });
});
