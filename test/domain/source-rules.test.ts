// Nothing is recorded that the source does not say: names, roles and dates as printed, direct words as speech, and no
// fact before its time. What earlier rules accepted stays readable, and correctable field by field.
import { describe, expect, test } from 'vitest';
import { archiveArticle } from '../../domain/archive.ts';
import { commitBytes } from '../../events/envelope.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { give, requestOf, type Given } from '../support/desk-commands.ts';
import { desk, type Desk } from '../support/desk.ts';
import { event, uuid } from '../support/history.ts';
import { refusalFrom, refusedAt } from '../support/refusals.ts';

const TEXT =
  'GENEVA — Secretary Anna BECK met Сергеем Лавровым last Tuesday at the Hotel Métropole, on the margins of the Blinken-Lavrov talks. ' +
  '“Talks go on,” Beck said. “We meet in May,” she added, calling the deal “a good one”. They parted without a deal.\n\n' +
  'Beck: the end is near\n\nThe editors think that the plan is wise.';
const ARTICLE = {
  text: TEXT,
  title: 'Envoys meet at the lake',
  publisher: 'The Daily Ledger',
  byline: 'By Carla Dunn and Ed Frost',
  publishedOn: '2023-03-03',
  language: 'en',
};

interface Furnished {
  readonly at: Desk;
  readonly articleId: string;
}

async function furnished(more: object = {}): Promise<Furnished> {
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

const MET = 'Secretary Anna BECK met Сергеем Лавровым';
const meeting = ({ articleId }: Furnished, more: object = {}): Given => [
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
const statement = (at: Furnished, more: object = {}): Given => [
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
const opinion = (at: Furnished, more: object = {}): Given => [
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
const parties = (party: object) => ({ participants: [{ actor: 'actor-beck' }, party] });
const correction = (changes: object, evidence: object[] = []) => ({
  cause: 'coding-error',
  reason: 'misread',
  changes,
  evidence,
});

/** Appends an event as earlier rules let it be recorded. */
async function asBefore({ at }: Furnished, stream: string, before: NewEvent): Promise<void> {
  const header = { stream, revision: 1, time: '2023-03-04T00:00:00.000Z', recordedBy: 'tester' };
  await at.store.append({
    stream,
    revision: 1,
    events: commitBytes(header, [before], [`${stream}_${uuid(1)}`]),
  });
}

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
  ])('is taken: %s', async (_what, more) => {
    const here = await furnished();
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
  ])('is refused if no article prints it: %s', async (_what, more, pointer, value) => {
    const here = await furnished();
    const refusal = await refusedAt(here.at, () => give(here.at, meeting(here, more)));
    expect([refusal.code, refusal.details]).toEqual([
      'not-in-source',
      expect.objectContaining({ pointer, value }),
    ]);
    expect(refusal.message).toContain(value);
  });

  test('is refused with the nearest form of the source, ready to copy', async () => {
    const here = await furnished();
    const given = parties({ actor: 'actor-dunn', printed: 'Сергей Лавров' });
    const refusal = await refusalFrom(give(here.at, meeting(here, given)));
    expect(refusal.details).toMatchObject({ nearestForm: 'Сергеем Лавровым' });
    expect(
      await give(here.at, meeting(here, parties({ actor: 'actor-dunn', printed: 'Сергеем Лавровым' }))),
    ).toMatchObject({
      revision: 1,
    });
  });

  test('is refused without a nearest form if that would be refused, too', async () => {
    const here = await furnished({ text: `${TEXT} Then: “…” and no more.` });
    const refusal = await refusalFrom(give(here.at, meeting(here, { occasion: '“' })));
    expect([refusal.code, refusal.details]).toEqual(['not-in-source', { pointer: '/occasion', value: '“' }]);
  });

  test('is refused together with all others, and with passages that are not found', async () => {
    const here = await furnished();
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

  test('is not refused beside evidence that names no article of the archive', async () => {
    const here = await furnished();
    const evidence = [{ articleId: `article-${'00'.repeat(32)}`, exact: MET }];
    const given = { ...parties({ actor: 'actor-dunn', printed: 'Donald Duck' }), evidence };
    const refusal = await refusalFrom(give(here.at, meeting(here, given)));
    expect([refusal.code, refusal.details]).toEqual([
      'unknown-reference',
      expect.not.objectContaining({ others: expect.anything() }),
    ]);
  });

  test('can come from an appearance of the same text', async () => {
    const here = await furnished();
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

  test('keeps the evidence of the one article that prints it', async () => {
    const here = await furnished();
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
    const refusal = await refusedAt(here.at, () => give(here.at, withdraw({ ...evidence[1] })));
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
  ])('does not come from a title in brackets, and no passage does: %s', async (title) => {
    const here = await furnished({ title });
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

  test('is free in the title of a meeting and in a summary: these are the archive’s own words', async () => {
    const here = await furnished();
    expect(await give(here.at, meeting(here, { title: 'A quarrel of giants' }))).toMatchObject({
      revision: 1,
    });
    expect(await give(here.at, statement(here, { summary: 'There will be more.' }))).toMatchObject({
      revision: 1,
    });
  });
});

describe('a record that earlier rules accepted', () => {
  const old = ({ articleId }: Furnished): NewEvent =>
    event('MeetingHeld', {
      ...(meeting({ articleId } as Furnished)[3] as object),
      participants: [{ actor: 'actor-beck', printed: 'Donald Duck' }, { description: 'the King of France' }],
      outcome: 'They signed a peace treaty.',
      evidence: [{ articleId, exact: MET, start: 9, end: 9 + MET.length }],
    });

  test('is corrected in one field without its others being checked again', async () => {
    const here = await furnished();
    await asBefore(here, 'meeting-m', old(here));
    const correct = (changes: object): Given => ['meeting', 'corrections', 'meeting-m', correction(changes)];
    expect((await refusalFrom(give(here.at, correct({ occasion: 'a ball' })))).code).toBe('not-in-source');
    expect(await give(here.at, correct({ occasion: 'Blinken-Lavrov talks' }))).toMatchObject({ revision: 2 });
    const participants = [
      { actor: 'actor-beck', printed: 'Donald Duck' },
      { description: 'the King of France', capacity: 'Secretary' },
    ];
    expect(await give(here.at, correct({ participants }))).toMatchObject({ revision: 3 });
  });

  test('keeps direct words without marks until they are changed', async () => {
    const here = await furnished();
    const words = 'They parted without a deal';
    const start = TEXT.indexOf(words);
    await asBefore(
      here,
      'statement-s',
      event('StatementMade', {
        ...(statement(here)[3] as object),
        content: words,
        evidence: [{ articleId: here.articleId, exact: words, start, end: start + words.length }],
      }),
    );
    const correct = (changes: object): Given => [
      'statement',
      'corrections',
      'statement-s',
      correction(changes),
    ];
    expect(await give(here.at, correct({ act: 'answered' }))).toMatchObject({ revision: 2 });
    expect(await give(here.at, correct({ speakers: [{ description: 'The editors' }] }))).toMatchObject({
      revision: 3,
    });
    expect((await refusalFrom(give(here.at, correct({ content: 'without a deal' })))).code).toBe(
      'not-quoted',
    );
    expect(await give(here.at, correct({ form: 'indirect' }))).toMatchObject({ revision: 4 });
  });

  test('gives a retry its first answer, whatever the rules are now', async () => {
    const here = await furnished();
    const key = { key: 'editor\nPOST\n/statements\n1' };
    const given = statement(here);
    const first = await give(here.at, given, key);
    await give(here.at, ['article', 'withdrawals', here.articleId, { reason: 'printed without leave' }]);
    expect(await give(here.at, given, key)).toEqual({ ...first, replayed: true });
  });
});

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
      'of an author who is only described, as the byline names him',
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
  const direct = (here: Furnished, { evidence, setOff, ...more }: Record<string, unknown>): Given =>
    statement(here, {
      ...more,
      ...(evidence === undefined
        ? {}
        : { evidence: [{ articleId: here.articleId, exact: evidence, ...(setOff ? { setOff } : {}) }] }),
    });

  test.each(cases)('are taken: %s', async (_what, article, more) => {
    const here = await furnished(article);
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
  ])('are refused: %s', async (_what, more, piece) => {
    const here = await furnished();
    const refusal = await refusedAt(here.at, () => give(here.at, direct(here, more)));
    expect([refusal.code, refusal.details]).toEqual(['not-quoted', { field: 'content', piece }]);
  });

  test('of an opinion are taken outside of marks if its standing is the publisher’s', async () => {
    const here = await furnished();
    const given = (standing: string) =>
      opinion(here, { form: 'direct', standing, by: { description: 'The editors' } });
    expect((await refusalFrom(give(here.at, given('expert')))).code).toBe('not-quoted');
    expect(await give(here.at, given('publisher'))).toMatchObject({ revision: 1 });
  });

  test('are not the publisher’s because another actor is printed so', async () => {
    const here = await furnished();
    const given = direct(here, {
      speakers: [{ actor: 'actor-beck', printed: 'The Daily Ledger' }],
      content: 'the plan is wise',
      evidence: 'The editors think that the plan is wise',
    });
    expect((await refusalFrom(give(here.at, given))).code).toBe('not-quoted');
  });

  test('do not become speech by a passage that is given again, now set off', async () => {
    const here = await furnished();
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

  test('keep a passage that has them as speech', async () => {
    const here = await furnished({ text: `${TEXT}\n\nLater: Talks go on, people hoped.` });
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

  test('of the author are not handed to another speaker', async () => {
    const here = await furnished();
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
  const form = (here: Furnished, of: string, content: string, exact: string) =>
    statement(here, { form: of, content, evidence: [{ articleId: here.articleId, exact }] });

  test('are mixed if a piece of them is inside quotation marks', async () => {
    const here = await furnished();
    const words = 'calling the deal “a good one”';
    expect(await give(here.at, form(here, 'mixed', words, words))).toMatchObject({ revision: 1 });
  });

  test('are not mixed if no piece of them is', async () => {
    const here = await furnished();
    const words = 'They parted without a deal';
    const refusal = await refusalFrom(give(here.at, form(here, 'mixed', words, words)));
    expect([refusal.code, refusal.details]).toEqual(['not-quoted', { field: 'content' }]);
  });

  test('get a note if they are indirect and all inside marks, the same at each retry', async () => {
    const here = await furnished();
    const key = { key: 'editor\nPOST\n/statements\n2' };
    const given = form(here, 'indirect', 'Talks go on', '“Talks go on,” Beck said.');
    const first = await give(here.at, given, key);
    expect(first.notes).toEqual([expect.stringContaining('inside quotation marks')]);
    expect(await give(here.at, given, key)).toEqual({ ...first, replayed: true });
  });

  test('get no note if they are indirect and outside of marks', async () => {
    const here = await furnished();
    const words = 'They parted without a deal';
    expect(await give(here.at, form(here, 'indirect', words, words))).not.toHaveProperty('notes');
  });
});

describe('what has not been yet', () => {
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
  ])('is no date of a meeting held or a statement made: %s is taken: %s', async (date, isTaken) => {
    const here = await furnished();
    for (const given of [meeting(here, { heldOn: date }), statement(here, { madeOn: date })]) {
      if (isTaken) expect(await give(here.at, given)).toMatchObject({ revision: 1 });
      else expect((await refusedAt(here.at, () => give(here.at, given))).code).toBe('in-the-future');
    }
  });

  test('is today until the day has begun nowhere later: that of UTC+14 counts', async () => {
    const here = await furnished();
    const late = { ...here.at, clock: () => Date.UTC(2023, 2, 4, 10, 0) };
    const early = { ...here.at, clock: () => Date.UTC(2023, 2, 4, 9, 59) };
    const given = meeting(here, { heldOn: '2023-03-05' });
    expect((await refusalFrom(give(early, given))).code).toBe('in-the-future');
    expect(await give(late, given)).toMatchObject({ revision: 1 });
  });

  test('can be announced, postponed to, and be the date of an article', async () => {
    const here = await furnished({ publishedOn: '2030-01-01' });
    expect(await give(here.at, meeting(here, { heldOn: '2031-01-01', announced: true }))).toMatchObject({
      revision: 1,
    });
    const off = { postponedTo: '2032-01-01', evidence: [{ articleId: here.articleId, exact: MET }] };
    expect(await give(here.at, ['meeting', 'called-off', 'meeting-m', off])).toMatchObject({ revision: 2 });
  });

  test('is not held when its day has not come, whether the body names the day or not', async () => {
    const here = await furnished();
    const evidence = [{ articleId: here.articleId, exact: MET }];
    await give(here.at, meeting(here, { heldOn: '2031-01-01', announced: true }));
    const held = (more: object): Given => ['meeting', 'held', 'meeting-m', { evidence, ...more }];
    expect((await refusalFrom(give(here.at, held({})))).code).toBe('in-the-future');
    expect((await refusalFrom(give(here.at, held({ heldOn: '2031-01-02' })))).code).toBe('in-the-future');
    expect(await give(here.at, held({ heldOn: '2023-03-01' }))).toMatchObject({ revision: 2 });
  });

  test('is not what a correction makes of a meeting, a statement or an opinion', async () => {
    const here = await furnished();
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

  test('may be the date of an opinion, up to that of its article', async () => {
    const here = await furnished({ publishedOn: '2023-03-10' });
    expect((await refusalFrom(give(here.at, opinion(here, { publishedOn: '2023-03-11' })))).code).toBe(
      'in-the-future',
    );
    expect(await give(here.at, opinion(here, { publishedOn: '2023-03-10' }))).toMatchObject({ revision: 1 });
  });

  test('is said with what to do: an embargoed speech is a written statement', async () => {
    const here = await furnished();
    const refusal = await refusalFrom(give(here.at, statement(here, { madeOn: '2031' })));
    expect(refusal.message).toContain('written');
  });
});
