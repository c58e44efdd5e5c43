// Tests concurrent writers: stale revisions, conflicts and bounded retries; and the refusal of commits that are too large.
import { beforeEach, describe, expect, test } from 'vitest';
import { handleCommand } from '../../../domain/recording/handle-command.ts';
import { MAX_EVENT_BYTES } from '../../../events/envelope.ts';
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
  rival,
  type Given,
} from '../../support/archives/desk-commands.ts';
import type { Desk } from '../../support/archives/desk.ts';
import { event } from '../../support/archives/written-history.ts';
import { refusalFrom, refusalWithoutTrace } from '../../support/refusals.ts';

let at: Desk;
let meeting: Given;

beforeEach(async () => {
  const furniture = await furnished();
  at = furniture.at;
  meeting = ['meeting', undefined, MEETING, meetingBody(furniture.articleId)];
});

test.each([
  ['stale', 1],
  ['too new', 3],
  ['zero', 0],
])('an expected revision that is %s is refused with the current revision', async (_what, expected) => {
  await give(at, meeting);
  await give(at, correction('One'));
  expect(await refusalWithoutTrace(at, () => give(at, correction('Two'), { expected }))).toMatchObject({
    code: 'revision-mismatch',
    details: { revision: 2 },
  });
});

test('an expected revision that is current is accepted', async () => {
  expect(await give(at, meeting, { expected: 0 })).toMatchObject({ revision: 1 });
  expect(await give(at, correction('One'), { expected: 1 })).toMatchObject({ revision: 2 });
});

test('an expected revision is stale if another writer was faster', async () => {
  await give(at, meeting);
  at.befall(rival);
  const refusal = await refusalFrom(give(at, correction('One'), { expected: 1 }));
  expect(refusal).toMatchObject({ code: 'revision-mismatch', details: { revision: 2 } });
  expect(at.commits(MEETING)).toHaveLength(2);
});

test('a command is decided again on the current state after a conflict', async () => {
  await give(at, meeting);
  at.befall(rival, { ...rival }, rival);
  expect(await give(at, correction('One'))).toMatchObject({ revision: 5 });
});

test('a command can be refused after a conflict', async () => {
  await give(at, meeting);
  at.befall(event('MeetingRetracted', { reason: 'a hoax' }));
  expect((await refusalFrom(give(at, correction('One')))).code).toBe('not-possible-now');
  expect(at.commits(MEETING)).toHaveLength(2);
});

test('a command can find after a conflict that it changes nothing', async () => {
  await give(at, meeting);
  at.befall(event('MeetingRetracted', { reason: 'a rumour' }));
  expect(await give(at, retraction)).toEqual({ stream: MEETING, revision: 2, events: [] });
});

test('a command is refused as busy after a bounded number of conflicts', async () => {
  await give(at, meeting);
  at.befall(...Array.from({ length: 100 }, () => rival));
  expect((await refusalFrom(give(at, correction('One')))).code).toBe('busy');
  const rivals = at.commits(MEETING).length - 1;
  expect(rivals).toBeGreaterThan(2);
  expect(rivals).toBeLessThanOrEqual(10);
});

test('of two concurrent commands with the same key, one is written and both get its result', async () => {
  const answers = await Promise.all([give(at, meeting, KEY), give(at, meeting, KEY)]);
  expect(at.commits(MEETING)).toHaveLength(1);
  expect(new Set(answers.map(({ revision, events }) => `${revision} ${events.join()}`)).size).toBe(1);
});

describe('commits that are too large', () => {
  const participants = Array.from({ length: 60 }, (_, n) => ({
    description: `[${n} ${'é'.repeat(290)}]`,
    printed: `[${'p'.repeat(20)}]`,
    capacity: `[${'é'.repeat(200)}]`,
  }));
  const long = (characters: number): Given => {
    const [kind, path, id, body] = meeting;
    return [
      kind,
      path,
      id,
      { ...(body as object), participants, outcome: `[${'x'.repeat(characters - 2)}]` },
    ];
  };
  /** The size of the event grows by one byte with each character of the outcome. */
  const fits = async (): Promise<number> => {
    const { details } = await refusalWithoutTrace(at, () => give(at, long(2_000)));
    return 2_000 - (Number(details['bytes']) - MAX_EVENT_BYTES);
  };

  test('an event of 65,536 bytes is refused before anything is written', async () => {
    const most = await fits();
    expect(await refusalWithoutTrace(at, () => give(at, long(most + 1), KEY))).toMatchObject({
      code: 'too-large',
      details: { bytes: MAX_EVENT_BYTES + 1, limit: MAX_EVENT_BYTES },
    });
  });

  test('an event of 65,535 bytes is accepted', async () => {
    await give(at, long(await fits()), KEY);
    expect(at.commits(MEETING)[0]?.events[0]).toHaveLength(MAX_EVENT_BYTES);
  });

  test('a commit that exceeds the limit of the store is refused before anything is written, even if each event fits', async () => {
    const change = changeOf(...meeting);
    const many = {
      ...change,
      decide: (...args: Parameters<typeof change.decide>) =>
        Array.from({ length: 800 }, () => change.decide(...args)).flat(),
    };
    const refusal = await refusalWithoutTrace(at, () => handleCommand(at, many, requestOf(meeting[3])));
    expect(refusal).toMatchObject({ code: 'too-large', details: { limit: 409_600 } });
  });
});
