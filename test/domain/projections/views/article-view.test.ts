// Tests the read model article: its passages, the records that rest on them, and its own fields.
import { describe, expect, test } from 'vitest';
import { article, type PassageRow } from '../../../../domain/projections/views/article-view.ts';
import { ALL_RECORDS, ARTICLE_HEADS, passagesOf } from '../../../../domain/projections/rows/row-keys.ts';
import {
  evidencePassagesOf,
  passageKey,
  type EvidencePassages,
} from '../../../../domain/projections/state/sources.ts';
import { evolve, type StreamState } from '../../../../domain/projections/state/stream-state.ts';
import { isRecordState } from '../../../../domain/projections/state/thing-state.ts';
import { type SummaryRow, timeline } from '../../../../domain/projections/views/timeline-view.ts';
import type { Evidence } from '../../../../events/shared-pieces.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import * as entries from '../../../support/entries.ts';
import { corrected, retracted, said, supported, withdrawn, type Entry } from '../../../support/entries.ts';
import { ARTICLE, examples, OTHER_ARTICLE } from '../../../support/archives/examples.ts';
import { event } from '../../../support/archives/written-history.ts';
import { disputing, first, meetingData, piece, second } from '../../../support/archives/kinds.ts';
import { logOf } from '../../../support/logs/log-of.ts';

const [M, S] = ['meeting-m', 'statement-s'];
const against = (piece: Evidence): Evidence => ({ ...piece, stance: 'disputes' });
const elsewhere: Evidence = { ...second, start: 900, end: 930 };
const held = (...evidence: Evidence[]): Entry => entries.held(M, { evidence });
const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, evidence: [first] })];
const calledOff = (...evidence: Evidence[]): Entry => [M, event('MeetingCalledOff', { evidence })];
const correct = (...evidence: Evidence[]): Entry => corrected(M, {}, { cause: 'new-evidence', evidence });
const after = (...entries: Entry[]): CurrentRows => rowsAfter(article, entries);
/** Without the places of their things in the list of all. */
const passages = (rows: CurrentRows, id = ARTICLE) =>
  rows.of(passagesOf(id)).map(({ body }) => {
    const { listed: _, ...passage } = body as PassageRow;
    return passage;
  });
/** Returns the articles that the summary of a record names. */
function sourcesOf(entries: readonly Entry[], id: string): object {
  const rows = rowsAfter(timeline, entries).of(ALL_RECORDS);
  const summary = rows.map(({ body }) => (body as SummaryRow).summary).find((each) => each.id === id);
  return { supports: summary?.supportedBy, disputes: summary?.disputedBy };
}

/** Returns the evidence passages in the state of the meeting's stream. */
function grounds(entries: readonly Entry[]): EvidencePassages | undefined {
  let state: StreamState | undefined;
  for (const recorded of logOf(entries)) state = evolve(state, recorded);
  return state && isRecordState(state) ? evidencePassagesOf(state.sources, state.life.evidence) : undefined;
}

const FIRST = `100-${first.end}`;
const SECOND = `7-${second.end}`;
const ELSEWHERE = `900-${900 + Array.from(second.exact).length}`;
const on = (supports: EvidencePassages['supports'], disputes: EvidencePassages['disputes'] = {}) => ({
  supports,
  disputes,
});
const onFirst = on({ [ARTICLE]: [FIRST] });
const onBoth = on({ [ARTICLE]: [FIRST], [OTHER_ARTICLE]: [SECOND] });
const onSecond = on({ [OTHER_ARTICLE]: [SECOND] });
const [text, title] = [piece('met', 10), piece('met', 10, { in: 'title' })];
const [short, long] = [piece('We agreed', 10), piece('We agreed to meet 🇮🇳', 10)];

test.each<[string, Entry[], EvidencePassages]>([
  ['a passage', [held(first)], onFirst],
  ['a passage, which is given again', [held(first, first), supported(M, first), correct(first)], onFirst],
  ['a passage that announced it and says that it was held', [announced, held(first)], onFirst],
  ['a passage that announced it and says that it was called off', [announced, calledOff(first)], onFirst],
  [
    'passages that announce it, that cancel it, and that state that it was held after all',
    [announced, calledOff(text), held(second)],
    on({ [ARTICLE]: [FIRST, '10-13'], [OTHER_ARTICLE]: [SECOND] }),
  ],
  [
    'passages of two articles, in the order in which they came',
    [held(first), supported(M, second), correct(text)],
    on({ [ARTICLE]: [FIRST, '10-13'], [OTHER_ARTICLE]: [SECOND] }),
  ],
  [
    'passages that support it, and beside them passages that dispute it',
    [held(first, disputing)],
    on({ [ARTICLE]: [FIRST] }, { [ARTICLE]: ['50-71'] }),
  ],
  [
    'passages that begin at one place and end at others',
    [held(short, long)],
    on({ [ARTICLE]: ['10-19', '10-30'] }),
  ],
  [
    'words of the text and of the title at the same place',
    [held(text, title)],
    on({ [ARTICLE]: ['10-13', 'title:10-13'] }),
  ],
  ['the same after it is retracted', [held(first), retracted(M)], onFirst],
  ['two articles', [held(first), supported(M, second)], onBoth],
  [
    'one that supports it, and one that disputes it',
    [held(first), supported(M, against(second))],
    on({ [ARTICLE]: [FIRST] }, { [OTHER_ARTICLE]: [SECOND] }),
  ],
  ['one article, once another is withdrawn', [held(first, second), withdrawn(M, second)], onFirst],
  [
    'one article, once the only passage of another is withdrawn',
    [held(first, second), withdrawn(M, first)],
    onSecond,
  ],
  ['one passage, once another is withdrawn', [held(first, text), withdrawn(M, text)], onFirst],
  [
    'a passage that supports it, once the one that disputes it is withdrawn',
    [held(first, disputing), withdrawn(M, disputing)],
    onFirst,
  ],
  [
    'the longer of two that begin at one place, once the other is withdrawn',
    [held(short, long), withdrawn(M, short)],
    on({ [ARTICLE]: ['10-30'] }),
  ],
  [
    'the shorter of them, once the longer is withdrawn',
    [held(short, long), withdrawn(M, long)],
    on({ [ARTICLE]: ['10-19'] }),
  ],
  [
    'words of the text, once the same words of the title are withdrawn',
    [held(text, title), withdrawn(M, title)],
    on({ [ARTICLE]: ['10-13'] }),
  ],
  [
    'words of the title, once the same words of the text are withdrawn',
    [held(text, title), withdrawn(M, text)],
    on({ [ARTICLE]: ['title:10-13'] }),
  ],
  [
    'no passage that is withdrawn, even if it announced it and states that it was held',
    [announced, held(first, second), withdrawn(M, first)],
    onSecond,
  ],
  [
    'a passage that disputes it, even if it supported it before it was withdrawn',
    [held(first, second), withdrawn(M, second), supported(M, { ...second, stance: 'disputes' })],
    on({ [ARTICLE]: [FIRST] }, { [OTHER_ARTICLE]: [SECOND] }),
  ],
  [
    'a passage that is given again after it was withdrawn, which comes last',
    [held(first, second), withdrawn(M, first), supported(M, first)],
    on({ [OTHER_ARTICLE]: [SECOND], [ARTICLE]: [FIRST] }),
  ],
  [
    'one passage of an article, once another of it is withdrawn',
    [held(first), supported(M, second, elsewhere), withdrawn(M, second)],
    on({ [ARTICLE]: [FIRST], [OTHER_ARTICLE]: [ELSEWHERE] }),
  ],
  [
    'two articles, of which one moves to the end once one of its passages is withdrawn',
    [held(first, second, text), withdrawn(M, first)],
    on({ [OTHER_ARTICLE]: [SECOND], [ARTICLE]: ['10-13'] }),
  ],
  [
    'an article that disputed it, and now supports it',
    [held(first), supported(M, against(second)), withdrawn(M, against(second)), supported(M, second)],
    onBoth,
  ],
])('a record rests on %s', (_what, told, expected) => {
  expect(grounds(told)).toEqual(expected);
  const sides = [expected.supports, expected.disputes].map((side) => Object.keys(side));
  expect(sourcesOf(told, M)).toEqual({ supports: sides[0], disputes: sides[1] });
  for (const id of [ARTICLE, OTHER_ARTICLE])
    for (const side of ['supports', 'disputes'] as const) {
      const rows = passages(after(...told), id).filter(({ stance }) => stance === side);
      const places = rows.map(({ in: where, start, exact }) => passageKey({ in: where, start, exact }));
      expect(places.toSorted(), `${side} of ${id}`).toEqual((expected[side][id] ?? []).toSorted());
    }
});

test('the key of a passage counts code points', () => {
  expect(passageKey(piece('🇮🇳 é 外交', 5))).toBe('5-12');
  expect(passageKey(piece('😀', 0, { in: 'title' }))).toBe('title:0-1');
});

describe('a passage', () => {
  test('a passage stands under its article, by its offset, with the records that rest on it', () => {
    const quoted = { ...disputing, for: ['heldOn'] };
    expect(passages(after(held(first, quoted)))).toEqual([
      { start: 50, end: 71, exact: disputing.exact, in: 'text', stance: 'disputes', for: ['heldOn'], id: M },
      { start: 100, end: first.end, exact: first.exact, in: 'text', stance: 'supports', id: M },
    ]);
    const starts = passages(after(held(long, title, first, short))).map(({ in: where, end }) => [where, end]);
    expect(starts).toEqual([
      ['text', short.end],
      ['text', long.end],
      ['text', first.end],
      ['title', title.end],
    ]);
  });

  test('two records may share a passage, and each of them has its own articles', () => {
    const told = [held(first), said(S), supported(M, second)];
    expect(passages(after(...told))).toMatchObject([{ id: M }, { id: S }]);
    expect(sourcesOf(told, S)).toEqual({ supports: [ARTICLE], disputes: [] });
  });

  test('a long passage is clipped', () => {
    const [row] = passages(after(held(piece('é'.repeat(5_000), 0))));
    expect([row?.exact.length, row?.exact.at(-1), row?.end]).toEqual([2_000, '…', 5_000]);
  });
});

test.each<[string, Evidence, Entry[], places: unknown[]]>([
  ['stand under their article', second, [], [[second.start, ['original']]]],
  ['move with a correction', second, [corrected(S, { original: spoken(elsewhere) })], [[900, ['original']]]],
  ['go with a correction', second, [corrected(S, { original: null })], []],
  ['leave a passage of evidence as it is', second, [supported(S, second)], [[second.start, undefined]]],
  [
    'leave it as it is when they go',
    second,
    [supported(S, second), corrected(S, { original: null })],
    [[second.start, undefined]],
  ],
  [
    'stay when the evidence is withdrawn',
    second,
    [supported(S, second), withdrawn(S, second)],
    [[second.start, ['original']]],
  ],
  ['leave the first evidence as it is', first, [], [[first.start, undefined]]],
  ['leave it when they go', first, [corrected(S, { original: null })], [[first.start, undefined]]],
])('the original words %s, and no record rests on them', (_what, of, more, places) => {
  const told = [said(S, { original: spoken(of) }), ...more];
  const found = passages(after(...told), of.articleId).map(({ start, for: fields }) => [start, fields]);
  expect(found).toEqual(places);
  const isEvidence = places.some((place) => (place as unknown[])[1] === undefined) && of === second;
  expect(sourcesOf(told, S)).toEqual({
    supports: isEvidence ? [ARTICLE, OTHER_ARTICLE] : [ARTICLE],
    disputes: [],
  });
});

function spoken(evidence: Evidence) {
  return { content: evidence.exact, language: 'ru', evidence };
}

describe('the head of an article', () => {
  const archived: Entry = [ARTICLE, event('ArticleArchived', { ...examples.ArticleArchived.full })];
  const fields = { id: ARTICLE, title: 'Ten minutes in New Delhi', publisher: 'The Chancery Sampler' };
  const printed = { publishedOn: '2023-03-03', url: 'https://example.org/2023/03/ten-minutes?page=1#top' };
  const elsewhere: Entry = [ARTICLE, event('AppearanceAdded', examples.AppearanceAdded.full)];
  const gone: Entry = [ARTICLE, event('ArticleWithdrawn', { reason: 'printed without leave' })];
  const moved = { title: 'Ten', publishedOn: '2023-03-04' };

  test.each<[string, Entry[], object]>([
    ['its fields, and where it was printed', [], printed],
    ['corrections', [corrected(ARTICLE, { ...moved, url: null })], { ...moved, corrections: 1 }],
    [
      'the number of corrections of fields that it does not show',
      [corrected(ARTICLE, { byline: null })],
      { ...printed, corrections: 1 },
    ],
    [
      'the number of other places where it was printed',
      [elsewhere, elsewhere],
      { ...printed, appearances: 2 },
    ],
    ['the reason of its withdrawal', [gone], { ...printed, withdrawn: { reason: 'printed without leave' } }],
  ])('the head of an article has %s', (_what, more, expected) => {
    const [row] = after(archived, ...more).of(ARTICLE_HEADS);
    expect(row?.position).toBe(more.length);
    expect(row?.body).toEqual({ ...fields, corrections: 0, appearances: 0, ...expected });
  });

  test.each(['ArticleCorrected', 'ArticleWithdrawn'] as const)(
    'the head of an article does not begin with %s',
    (type) => {
      expect(() => after([ARTICLE, event(type, examples[type].minimal)])).toThrow('precedes ArticleArchived');
    },
  );
});
