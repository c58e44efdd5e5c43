// Tests the verification of an archive with its log: invalid events, articles, passages and contents.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../adapters/node/ids.ts';
import { verifyArchive } from '../../../../domain/log/verify/verify-archive.ts';
import { entriesIn } from '../../../../domain/log/verify/entry-reader.ts';
import { contents } from '../../../../domain/log/verify/check-contents.ts';
import { parseEntry } from '../../../../domain/log/verify/parse-entry.ts';
import { collectFaults } from '../../../../domain/log/verify/faults.ts';
import { checkHistories } from '../../../../domain/log/verify/check-histories.ts';
import { parseVkey } from '../../../../events/log/keys.ts';
import { event } from '../../../support/archives/written-history.ts';
import {
  archived,
  corrected,
  entriesOf,
  idOf,
  made,
  piece,
  verifyEntries,
} from '../../../support/logs/quoting-log.ts';
import { actorEvents, entryOf, logKeys, signedLog } from '../../../support/logs/signed-log.ts';
import {
  openTestArchive,
  opinionBody,
  seed,
  statementBody,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

const text =
  'The minister said “no” to the offer. 🕊️ Talks “went on — late”, said Anna. Peace is near. Peace is near.';

async function verifyRunning({ embedded: { archive }, settled }: TestArchive) {
  await settled();
  const identity = await archive.log.get('vkey');
  return verifyArchive(async (path) => (await archive.log.get(path))?.bytes, {
    verifiers: [
      parseVkey(
        Buffer.from(identity?.bytes ?? [])
          .toString()
          .trim(),
      ),
    ],
    evidence: { sha256, readArticle: async (id) => (await archive.articles.get(id.slice(8)))?.bytes },
  });
}

test('an archive with passages of every kind, corrections and withdrawals verifies', async () => {
  const archive = await openTestArchive();
  const seeded = await seed(archive);
  const own = { articleId: seeded.article };
  await archive.post('/opinions', opinionBody(seeded));
  const { id } = (
    await archive.post('/statements', {
      ...statementBody(seeded),
      speakers: [{ actor: seeded.anna }],
      form: 'indirect',
      content: 'Cafe\u0301 🕊️ talks went on',
      original: {
        content: 'peace is near',
        language: 'en',
        evidence: { ...own, exact: 'peace is near', prefix: 'Some say: ', suffix: '.' },
      },
      evidence: [
        { ...own, exact: 'Café 🕊️ talks went on.' },
        { ...own, exact: 'Two ministers <i>meet</i>', in: 'title' },
      ],
    })
  ).body;
  for (const [path, body] of [
    [`/articles/${seeded.article}/corrections`, { reason: 'misprint', changes: { title: 'Ministers meet' } }],
    [`/statements/${id}/evidence`, { evidence: [{ ...own, exact: 'Ministers meet', in: 'title' }] }],
    [
      `/statements/${id}/corrections`,
      {
        cause: 'coding-error',
        reason: 'too short',
        changes: { content: 'The two ministers met in Delhi on Thursday.' },
        evidence: [{ ...own, exact: 'The two ministers met in Delhi on Thursday.' }],
      },
    ],
    [
      `/statements/${id}/evidence/withdrawals`,
      { ...own, exact: 'Café 🕊️ talks went on.', reason: 'not needed' },
    ],
  ] as const)
    expect((await archive.post(path, body)).status, path).toBe(201);
  const { findings, evidence } = await verifyRunning(archive);
  expect(findings).toEqual([]);
  expect(evidence).toEqual({
    articles: { checked: 1, withdrawn: 0, withdrawnWithoutBytes: 0, passages: 8, passagesNotChecked: 0 },
    // The contents of two statements, an opinion and an original, and of two changed statements with their originals.
    contents: { checked: 8, earlierRules: 0 },
    records: { checked: 7, earlierRules: 0, notChecked: 0 },
  });
  await archive.close();
});

const entries = entriesOf([
  [idOf(text), archived(text)],
  ['statement-a', made([piece(text, '“no” to the offer')])],
  ['statement-b', made([piece(text, 'went on — late”', { prefix: 'Talks “', suffix: ', said' })])],
]);

test('a changed code point is reported with the event that archived the article and with each event that quotes it', async () => {
  const points = Array.from(text);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: points.length - 1 }),
      fc.constantFrom('x', 'é', ' ', '🦉', '', 'ab'),
      async (at, other) => {
        fc.pre(points[at] !== other);
        const altered = Buffer.from(points.with(at, other).join(''));
        const { findings } = await verifyEntries(entries, async () => altered);
        expect(findings[0]).toMatchObject({
          position: 0,
          path: `articles/${sha256(Buffer.from(text))}`,
          what: expect.stringMatching(/^event article-[0-9a-f]{64}_1: its bytes were altered/),
        });
        const named = findings.map(({ position }) => position);
        const quoted = ['“no” to the offer', 'Talks “went on — late”, said'].map((exact) => {
          const { start, end } = piece(text, exact);
          return at >= start && at < end;
        });
        if (quoted[0]) expect(named).toContain(1);
        if (quoted[1]) expect(named).toContain(2);
      },
    ),
    { numRuns: 200 },
  );
});

test('altered bytes that are not UTF-8 are reported, and their passages are counted as not checked', async () => {
  const { findings, evidence } = await verifyEntries(entries, async () => Buffer.from([0xff, 0xfe]));
  expect(findings.map(({ position }) => position)).toEqual([0]);
  expect(evidence?.articles).toMatchObject({ checked: 1, passages: 0, passagesNotChecked: 2 });
});

describe('articles that cannot be read', () => {
  const withdrawn = 'A text that must go.';
  const entries = entriesOf([
    [idOf(text), archived(text)],
    [idOf(withdrawn), archived(withdrawn)],
    ['statement-a', made([piece(text, 'Talks')])],
    [
      'statement-b',
      made([
        piece(withdrawn, 'A text'),
        piece('Talks', 'Talks', { articleId: idOf(withdrawn), in: 'title' }),
      ]),
    ],
    [idOf(withdrawn), event('ArticleWithdrawn', { reason: 'court order' })],
  ]);

  test('missing bytes of an article are reported with the event that archived it', async () => {
    const { findings, evidence } = await verifyEntries(entries, [withdrawn]);
    expect(findings).toMatchObject([{ position: 0, what: expect.stringContaining('its bytes are missing') }]);
    expect(evidence?.articles).toEqual({
      checked: 0,
      withdrawn: 1,
      withdrawnWithoutBytes: 0,
      passages: 2,
      passagesNotChecked: 1,
    });
  });

  test('withdrawn articles are counted separately, with their unchecked passages', async () => {
    const { findings, evidence } = await verifyEntries(entries, [text]);
    expect(findings).toEqual([]);
    expect(evidence?.articles).toEqual({
      checked: 1,
      withdrawn: 1,
      withdrawnWithoutBytes: 1,
      passages: 2,
      passagesNotChecked: 1,
    });
  });

  test('an article counts as withdrawn if the archive answers so, even if the log does not say so yet', async () => {
    const { faults, evidence } = await verifyEntries(entries, async () => 'withdrawn');
    expect([faults, evidence?.articles.withdrawn]).toEqual([0, 2]);
  });

  test('an article is reported if the archive answers that its bytes are damaged', async () => {
    const { findings } = await verifyEntries(entries, async () => 'damaged');
    expect(findings).toMatchObject([{ position: 0, what: expect.stringContaining('damaged') }]);
  });

  test('altered bytes of a withdrawn article are reported', async () => {
    const { findings } = await verifyEntries(entries, async (id) =>
      Buffer.from(id === idOf(text) ? text : 'Forged.'),
    );
    expect(findings[0]).toMatchObject({ position: 1, what: expect.stringContaining('were altered') });
  });

  test('titles and contents are checked even if the articles are not available', async () => {
    const { faults, evidence } = await verifyEntries(entries, undefined);
    expect(faults).toBe(0);
    expect(evidence).toMatchObject({
      articles: { checked: 0, passages: 1, passagesNotChecked: 2 },
      contents: { checked: 2 },
    });
  });
});

describe('passages', () => {
  const faultsOf = async (...evidence: ReturnType<typeof piece>[]) => {
    const entries = entriesOf([
      [idOf(text), archived(text)],
      ['statement-a', made(evidence)],
    ]);
    return (await verifyEntries(entries, [text])).findings;
  };
  const right = piece(text, 'Talks “went on');

  test('a passage that is recorded as printed, with its context, is not a fault', async () => {
    expect(await faultsOf(right, { ...right, prefix: '🕊️ ', suffix: ' — late' })).toEqual([]);
  });

  test.each([
    ['another place', { start: right.start - 1, end: right.end - 1 }],
    ['another length', { end: right.end + 1 }],
    ['other typography', { exact: 'Talks "went on' }],
    ['another prefix', { prefix: 'the ' }],
    ['another suffix', { suffix: ' —  late' }],
    ['a place beyond the text', { start: 5_000, end: 5_014 }],
    ['a place beyond what a number can hold', { start: 2 ** 40, end: 2 ** 40 + 14 }],
    ['the title instead of the text', { in: 'title' as const }],
  ])('a passage that is recorded with %s is reported with its position, event and words', async (_, over) => {
    const wrong = { ...right, ...over };
    expect(await faultsOf(right, wrong)).toEqual([
      {
        position: 1,
        what: expect.stringMatching(/^event statement-a_1: \/evidence\/1: at .* does not have: Talks/),
      },
    ]);
  });

  test('a passage of an article that no event archives is reported', async () => {
    const [finding] = await faultsOf(right, { ...right, articleId: 'article-unknown' });
    expect(finding).toEqual({
      position: 1,
      what: 'event statement-a_1: /evidence/1: no event archives article-unknown',
    });
  });

  test("a passage of an article whose event is not in the log yet is found in the article's bytes", async () => {
    const title = piece('Talks', 'Talks', { articleId: idOf(text), in: 'title' });
    const entries = entriesOf([['statement-a', made([right, title])]]);
    const { faults, evidence } = await verifyEntries(entries, [text]);
    expect([faults, evidence?.articles]).toMatchObject([
      0,
      { checked: 0, passages: 1, passagesNotChecked: 1 },
    ]);
    const other = await verifyEntries(entries, async () => Buffer.from('Another text.'));
    expect(other.evidence?.articles.passagesNotChecked).toBe(2);
    expect((await verifyEntries(entries, [])).findings).toMatchObject([
      { position: 0, what: `event statement-a_1: /evidence/0: no event archives ${idOf(text)}` },
      { position: 0, what: `event statement-a_1: /evidence/1: no event archives ${idOf(text)}` },
    ]);
  });

  test("a passage of an article whose event was altered is found in the article's bytes, or counted as not checked", async () => {
    const entries = entriesOf([
      [idOf(text), archived(text)],
      ['statement-a', made([right])],
    ]);
    const files = await signedLog(entries);
    const path = 'tile/entries/000.p/2';
    const forged = Buffer.from(files.get(path) ?? [])
      .toString('latin1')
      .replace('The Daily', 'The Dally');
    files.set(path, Buffer.from(forged, 'latin1'));
    for (const [bytes, passagesNotChecked] of [
      [Buffer.from(text), 0],
      [undefined, 1],
    ] as const) {
      const { findings, evidence } = await verifyArchive(async (name) => files.get(name), {
        verifiers: logKeys,
        evidence: { sha256, readArticle: async () => bytes },
      });
      expect(findings).toMatchObject([{ position: 0, path }]);
      expect(evidence?.articles.passagesNotChecked).toBe(passagesNotChecked);
    }
  });

  test('a passage is found even if its article was archived later in the log', async () => {
    const entries = entriesOf([
      ['statement-a', made([right])],
      [idOf(text), archived(text)],
    ]);
    const { faults, evidence } = await verifyEntries(entries, [text]);
    expect([faults, evidence?.articles.passages]).toEqual([0, 1]);
  });

  test('a passage of a title is found in every title that the article has had', async () => {
    const titled = (title: string, exact: string) =>
      made([piece(title, exact, { articleId: idOf(text), in: 'title' })]);
    const entries = entriesOf([
      [idOf(text), archived(text, { title: 'Talks at night' })],
      ['statement-a', titled('Talks at night', 'at night')],
      [idOf(text), event('ArticleCorrected', { reason: 'misprint', changes: { title: 'No talks' } })],
      ['statement-b', titled('No talks', 'talks')],
      ['statement-c', titled('Some talks', 'talks')],
    ]);
    const { findings } = await verifyEntries(entries, [text]);
    expect(findings).toMatchObject([
      { position: 4, what: expect.stringContaining(`a title of ${idOf(text)} does not have: talks`) },
    ]);
  });

  test('thousands of passages of many articles are found in any order', async () => {
    const texts = Array.from(
      { length: 40 },
      (_, n) => `Text ${n} has words, and some more words of its own.`,
    );
    const events = Array.from({ length: 3_000 }, (_, n): [string, ReturnType<typeof made>] => {
      const own = texts[(n * 7) % 40] ?? '';
      return [`statement-${n}`, made([piece(own, 'has words'), piece(own, 'more words of its own')])];
    });
    const [first, second] = [events.slice(0, 1_500), events.slice(1_500)];
    const articles = texts.map((each): [string, ReturnType<typeof made>] => [idOf(each), archived(each)]);
    const entries = entriesOf([...first, ...articles, ...second]);
    const { faults, evidence } = await verifyEntries(entries, texts);
    expect([faults, evidence?.articles]).toEqual([
      0,
      { checked: 40, withdrawn: 0, withdrawnWithoutBytes: 0, passages: 6_000, passagesNotChecked: 0 },
    ]);
    const altered = await verifyEntries(entries, async (id) => {
      const own = texts.find((each) => idOf(each) === id) ?? '';
      return Buffer.from(id === idOf(texts[7] ?? '') ? own.replace('some more', 'some moke') : own);
    });
    // One passage of each of the 75 statements that quote text 7, and the article itself.
    expect([altered.faults, altered.findings.length]).toEqual([76, 76]);
  });
});

test.each([
  ['bytes', { bytes: 7 }],
  ['characters', { characters: 7 }],
])('an article whose event records a wrong number of %s is reported', async (_, over) => {
  const entries = entriesOf([[idOf(text), archived(text, over)]]);
  const { findings } = await verifyEntries(entries, [text]);
  expect(findings).toMatchObject([{ position: 0, what: expect.stringContaining('the event records') }]);
});

test('an article whose id is not its digest is reported', async () => {
  const entries = entriesOf([['article-of-mine', archived(text)]]);
  const { findings } = await verifyEntries(entries, [text]);
  expect(findings).toMatchObject([
    {
      position: 0,
      what: expect.stringContaining('the id article-of-mine does not contain the digest of the text'),
    },
  ]);
});

describe('contents', () => {
  const no = piece(text, 'The minister said “no” to the offer.');
  const near = piece(text, 'Peace is near.');
  const verdictOf = (...events: readonly ReturnType<typeof made>[]) =>
    verifyEntries(
      entriesOf([[idOf(text), archived(text)], ...events.map((each) => ['statement-a', each] as const)]),
      [text],
    );

  test.each([
    ['is in no passage', {}, { content: 'The minister said yes' }, 'content'],
    ['is only in a passage that disputes it', { stance: 'disputes' as const }, {}, 'content'],
    ['is only in a passage for another field', { for: ['madeOn'] }, {}, 'content'],
    [
      'is not in the passage of its original',
      {},
      { original: { content: 'Peace is far', language: 'en', evidence: near } },
      'original.content',
    ],
  ])('a content that %s is reported with its position and event', async (_, over, fields, field) => {
    const evidence = [{ ...no, ...over }, near];
    const { findings } = await verdictOf(made(evidence, { content: 'The minister said “no”', ...fields }));
    expect(findings).toEqual([
      {
        position: 1,
        what: expect.stringMatching(
          new RegExp(`^event statement-a_1: ${field.replace('.', '\\.')} is not in the passages`),
        ),
      },
    ]);
  });

  test("a content that today's rules refuse for a divided word counts as recorded under earlier rules", async () => {
    const { faults, evidence } = await verdictOf(made([no], { content: 'e minister said “no” to the off' }));
    expect(faults).toBe(0);
    expect(evidence?.contents).toEqual({ checked: 1, earlierRules: 1 });
  });

  test('a corrected content must be in the passages after the correction', async () => {
    const right = await verdictOf(made([no]), corrected({ content: 'Peace is near' }, [near]));
    expect([right.faults, right.evidence?.contents.checked]).toEqual([0, 2]);
    const wrong = await verdictOf(made([no]), corrected({ content: 'Peace is near' }));
    expect(wrong.findings).toMatchObject([
      { position: 2, what: expect.stringContaining('event statement-a_2') },
    ]);
  });

  test('a content must be in the remaining evidence after other evidence was withdrawn', async () => {
    const { articleId, exact, start } = no;
    const gone = event('StatementEvidenceWithdrawn', { articleId, exact, start, reason: 'misquoted' });
    expect((await verdictOf(made([no, near], { content: 'Peace is near' }), gone)).faults).toBe(0);
    const { findings } = await verdictOf(made([no, near]), gone);
    expect(findings).toMatchObject([{ position: 2, what: expect.stringContaining('content is not in the') }]);
  });

  test('corrected contents are checked in several passes if one pass has too little room', async () => {
    const statements = Array.from({ length: 50 }, (_, n) => `statement-${n}`);
    const entries = entriesOf([
      [idOf(text), archived(text)],
      ...statements.map((id) => [id, made([no])] as const),
      ...statements.map((id) => [id, corrected({ content: 'Peace is near' }, [near])] as const),
      ...statements.map((id) => [id, corrected({ content: 'Peace is far' })] as const),
    ]);
    const files = await signedLog(entries);
    const words = contents();
    for (const [position, bytes] of entries.entries()) {
      const parsed = parseEntry(bytes);
      if (typeof parsed === 'object') words.next(position, parsed, () => {});
    }
    const faults = collectFaults();
    let passes = 0;
    const replay = () => {
      passes++;
      return entriesIn(async (path) => files.get(path), entries.length);
    };
    await checkHistories(replay, words, faults, 10_000);
    expect(passes).toBeGreaterThan(3);
    expect(words.counts.checked).toBe(150);
    expect(faults.findings.map(({ position }) => position).sort((a = 0, b = 0) => a - b)).toEqual(
      statements.map((_, n) => 101 + n),
    );
  });
});

describe('events that the archive would not have recorded', () => {
  const raw = (change: (json: string) => string): Uint8Array =>
    Buffer.from(change(Buffer.from(actorEvents(1)[0] ?? []).toString()));

  test.each([
    [
      'an event of an unknown type',
      raw((json) => json.replaceAll('ActorIntroduced', 'ActorInvented')),
      /has the unknown type ActorInvented/,
    ],
    [
      'an event of a future version',
      raw((json) => json.replace('ActorIntroduced:1', 'ActorIntroduced:9')),
      /ActorIntroduced version 9; this build knows versions up to 1/,
    ],
    [
      'an event with invalid data',
      raw((json) => json.replace('"person"', '"planet"')),
      /an event cannot be read: /,
    ],
    [
      'an event whose subject is not a stream',
      raw((json) => json.replaceAll('actor-0', 'actor-../../etc')),
      /an event cannot be read: [^]*must be an id such as/,
    ],
    [
      'an event in a stream of another kind',
      entryOf('meeting-a', 1, made([piece(text, 'Talks')])),
      /no StatementMade/,
    ],
    [
      'an event that precedes the beginning of its stream',
      entryOf('actor-a', 1, event('ActorAliased', { aliases: [{ name: 'A' }] })),
      /actor-a cannot begin with ActorAliased/,
    ],
  ])('%s is reported with its position', async (_, entry, what) => {
    const { findings, faults } = await verifyEntries([...actorEvents(300).slice(1), entry], []);
    expect(faults).toBe(1);
    expect(findings).toEqual([{ position: 299, what: expect.stringMatching(what) }]);
  });

  test('an entry that is not an event is reported once', async () => {
    const { findings, faults } = await verifyEntries([Buffer.from('{}'), ...actorEvents(3)], []);
    expect([faults, findings[0]?.position]).toEqual([1, 0]);
  });
});
