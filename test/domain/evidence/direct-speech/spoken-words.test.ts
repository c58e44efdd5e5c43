// Direct and mixed words are speech in the article; indirect words inside quotation marks get a note.
import { describe, expect, test } from 'vitest';
import { give, type Given } from '../../../support/archives/desk-commands.ts';
import {
  TEXT,
  statement,
  opinion,
  correction,
  deskWithArticle,
  type DeskWithArticle,
} from '../../../support/envoys.ts';
import { refusalFrom, refusalWithoutTrace } from '../../../support/refusals.ts';

describe('direct words', () => {
  const cases: [string, object, object][] = [
    ['inside quotation marks', {}, {}],
    [
      'in two quotations with an omission',
      {},
      {
        content: 'Talks go on … We meet in May',
        evidence: '“Talks go on,” Beck said. “We meet in May,” she added',
      },
    ],
    ['of a passage that leaves the marks out', {}, { evidence: 'Talks go on' }],
    [
      'in a transcript',
      { genre: 'transcript' },
      { content: 'They parted without a deal', evidence: 'They parted without a deal' },
    ],
    [
      'in a document',
      { genre: 'document' },
      { content: 'They parted without a deal', evidence: 'They parted without a deal' },
    ],
    [
      'of the publisher',
      {},
      {
        speakers: [{ actor: 'actor-ledger' }],
        content: 'the plan is wise',
        evidence: 'The editors think that the plan is wise',
      },
    ],
    [
      'of an author in the byline',
      {},
      {
        speakers: [{ actor: 'actor-dunn' }],
        content: 'the plan is wise',
        evidence: 'The editors think that the plan is wise',
      },
    ],
    [
      'of an author who is only described, by the name in the byline',
      {},
      {
        speakers: [{ description: 'Ed Frost' }],
        content: 'the plan is wise',
        evidence: 'The editors think that the plan is wise',
      },
    ],
    ...['post', 'block', 'list', 'headline'].map((setOff): [string, object, object] => [
      `set off as a ${setOff}`,
      {},
      { content: 'the end is near', evidence: 'Beck: the end is near', setOff },
    ]),
  ];
  const direct = (here: DeskWithArticle, { evidence, setOff, ...more }: Record<string, unknown>): Given =>
    statement(here, {
      ...more,
      ...(evidence === undefined
        ? {}
        : { evidence: [{ articleId: here.articleId, exact: evidence, ...(setOff ? { setOff } : {}) }] }),
    });

  test.each(cases)('direct words are accepted: %s', async (_what, article, more) => {
    const here = await deskWithArticle(article);
    expect(await give(here.at, direct(here, more as Record<string, unknown>))).toMatchObject({ revision: 1 });
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'outside of marks',
      { content: 'They parted without a deal', evidence: 'They parted without a deal.' },
      'They parted without a deal',
    ],
    [
      'of which one piece is outside',
      {
        content: 'Talks go on … Beck said',
        evidence: '“Talks go on,” Beck said.',
      },
      'Beck said',
    ],
    [
      'over two quotations',
      { content: 'Talks go on,” Beck said. “We meet', evidence: '“Talks go on,” Beck said. “We meet in May' },
      'Talks go on,” Beck said. “We meet',
    ],
    [
      'of another than the byline names',
      { content: 'the plan is wise', evidence: 'The editors think that the plan is wise' },
      'the plan is wise',
    ],
    [
      'of two speakers, one of them not in the byline',
      {
        speakers: [{ actor: 'actor-dunn' }, { actor: 'actor-beck' }],
        content: 'the plan is wise',
        evidence: 'The editors think that the plan is wise',
      },
      'the plan is wise',
    ],
    [
      'in a headline that does not say so',
      { content: 'the end is near', evidence: 'Beck: the end is near' },
      'the end is near',
    ],
  ])('direct words are refused: %s', async (_what, more, piece) => {
    const here = await deskWithArticle();
    const refusal = await refusalWithoutTrace(here.at, () => give(here.at, direct(here, more)));
    expect([refusal.code, refusal.details]).toEqual(['not-quoted', { field: 'content', piece }]);
  });

  test('direct words of an opinion are accepted outside of quotation marks if its standing is the publisher’s', async () => {
    const here = await deskWithArticle();
    const given = (standing: string) =>
      opinion(here, { form: 'direct', standing, by: { description: 'The editors' } });
    expect((await refusalFrom(give(here.at, given('expert')))).code).toBe('not-quoted');
    expect(await give(here.at, given('publisher'))).toMatchObject({ revision: 1 });
  });

  test('direct words are not the publisher’s if another actor is printed with its name', async () => {
    const here = await deskWithArticle();
    const given = direct(here, {
      speakers: [{ actor: 'actor-beck', printed: 'The Daily Ledger' }],
      content: 'the plan is wise',
      evidence: 'The editors think that the plan is wise',
    });
    expect((await refusalFrom(give(here.at, given))).code).toBe('not-quoted');
  });

  test('direct words do not become speech if a passage is added again as set off', async () => {
    const here = await deskWithArticle();
    const words = { articleId: here.articleId, exact: 'Beck: the end is near' };
    await give(here.at, statement(here, { form: 'indirect', content: 'the end is near', evidence: [words] }));
    const more = (setOff: object): Given => [
      'statement',
      'evidence',
      'statement-s',
      { evidence: [{ ...words, ...setOff }] },
    ];
    expect(await give(here.at, more({}))).toMatchObject({ events: [] });
    const refusal = await refusalFrom(give(here.at, more({ setOff: 'headline' })));
    expect([refusal.code, refusal.message]).toEqual([
      'not-possible-now',
      expect.stringContaining('set off as nothing'),
    ]);
  });

  test('the only passage that has direct words as speech cannot be withdrawn', async () => {
    const here = await deskWithArticle({ text: `${TEXT}\n\nLater: Talks go on, people hoped.` });
    const { at, articleId } = here;
    await give(at, statement(here));
    const plain = { articleId, exact: 'Later: Talks go on' };
    await give(at, ['statement', 'evidence', 'statement-s', { evidence: [plain] }]);
    const withdrawal = { articleId, exact: '“Talks go on,” Beck said.', reason: 'x' };
    const refusal = await refusalFrom(
      give(at, ['statement', 'evidence/withdrawals', 'statement-s', withdrawal]),
    );
    expect(refusal.code).toBe('not-quoted');
  });

  test('direct words of the author are not attributed to another speaker', async () => {
    const here = await deskWithArticle();
    await give(
      here.at,
      direct(here, {
        speakers: [{ actor: 'actor-dunn' }],
        content: 'the plan is wise',
        evidence: 'The editors think that the plan is wise',
      }),
    );
    const speakers = { speakers: [{ actor: 'actor-beck' }] };
    const refusal = await refusalFrom(
      give(here.at, ['statement', 'corrections', 'statement-s', correction(speakers)]),
    );
    expect(refusal.code).toBe('not-quoted');
  });
});

describe('mixed and indirect words', () => {
  const form = (here: DeskWithArticle, of: string, content: string, exact: string) =>
    statement(here, { form: of, content, evidence: [{ articleId: here.articleId, exact }] });

  test('words are mixed if a piece of them is inside quotation marks', async () => {
    const here = await deskWithArticle();
    const words = 'calling the deal “a good one”';
    expect(await give(here.at, form(here, 'mixed', words, words))).toMatchObject({ revision: 1 });
  });

  test('words are not mixed if no piece of them is inside quotation marks', async () => {
    const here = await deskWithArticle();
    const words = 'They parted without a deal';
    const refusal = await refusalFrom(give(here.at, form(here, 'mixed', words, words)));
    expect([refusal.code, refusal.details]).toEqual(['not-quoted', { field: 'content' }]);
  });

  test('indirect words that are all inside quotation marks get a note, the same at each retry', async () => {
    const here = await deskWithArticle();
    const key = { key: 'editor\nPOST\n/statements\n2' };
    const given = form(here, 'indirect', 'Talks go on', '“Talks go on,” Beck said.');
    const first = await give(here.at, given, key);
    expect(first.notes).toEqual([expect.stringContaining('inside quotation marks')]);
    expect(await give(here.at, given, key)).toEqual({ ...first, replayed: true });
  });

  test('indirect words outside of quotation marks get no note', async () => {
    const here = await deskWithArticle();
    const words = 'They parted without a deal';
    expect(await give(here.at, form(here, 'indirect', words, words))).not.toHaveProperty('notes');
  });
});
