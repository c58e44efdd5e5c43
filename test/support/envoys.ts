// An article on two envoys, and records that satisfy every rule about their source. Tests change one field of them.
import { archiveArticle } from '../../domain/recording/archive-article.ts';
import { commitBytes } from '../../events/envelope.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { give, requestOf, type Given } from './archives/desk-commands.ts';
import { desk, type Desk } from './archives/desk.ts';
import { uuid } from './archives/written-history.ts';

export const TEXT =
  'GENEVA — Secretary Anna BECK met Сергеем Лавровым last Tuesday at the Hotel Métropole, on the margins of the Blinken-Lavrov talks. ' +
  '“Talks go on,” Beck said. “We meet in May,” she added, calling the deal “a good one”. They parted without a deal.\n\n' +
  'Beck: the end is near\n\nThe editors think that the plan is wise.';
export const ARTICLE = {
  text: TEXT,
  title: 'Envoys meet at the lake',
  publisher: 'The Daily Ledger',
  byline: 'By Carla Dunn and Ed Frost',
  publishedOn: '2023-03-03',
  language: 'en',
};

export interface DeskWithArticle {
  readonly at: Desk;
  readonly articleId: string;
}

export async function deskWithArticle(more: object = {}): Promise<DeskWithArticle> {
  const at = desk();
  const article = { ...ARTICLE, ...more };
  const { stream: articleId } = await archiveArticle(at, article, requestOf(article));
  for (const [id, name] of [
    ['actor-beck', 'Anna Beck'],
    ['actor-dunn', 'Carla Dunn'],
    ['actor-ledger', 'Daily Ledger'],
  ]) {
    await give(at, ['actor', undefined, `${id}`, { kind: 'person', name }]);
  }
  return { at, articleId };
}

export const MET = 'Secretary Anna BECK met Сергеем Лавровым';
export const meeting = ({ articleId }: DeskWithArticle, more: object = {}): Given => [
  'meeting',
  undefined,
  'meeting-m',
  {
    title: 'Beck and a colleague',
    participants: [{ actor: 'actor-beck' }, { description: 'Сергеем Лавровым' }],
    heldOn: '2023-02-28',
    format: 'in-person',
    certainty: 'asserted',
    evidence: [{ articleId, exact: MET }],
    ...more,
  },
];
export const statement = (at: DeskWithArticle, more: object = {}): Given => [
  'statement',
  undefined,
  'statement-s',
  {
    speakers: [{ actor: 'actor-beck' }],
    act: 'said',
    channel: 'press',
    madeOn: '2023-02-28',
    content: 'Talks go on',
    form: 'direct',
    language: 'en',
    certainty: 'asserted',
    evidence: [{ articleId: at.articleId, exact: '“Talks go on,” Beck said.' }],
    ...more,
  },
];
export const opinion = (at: DeskWithArticle, more: object = {}): Given => [
  'opinion',
  undefined,
  'opinion-o',
  {
    by: { actor: 'actor-beck' },
    standing: 'expert',
    publishedOn: '2023-03-03',
    content: 'the plan is wise',
    form: 'indirect',
    language: 'en',
    certainty: 'asserted',
    evidence: [{ articleId: at.articleId, exact: 'The editors think that the plan is wise.' }],
    ...more,
  },
];
export const parties = (party: object) => ({ participants: [{ actor: 'actor-beck' }, party] });
export const correction = (changes: object, evidence: object[] = []) => ({
  cause: 'coding-error',
  reason: 'misread',
  changes,
  evidence,
});

/** Appends an event without today's checks, as earlier rules accepted it. */
export async function asBefore({ at }: DeskWithArticle, stream: string, before: NewEvent): Promise<void> {
  const header = { stream, revision: 1, time: '2023-03-04T00:00:00.000Z', recordedBy: 'tester' };
  await at.store.append({
    stream,
    revision: 1,
    events: commitBytes(header, [before], [`${stream}_${uuid(1)}`]),
  });
}
