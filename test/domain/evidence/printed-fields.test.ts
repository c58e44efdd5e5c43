// A field that claims to come from the source is printed there.
import { describe, expect, test } from 'vitest';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { give, requestOf, type Given } from '../../support/archives/desk-commands.ts';
import { ARTICLE, TEXT, MET, meeting, statement, parties, deskWithArticle } from '../../support/envoys.ts';
import { refusalFrom, refusalWithoutTrace } from '../../support/refusals.ts';

describe('a field that claims to come from the source', () => {
  test.each<[string, object]>([
    ['a name as the text prints it', parties({ actor: 'actor-dunn', printed: 'Carla Dunn' })],
    ['a name in another case', parties({ actor: 'actor-dunn', printed: 'Anna Beck' })],
    ['a name in the form of its sentence', parties({ description: 'Сергеем Лавровым' })],
    ['a name that is part of a compound', parties({ description: 'Lavrov' })],
    ['a role', parties({ actor: 'actor-dunn', capacity: 'Secretary' })],
    ['a name in the byline', parties({ actor: 'actor-dunn', printed: 'Ed Frost' })],
    ['the publisher', parties({ description: 'the Daily Ledger' })],
    ['words of the title', { occasion: 'Envoys meet at the lake' }],
    ['a date as printed', { datePrinted: 'last Tuesday' }],
    ['a place without its accent composed', { place: { printed: 'Hotel Me\u0301tropole', country: 'CH' } }],
    ['an outcome with its full stop', { outcome: 'They parted without a deal.' }],
    ['an outcome that begins with a capital', { outcome: 'Without a deal' }],
    ['an outcome that leaves words out', { outcome: 'They … without a deal' }],
    ['an outcome with words added', { outcome: 'They [Beck and Lavrov] parted' }],
    ['what is all the archivist’s', { outcome: '[nothing was signed]', occasion: '[a private visit]' }],
    ['what is all in several brackets', { outcome: '[nothing], [not even a deal].' }],
    ['quotation marks of its own', { occasion: '“Blinken-Lavrov talks”' }],
  ])('a field that its source prints is accepted: %s', async (_what, more) => {
    const here = await deskWithArticle();
    expect(await give(here.at, meeting(here, more))).toMatchObject({ revision: 1 });
  });

  test.each<[string, object, string, string]>([
    [
      'printed',
      parties({ actor: 'actor-dunn', printed: 'Donald Duck' }),
      '/participants/1/printed',
      'Donald Duck',
    ],
    [
      'description',
      parties({ description: 'the King of France' }),
      '/participants/1/description',
      'the King of France',
    ],
    ['capacity', parties({ actor: 'actor-dunn', capacity: 'Queen' }), '/participants/1/capacity', 'Queen'],
    ['datePrinted', { datePrinted: 'last Friday' }, '/datePrinted', 'last Friday'],
    ['place.printed', { place: { printed: 'Paris' } }, '/place/printed', 'Paris'],
    ['occasion', { occasion: 'a state visit' }, '/occasion', 'a state visit'],
    ['outcome', { outcome: 'They signed a peace treaty.' }, '/outcome', 'They signed a peace treaty.'],
    [
      'attributedBy',
      { certainty: 'attributed', attributedBy: [{ description: 'a palace aide' }] },
      '/attributedBy/0/description',
      'a palace aide',
    ],
    [
      'an outcome only partly in brackets',
      { outcome: '[They] signed a treaty' },
      '/outcome',
      '[They] signed a treaty',
    ],
    ['a part of a word', { place: { printed: 'Gen' } }, '/place/printed', 'Gen'],
    ['brackets with nothing in them', { occasion: '[ … ]' }, '/occasion', '[ … ]'],
    ['a bracket that is not closed', { occasion: '[a state visit' }, '/occasion', '[a state visit'],
  ])('a field is refused if no article prints it: %s', async (_what, more, pointer, value) => {
    const here = await deskWithArticle();
    const refusal = await refusalWithoutTrace(here.at, () => give(here.at, meeting(here, more)));
    expect([refusal.code, refusal.details]).toEqual([
      'not-in-source',
      expect.objectContaining({ pointer, value }),
    ]);
    expect(refusal.message).toContain(value);
  });

  test('a field is refused with the nearest form of the source, ready to copy', async () => {
    const here = await deskWithArticle();
    const given = parties({ actor: 'actor-dunn', printed: 'Сергей Лавров' });
    const refusal = await refusalFrom(give(here.at, meeting(here, given)));
    expect(refusal.details).toMatchObject({ nearestForm: 'Сергеем Лавровым' });
    expect(
      await give(here.at, meeting(here, parties({ actor: 'actor-dunn', printed: 'Сергеем Лавровым' }))),
    ).toMatchObject({
      revision: 1,
    });
  });

  test('a field is refused without a nearest form if that would be refused, too', async () => {
    const here = await deskWithArticle({ text: `${TEXT} Then: “…” and no more.` });
    const refusal = await refusalFrom(give(here.at, meeting(here, { occasion: '“' })));
    expect([refusal.code, refusal.details]).toEqual(['not-in-source', { pointer: '/occasion', value: '“' }]);
  });

  test('a field is refused together with all other fields, and with passages that are not found', async () => {
    const here = await deskWithArticle();
    const refusal = await refusalFrom(
      give(
        here.at,
        meeting(here, {
          ...parties({ actor: 'actor-dunn', printed: 'Donald Duck' }),
          outcome: 'They signed a peace treaty.',
          evidence: [{ articleId: here.articleId, exact: 'Secretary Anna BECK left' }],
        }),
      ),
    );
    const { others } = refusal.details as { others: { code: string }[] };
    expect([refusal.code, ...others.map(({ code }) => code)]).toEqual([
      'passage-not-found',
      'not-in-source',
      'not-in-source',
    ]);
  });

  test('a field is not refused beside evidence that names no article of the archive', async () => {
    const here = await deskWithArticle();
    const evidence = [{ articleId: `article-${'00'.repeat(32)}`, exact: MET }];
    const given = { ...parties({ actor: 'actor-dunn', printed: 'Donald Duck' }), evidence };
    const refusal = await refusalFrom(give(here.at, meeting(here, given)));
    expect([refusal.code, refusal.details]).toEqual([
      'unknown-reference',
      expect.not.objectContaining({ others: expect.anything() }),
    ]);
  });

  test('a field can come from an appearance of the same text', async () => {
    const here = await deskWithArticle();
    const given = parties({ actor: 'actor-dunn', printed: 'Grace Hall' });
    expect((await refusalFrom(give(here.at, meeting(here, given)))).code).toBe('not-in-source');
    await give(here.at, [
      'article',
      'appearances',
      here.articleId,
      { publisher: 'Other', byline: 'Grace Hall' },
    ]);
    expect(await give(here.at, meeting(here, given))).toMatchObject({ revision: 1 });
  });

  test('the evidence of the only article that prints a field cannot be withdrawn', async () => {
    const here = await deskWithArticle();
    const text = 'In another place: Beck met Grace Hall.';
    const other = { ...ARTICLE, text, title: 'Elsewhere' };
    const { stream: articleId } = await archiveArticle(here.at, other, requestOf(other));
    const evidence = [
      { articleId: here.articleId, exact: MET },
      { articleId, exact: 'Beck met Grace Hall' },
    ];
    await give(here.at, meeting(here, { ...parties({ description: 'Grace Hall' }), evidence }));
    const withdraw = (piece: object): Given => [
      'meeting',
      'evidence/withdrawals',
      'meeting-m',
      { ...piece, reason: 'misread' },
    ];
    const refusal = await refusalWithoutTrace(here.at, () => give(here.at, withdraw({ ...evidence[1] })));
    expect([refusal.code, refusal.details]).toEqual([
      'not-in-source',
      expect.objectContaining({ pointer: '/participants/1/description', value: 'Grace Hall' }),
    ]);
    expect(await give(here.at, withdraw({ ...evidence[0] }))).toMatchObject({ revision: 2 });
  });

  test.each([
    '[Envoys at the lake]',
    '[Envoys at the lake].',
    '[Envoys] [at the lake]',
    '[Envoys [all of them] at the lake]',
  ])('a field does not come from a title in brackets, and no passage does: %s', async (title) => {
    const here = await deskWithArticle({ title });
    const given = meeting(here, { occasion: 'Envoys at the lake' });
    expect((await refusalFrom(give(here.at, given))).code).toBe('not-in-source');
    const inTitle = meeting(here, {
      evidence: [{ articleId: here.articleId, exact: 'Envoys', in: 'title' }],
    });
    const refusal = await refusalFrom(give(here.at, inTitle));
    expect([refusal.code, refusal.message]).toEqual([
      'passage-not-found',
      expect.stringContaining('brackets'),
    ]);
  });

  test('the title of a meeting and a summary need not be printed, because they are the archive’s own words', async () => {
    const here = await deskWithArticle();
    expect(await give(here.at, meeting(here, { title: 'A quarrel of giants' }))).toMatchObject({
      revision: 1,
    });
    expect(await give(here.at, statement(here, { summary: 'There will be more.' }))).toMatchObject({
      revision: 1,
    });
  });
});
