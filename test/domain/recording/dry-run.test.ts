// A dry run: commands are decided as they would be, each on top of those before it, and nothing is written.
import { beforeEach, describe, expect, test } from 'vitest';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { historyOf, record, type CommandContext } from '../../../domain/recording/handle-command.ts';
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
const rehearse = (given: Given, request: object = {}) =>
  record(dry, changeOf(...given), requestOf(given[3], request));

describe('a rehearsal', () => {
  test('writes nothing and hints nothing', async () => {
    const before = structuredClone([at.all(), at.hints, at.writes]);
    for (const given of [third, meeting, correction('One'), retraction]) await rehearse(given);
    await rehearse(['actor', undefined, 'actor-d', { kind: 'person', name: 'D' }], { ...KEY, claims: true });
    expect([at.all(), at.hints, at.writes]).toEqual(before);
  });

  test('lets later commands see earlier ones, and what stands in the store', async () => {
    await give(at, third);
    expect(await rehearse(meeting)).toMatchObject({ stream: MEETING, revision: 1 });
    expect(await rehearse(correction('One'))).toMatchObject({ revision: 2 });
    expect(await rehearse(correction('One'))).toMatchObject({ revision: 2, events: [] });
    expect(await rehearse(retraction)).toMatchObject({ revision: 3 });
    expect(await historyOf(dry.store)(MEETING)).toHaveLength(3);
    expect(await historyOf(at.store)(MEETING)).toEqual([]);
  });

  test('goes on from the revision that the store has', async () => {
    for (const given of [third, meeting]) await give(at, given);
    expect(await rehearse(correction('One'))).toMatchObject({ revision: 2 });
    expect((await refusalFrom(rehearse(correction('Two'), { expected: 1 }))).details).toEqual({
      revision: 2,
    });
  });

  test('refuses what would be refused, and goes on', async () => {
    expect((await refusalFrom(rehearse(meeting))).code).toBe('unknown-reference');
    await rehearse(third);
    expect(await rehearse(meeting)).toMatchObject({ revision: 1 });
    await rehearse(retraction);
    expect((await refusalFrom(rehearse(correction('One')))).code).toBe('not-possible-now');
  });

  test('names the ids that the commands will have when they are given with the same keys', async () => {
    await rehearse(third);
    const rehearsed = await rehearse(meeting, KEY);
    await give(at, third);
    const { revision, events } = await give(at, meeting, KEY);
    expect(rehearsed).toMatchObject({ revision, events });
  });

  test('keeps nothing for another rehearsal', async () => {
    await rehearse(third);
    dry = dryRunContext(at);
    expect((await refusalFrom(rehearse(meeting))).code).toBe('unknown-reference');
  });
});

test('a rehearsal of what was recorded under its key gives the answer of then', async () => {
  const body = { title: 'Three', publisher: 'The Sampler', language: 'en', text: 'They parted.' };
  const first = await archiveArticle(at, body, requestOf(body, KEY));
  expect(await archiveArticle(dryRunContext(at), body, requestOf(body, KEY))).toEqual({
    ...first,
    replayed: true,
  });
});
