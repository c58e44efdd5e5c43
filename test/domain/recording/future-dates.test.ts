// Tests that records whose whole date is in the future are refused.
import { expect, test } from 'vitest';
import { give, type Given } from '../../support/archives/desk-commands.ts';
import { MET, meeting, statement, opinion, correction, deskWithArticle } from '../../support/envoys.ts';
import { refusalFrom, refusalWithoutTrace } from '../../support/refusals.ts';

// The desk's clock begins on 4 March 2023, UTC.
test.each<[string, boolean]>([
  ['2023-03-04', true],
  ['2023-03-05', false],
  ['2023-03', true],
  ['2023-03-01/2023-04-01', true],
  ['2023-04', false],
  ['2024', false],
  ['[..2030-01-01]', true],
  ['2023-03-04T00:04+00:00', true],
  ['2023-03-04T00:10+00:00', false],
  ['2023-03-04T12:00+14:00', true],
  ['2023-03-04T00:10+00:00/2023-03-05', false],
  ['2023-03-04T00:10+00:00?', false],
  ['2023-03-04T00:10+00:00~', false],
  ['[2023-03-04T00:10+00:00,2023-03-04T00:20+00:00]', false],
  ['[2023-03-03T00:10+00:00,2023-03-04T00:20+00:00]', true],
  ['[..2023-03-04T00:10+00:00]', true],
  ['-0044-03-15T12:00+00:00', true],
])('%s as the date of a meeting held or a statement made is accepted: %s', async (date, isTaken) => {
  const here = await deskWithArticle();
  for (const given of [meeting(here, { heldOn: date }), statement(here, { madeOn: date })]) {
    if (isTaken) expect(await give(here.at, given)).toMatchObject({ revision: 1 });
    else expect((await refusalWithoutTrace(here.at, () => give(here.at, given))).code).toBe('in-the-future');
  }
});

test('today is the day in UTC+14, where each day begins first', async () => {
  const here = await deskWithArticle();
  const late = { ...here.at, clock: () => Date.UTC(2023, 2, 4, 10, 0) };
  const early = { ...here.at, clock: () => Date.UTC(2023, 2, 4, 9, 59) };
  const given = meeting(here, { heldOn: '2023-03-05' });
  expect((await refusalFrom(give(early, given))).code).toBe('in-the-future');
  expect(await give(late, given)).toMatchObject({ revision: 1 });
});

test('a future date is accepted for an announced meeting, a postponed meeting and an article', async () => {
  const here = await deskWithArticle({ publishedOn: '2030-01-01' });
  expect(await give(here.at, meeting(here, { heldOn: '2031-01-01', announced: true }))).toMatchObject({
    revision: 1,
  });
  const off = { postponedTo: '2032-01-01', evidence: [{ articleId: here.articleId, exact: MET }] };
  expect(await give(here.at, ['meeting', 'called-off', 'meeting-m', off])).toMatchObject({ revision: 2 });
});

test('a meeting in the future is not recorded as held, whether or not the body repeats the date', async () => {
  const here = await deskWithArticle();
  const evidence = [{ articleId: here.articleId, exact: MET }];
  await give(here.at, meeting(here, { heldOn: '2031-01-01', announced: true }));
  const held = (more: object): Given => ['meeting', 'held', 'meeting-m', { evidence, ...more }];
  expect((await refusalFrom(give(here.at, held({})))).code).toBe('in-the-future');
  expect((await refusalFrom(give(here.at, held({ heldOn: '2031-01-02' })))).code).toBe('in-the-future');
  expect(await give(here.at, held({ heldOn: '2023-03-01' }))).toMatchObject({ revision: 2 });
});

test('a correction cannot move a meeting held, a statement or an opinion into the future', async () => {
  const here = await deskWithArticle();
  await give(here.at, meeting(here));
  await give(here.at, statement(here));
  await give(here.at, opinion(here));
  for (const [kind, changes] of [
    ['meeting', { heldOn: '2031' }],
    ['statement', { madeOn: '2031' }],
    ['opinion', { publishedOn: '2031' }],
  ] as const) {
    const id = { meeting: 'meeting-m', statement: 'statement-s', opinion: 'opinion-o' }[kind];
    const refusal = await refusalFrom(give(here.at, [kind, 'corrections', id, correction(changes)]));
    expect(refusal.code).toBe('in-the-future');
  }
});

test('the date of an opinion may be in the future up to the date of its article', async () => {
  const here = await deskWithArticle({ publishedOn: '2023-03-10' });
  expect((await refusalFrom(give(here.at, opinion(here, { publishedOn: '2023-03-11' })))).code).toBe(
    'in-the-future',
  );
  expect(await give(here.at, opinion(here, { publishedOn: '2023-03-10' }))).toMatchObject({ revision: 1 });
});

test('the refusal of a future statement says that an embargoed speech is a written statement', async () => {
  const here = await deskWithArticle();
  const refusal = await refusalFrom(give(here.at, statement(here, { madeOn: '2031' })));
  expect(refusal.message).toContain('written');
});
