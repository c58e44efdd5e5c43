// Tests the dry run: commands are decided one after another as in a real run, and nothing is written.
import { beforeEach, expect, test } from 'vitest';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { historyOf, handleCommand, type CommandContext } from '../../../domain/recording/handle-command.ts';
import { dryRunContext } from '../../../domain/recording/dry-run.ts';
import {
  changeOf,
  correction,
  furnished,
  give,
  KEY,
  MEETING,
  meetingBody,
  requestOf,
  retraction,
  type Given,
} from '../../support/archives/desk-commands.ts';
import type { Desk } from '../../support/archives/desk.ts';
import { refusalFrom } from '../../support/refusals.ts';

let at: Desk;
let dry: CommandContext;
let meeting: Given;
beforeEach(async () => {
  const furniture = await furnished();
  at = furniture.at;
  dry = dryRunContext(at);
  const parties = { participants: [{ actor: 'actor-a' }, { actor: 'actor-c' }] };
  meeting = ['meeting', undefined, MEETING, meetingBody(furniture.articleId, parties)];
});

const third: Given = ['actor', undefined, 'actor-c', { kind: 'person', name: 'C' }];
const dryRun = (given: Given, request: object = {}) =>
  handleCommand(dry, changeOf(...given), requestOf(given[3], request));

test('a dry run writes nothing and gives no hints', async () => {
  const before = structuredClone([at.all(), at.hints, at.writes]);
  for (const given of [third, meeting, correction('One'), retraction]) await dryRun(given);
  await dryRun(['actor', undefined, 'actor-d', { kind: 'person', name: 'D' }], { ...KEY, claims: true });
  expect([at.all(), at.hints, at.writes]).toEqual(before);
});

test('later commands of a dry run see the earlier ones and the stored events', async () => {
  await give(at, third);
  expect(await dryRun(meeting)).toMatchObject({ stream: MEETING, revision: 1 });
  expect(await dryRun(correction('One'))).toMatchObject({ revision: 2 });
  expect(await dryRun(correction('One'))).toMatchObject({ revision: 2, events: [] });
  expect(await dryRun(retraction)).toMatchObject({ revision: 3 });
  expect(await historyOf(dry.store)(MEETING)).toHaveLength(3);
  expect(await historyOf(at.store)(MEETING)).toEqual([]);
});

test('a dry run continues from the revision that the store has', async () => {
  for (const given of [third, meeting]) await give(at, given);
  expect(await dryRun(correction('One'))).toMatchObject({ revision: 2 });
  expect((await refusalFrom(dryRun(correction('Two'), { expected: 1 }))).details).toEqual({
    revision: 2,
  });
});

test('a dry run refuses what a real run would refuse, and continues', async () => {
  expect((await refusalFrom(dryRun(meeting))).code).toBe('unknown-reference');
  await dryRun(third);
  expect(await dryRun(meeting)).toMatchObject({ revision: 1 });
  await dryRun(retraction);
  expect((await refusalFrom(dryRun(correction('One')))).code).toBe('not-possible-now');
});

test('a dry run returns the event ids that a real run with the same keys will have', async () => {
  await dryRun(third);
  const decided = await dryRun(meeting, KEY);
  await give(at, third);
  const { revision, events } = await give(at, meeting, KEY);
  expect(decided).toMatchObject({ revision, events });
});

test('a dry run keeps nothing for the next dry run', async () => {
  await dryRun(third);
  dry = dryRunContext(at);
  expect((await refusalFrom(dryRun(meeting))).code).toBe('unknown-reference');
});

test('a dry run of a command whose key was recorded returns the first result', async () => {
  const body = { title: 'Three', publisher: 'The Sampler', language: 'en', text: 'They parted.' };
  const first = await archiveArticle(at, body, requestOf(body, KEY));
  expect(await archiveArticle(dryRunContext(at), body, requestOf(body, KEY))).toEqual({
    ...first,
    replayed: true,
  });
});
