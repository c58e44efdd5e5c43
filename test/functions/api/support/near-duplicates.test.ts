// Near-duplicates in answers of writes; records that share only a state and an open date are not similar.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let articleId: string;
beforeAll(async () => {
  archive = await openTestArchive();
  const article = {
    text: 'They met an official and declined to say why.',
    title: 'T',
    publisher: 'P',
    language: 'en',
  };
  articleId = (await archive.post('/articles', article)).body.id;
  for (const [id, kind] of Object.entries({
    'actor-india': 'state',
    'actor-bharat': 'state',
    'actor-nepal': 'state',
    'actor-peru': 'state',
    'actor-anna': 'person',
  }))
    await archive.post('/actors', { id, kind, name: id });
});
afterAll(() => archive.close());

const meet = async (heldOn: string, ...actors: string[]) => {
  const { status, body } = await archive.post('/meetings', {
    title: `Meeting ${heldOn} of ${actors.join(' and ')}`,
    participants: [...actors.map((actor) => ({ actor })), { description: 'an official' }],
    heldOn,
    format: 'unstated',
    certainty: 'asserted',
    evidence: [{ articleId, exact: 'They met' }],
  });
  expect([status, body.detail]).toEqual([201, undefined]);
  await archive.settled();
  return { id: body.id as string, similar: (body.similar ?? []) as string[] };
};

describe('near-duplicates of a meeting', () => {
  test.each([
    ['of the same state on the same day', true, ['2023-03-03', 'actor-india'], ['2023-03-03', 'actor-india']],
    [
      'of the same state with an open date',
      false,
      ['2023-03-03', 'actor-india'],
      ['[..2024]', 'actor-india'],
    ],
    ['with an open date of the same state', false, ['2022/..', 'actor-india'], ['2023-03', 'actor-india']],
    ['of the same person with an open date', true, ['2023-03-03', 'actor-anna'], ['[..2024]', 'actor-anna']],
    [
      'of two states with an open date',
      true,
      ['2019-03-03', 'actor-india', 'actor-nepal'],
      ['[..2024]', 'actor-india', 'actor-nepal'],
    ],
    ['on another day of a set', false, ['2021-05-05', 'actor-peru'], ['[2020,2022]', 'actor-peru']],
  ])('a meeting %s is similar to another one: %s', async (_, isSimilar, first, second) => {
    const [firstDate = '', ...firstActors] = first;
    const [secondDate = '', ...secondActors] = second;
    const { id } = await meet(firstDate, ...firstActors);
    const { similar } = await meet(secondDate, ...secondActors);
    expect(similar.includes(id)).toBe(isSimilar);
  });

  test('meetings that share only a state under two ids are not similar', async () => {
    await archive.post('/actors/actor-bharat/merges', { into: 'actor-peru', reason: 'a test' });
    await archive.settled();
    const { id } = await meet('1999-03-03', 'actor-bharat', 'actor-peru');
    expect((await meet('[..2000]', 'actor-bharat', 'actor-peru')).similar).not.toContain(id);
  });
});

test('statements of a state with an open date are similar if their words are equal', async () => {
  const say = async (madeOn: string, content?: string) => {
    const { body } = await archive.post('/statements', {
      speakers: [{ actor: 'actor-nepal' }],
      act: content === undefined ? 'declined' : 'said',
      channel: 'press',
      madeOn,
      form: 'indirect',
      certainty: 'asserted',
      language: 'en',
      ...(content === undefined ? {} : { content }),
      evidence: [{ articleId, exact: 'They met an official and declined to say why' }],
    });
    await archive.settled();
    return body;
  };
  const { id } = await say('2023-03-03', 'They met an official and declined to say why');
  expect((await say('[..2024]', 'They met an official and declined to say why')).similar).toEqual([id]);
  const declined = await say('2023-03-04');
  expect((await say('[..2024]')).similar ?? []).not.toContain(declined.id);
});
