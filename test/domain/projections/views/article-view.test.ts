// What rests on an article: its passages, and whose they are; and of its text, the sentences that nobody has coded.
import { describe, expect, test } from 'vitest';
import {
  article,
  HEADS,
  passagesOf,
  type PassageRow,
} from '../../../../domain/projections/views/article-view.ts';
import { ALL, timeline, type SummaryRow } from '../../../../domain/projections/views/timeline-view.ts';
import { uncoded } from '../../../../domain/queries/articles/uncoded-sentences.ts';
import type { Evidence } from '../../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import { ARTICLE, examples, OTHER_ARTICLE } from '../../../support/archives/examples.ts';
import { event } from '../../../support/archives/written-history.ts';
import {
  disputing,
  first,
  meetingData,
  piece,
  second,
  statementData,
} from '../../../support/archives/kinds.ts';

const M = 'meeting-m';
const against = (piece: Evidence): Evidence => ({ ...piece, stance: 'disputes' });
const elsewhere: Evidence = { ...second, start: 900, end: 930 };
type Entry = [stream: string, event: NewEvent];
const held = (...evidence: Evidence[]): Entry => [
  M,
  { type: 'MeetingHeld', data: { ...meetingData, evidence } },
];
const add = (...evidence: Evidence[]): Entry => [M, event('MeetingEvidenceAdded', { evidence })];
const withdraw = ({ articleId, exact, start }: Evidence, more: object = {}): Entry => [
  M,
  event('MeetingEvidenceWithdrawn', { articleId, exact, start, reason: 'misquoted', ...more }),
];
const after = (...entries: Entry[]): CurrentRows => rowsAfter(article, entries);
/** Without the places of their things in the list of all. */
const passages = (rows: CurrentRows, id = ARTICLE) =>
  rows.of(passagesOf(id)).map(({ body }) => {
    const { listed: _, ...passage } = body as PassageRow;
    return passage;
  });
/** The things that rest on an article, by id; true if it is their only one. Queries find them the same way. */
function dependents(entries: readonly Entry[], id: string): boolean[] {
  const resting = passages(after(...entries), id).filter(({ stance }) => stance === 'supports');
  const summaries = rowsAfter(timeline, entries)
    .of(ALL)
    .map(({ body }) => (body as SummaryRow).summary);
  return [...new Set(resting.map((passage) => passage.id))].toSorted().map((thing) => {
    const summary = summaries.find((each) => each.id === thing);
    return summary?.supportedBy.length === 1 && summary.supportedBy[0] === id;
  });
}

describe('a passage', () => {
  test('stands under its article, with what rests on it', () => {
    const quoted = { ...disputing, for: ['heldOn'] };
    expect(passages(after(held(first, quoted)))).toEqual([
      { start: 50, end: 71, exact: disputing.exact, in: 'text', stance: 'disputes', for: ['heldOn'], id: M },
      { start: 100, end: first.end, exact: first.exact, in: 'text', stance: 'supports', id: M },
    ]);
  });

  test('of a second article stands there', () => {
    const rows = after(held(first), add(second));
    expect([passages(rows).length, passages(rows, OTHER_ARTICLE).length]).toEqual([1, 1]);
  });

  test('comes with a correction too', () => {
    const corrected = event('MeetingCorrected', {
      cause: 'new-evidence',
      reason: 'x',
      changes: {},
      evidence: [second],
    });
    expect(passages(after(held(first), [M, corrected]), OTHER_ARTICLE)).toHaveLength(1);
  });

  test('that is withdrawn is gone, and only that one', () => {
    const rows = after(held(first), add(piece('met', 100), piece('met', 300)), withdraw(piece('met', 100)));
    expect(passages(rows)).toMatchObject([{ exact: first.exact }, { exact: 'met', start: 300 }]);
  });

  test('may begin where another of the same thing begins', () => {
    const [short, long] = [piece('We agreed', 10), piece('We agreed to meet 🇮🇳', 10)];
    expect(passages(after(held(long, short)))).toMatchObject([{ exact: short.exact }, { exact: long.exact }]);
    expect(passages(after(held(long, short), withdraw(short)))).toMatchObject([{ exact: long.exact }]);
    expect(passages(after(held(short, long), withdraw(long)))).toMatchObject([{ exact: short.exact }]);
  });

  test('may begin in the title where another begins in the text', () => {
    const [text, title] = [piece('met', 10), piece('met', 10, { in: 'title' })];
    const places = [
      { exact: 'met', start: 10, end: 13, in: 'text' },
      { exact: 'met', start: 10, end: 13, in: 'title' },
    ];
    expect(passages(after(held(title, text)))).toMatchObject(places);
    expect(passages(after(held(title, text), withdraw(text)))).toMatchObject([places[1]]);
    expect(passages(after(held(title, text), withdraw(title, { in: 'title' })))).toMatchObject([places[0]]);
  });

  test('stands once, though it announced the meeting and says that it was held or called off', () => {
    const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, evidence: [first] })];
    const calledOff: Entry = [M, event('MeetingCalledOff', { evidence: [first] })];
    for (const later of [held(first), calledOff]) {
      expect(passages(after(announced, later))).toMatchObject([{ exact: first.exact }]);
      expect(dependents([announced, later], ARTICLE)).toEqual([true]);
    }
  });

  test('may be the same for two things', () => {
    const said: Entry = ['statement-s', { type: 'StatementMade', data: statementData }];
    expect(passages(after(held(first), said))).toMatchObject([{ id: M }, { id: 'statement-s' }]);
  });

  test('is clipped where it is long', () => {
    const [row] = passages(after(held(piece('é'.repeat(5_000), 0)))) as { exact: string; end: number }[];
    expect([row?.exact.length, row?.exact.at(-1), row?.end]).toEqual([2_000, '…', 5_000]);
  });
});

describe('the words as they were spoken', () => {
  const S = 'statement-s';
  const spoken = (evidence: Evidence) => ({ content: evidence.exact, language: 'ru', evidence });
  const said = (of: Evidence): Entry => [
    S,
    { type: 'StatementMade', data: { ...statementData, evidence: [first], original: spoken(of) } },
  ];
  const corrected = (original: object | null): Entry => [
    S,
    event('StatementCorrected', { cause: 'coding-error', reason: 'x', changes: { original }, evidence: [] }),
  ];
  const places = (rows: CurrentRows, id: string) =>
    passages(rows, id).map(({ start, for: fields }) => [start, fields]);

  test('stand under their article, which they do not rest on alone', () => {
    const entries = [said(second)];
    expect(places(after(...entries), OTHER_ARTICLE)).toEqual([[second.start, ['original']]]);
    expect([dependents(entries, ARTICLE), dependents(entries, OTHER_ARTICLE)]).toEqual([[true], [false]]);
  });

  test('move with a correction, and go with it', () => {
    const moved = after(said(second), corrected(spoken(elsewhere)));
    expect(places(moved, OTHER_ARTICLE)).toEqual([[elsewhere.start, ['original']]]);
    const gone = [said(second), corrected(null)];
    expect([places(after(...gone), OTHER_ARTICLE), dependents(gone, OTHER_ARTICLE)]).toEqual([[], []]);
  });

  test('in a passage that is evidence too leave it as it is, and stay when it is withdrawn', () => {
    const more: Entry = [S, event('StatementEvidenceAdded', { evidence: [second] })];
    const less: Entry = [
      S,
      event('StatementEvidenceWithdrawn', {
        articleId: second.articleId,
        exact: second.exact,
        start: second.start,
        reason: 'x',
      }),
    ];
    expect(places(after(said(first)), ARTICLE)).toEqual([[first.start, undefined]]);
    expect(places(after(said(first), corrected(null)), ARTICLE)).toEqual([[first.start, undefined]]);
    expect(places(after(said(second), more), OTHER_ARTICLE)).toEqual([[second.start, undefined]]);
    expect(places(after(said(second), more, corrected(null)), OTHER_ARTICLE)).toEqual([
      [second.start, undefined],
    ]);
    const left = [said(second), more, less];
    expect(places(after(...left), OTHER_ARTICLE)).toEqual([[second.start, ['original']]]);
    expect(dependents(left, OTHER_ARTICLE)).toEqual([false]);
  });
});

describe('what rests on an article, and whether on it alone', () => {
  test.each<[string, Entry[], boolean[], boolean[]]>([
    ['one passage', [held(first)], [true], []],
    ['two passages of it', [held(first, piece('met', 9))], [true], []],
    ['a second article', [held(first), add(second)], [false], [false]],
    ['a second article that disputes it', [held(first), add({ ...second, stance: 'disputes' })], [true], []],
    ['a second article that is withdrawn', [held(first), add(second), withdraw(second)], [true], []],
    ['the second after the first is withdrawn', [held(first), add(second), withdraw(first)], [], [true]],
    [
      'a second article that no longer disputes it',
      [held(first), add(against(second)), withdraw(second, { stance: 'disputes' })],
      [true],
      [],
    ],
    [
      'a second article that now supports it',
      [held(first), add(against(second)), withdraw(second, { stance: 'disputes' }), add(second)],
      [false],
      [false],
    ],
    [
      'a second article, by one passage of two',
      [held(first), add(second, elsewhere), withdraw(second)],
      [false],
      [false],
    ],
    ['one that supports it and disputes it', [held(first, disputing)], [true], []],
  ])('%s', (_what, entries, onFirst, onSecond) => {
    expect([dependents(entries, ARTICLE), dependents(entries, OTHER_ARTICLE)]).toEqual([onFirst, onSecond]);
  });

  test('of two things, each by itself', () => {
    const said: Entry = ['statement-s', { type: 'StatementMade', data: statementData }];
    expect(dependents([held(first), said, add(second)], ARTICLE)).toEqual([false, true]);
  });
});

const correct = (changes: object): Entry => [ARTICLE, event('ArticleCorrected', { reason: 'x', changes })];

describe('the head of an article', () => {
  const archived: Entry = [ARTICLE, event('ArticleArchived', { ...examples.ArticleArchived.full })];
  /** With the position of its row. */
  function head(...entries: Entry[]): object {
    const [row] = after(archived, ...entries).of(HEADS);
    return { ...row?.body, position: row?.position };
  }

  test('says what it is, and where it was printed', () => {
    expect(head()).toEqual({
      id: ARTICLE,
      title: 'Ten minutes in New Delhi',
      publisher: 'The Chancery Sampler',
      publishedOn: '2023-03-03',
      url: 'https://example.org/2023/03/ten-minutes?page=1#top',
      corrections: 0,
      appearances: 0,
      position: 0,
    });
  });

  test('follows corrections', () => {
    expect(head(correct({ title: 'Ten', publishedOn: '2023-03-04', url: null }))).toEqual({
      id: ARTICLE,
      title: 'Ten',
      publisher: 'The Chancery Sampler',
      publishedOn: '2023-03-04',
      corrections: 1,
      appearances: 0,
      position: 1,
    });
    expect(head(correct({ byline: null }))).toEqual({ ...head(), corrections: 1, position: 1 });
  });

  test('counts where else it was printed', () => {
    const elsewhere: Entry = [ARTICLE, event('AppearanceAdded', examples.AppearanceAdded.full)];
    expect(head(elsewhere, elsewhere)).toMatchObject({ appearances: 2, position: 2 });
  });

  test('says that it was withdrawn, also after a correction', () => {
    const withdrawn: Entry = [ARTICLE, event('ArticleWithdrawn', { reason: 'printed without leave' })];
    expect(head(withdrawn)).toMatchObject({ withdrawn: { reason: 'printed without leave' } });
  });

  test.each(['ArticleCorrected', 'ArticleWithdrawn'] as const)('does not begin with %s', (type) => {
    expect(() => after([ARTICLE, event(type, examples[type].minimal)])).toThrow('precedes ArticleArchived');
  });
});

const coded = (text: string, ...passages: [start: number, end: number][]) =>
  uncoded(
    text,
    passages.map(([start, end]) => ({ start, end })),
  );

describe('the sentences that nobody has coded', () => {
  const TEXT = 'They met. 👍🏽 They agreed!\r\n\r\nThey parted.';

  test('are all of them where there are no passages, counted in code points', () => {
    const sentences = coded(TEXT);
    expect(sentences.map(({ text }) => text).join(' ')).toBe('They met. 👍🏽 They agreed! They parted.');
    const points = Array.from(TEXT);
    for (const { start, end, text } of sentences) expect(points.slice(start, end).join('')).toBe(text);
  });

  test('are those that no passage touches, not even at one character', () => {
    const at = (word: string) => Array.from(TEXT.slice(0, TEXT.indexOf(word))).length;
    expect(coded(TEXT, [at('parted'), at('parted') + 1]).map(({ text }) => text)).not.toContain(
      'They parted.',
    );
    expect(coded(TEXT, [0, 1], [at('agreed'), at('agreed') + 2]).map(({ text }) => text)).toEqual([
      'They parted.',
    ]);
  });

  test('are none where passages overlap and together cover all, in whatever order', () => {
    expect(coded(TEXT, [20, 60], [0, 12], [5, 25])).toEqual([]);
  });

  test('are told apart at the very edge: a passage ends before its `end`', () => {
    expect(coded('One. Two.', [0, 5]).map(({ text }) => text)).toEqual(['Two.']);
    expect(coded('One. Two.', [0, 6])).toEqual([]);
    expect(coded('One. Two.', [5, 9], [5, 9])).toEqual([{ start: 0, end: 4, text: 'One.' }]);
  });

  test('of a text of nothing but white space are none', () => {
    expect(coded(' \r\n\t ')).toEqual([]);
  });

  test('of a long text with many passages are found in one pass', () => {
    const sentence = 'They met again. ';
    const text = sentence.repeat(5_000);
    const every = Array.from({ length: 2_500 }, (_, n): [number, number] => [
      n * 2 * sentence.length,
      n * 2 * sentence.length + 4,
    ]);
    expect(coded(text, ...every)).toHaveLength(2_500);
  });
});
