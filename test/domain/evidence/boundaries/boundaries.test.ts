// Boundaries of words in all supported scripts: at apostrophes, hyphens, digits and particles.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayBegin, mayEnd } from '../../../../domain/evidence/boundaries/boundaries.ts';
import { missingFrom, NAMED } from '../../../../domain/evidence/content.ts';
import { normalizeText } from '../../../../domain/evidence/normalization/normalize-text.ts';
import { locate, searchableTextOf } from '../../../../domain/evidence/locating.ts';
import { naivelyBegins, naivelyEnds } from '../../../support/naive-boundaries.ts';

const isQuotable = (source: string, words: string): boolean =>
  locate(searchableTextOf(source), { exact: words }).found !== 'none';
const isContent = (source: string, words: string): boolean => missingFrom(words, [source]) === undefined;
const isNamed = (source: string, words: string): boolean => missingFrom(words, [source], NAMED) === undefined;

type Case = readonly [source: string, words: string];

const whole: Record<string, readonly Case[]> = {
  'whole words': [
    ['she was unwilling to talk', 'unwilling to talk'],
    ['the G20 summit', 'G20'],
  ],
  'words before and after an apostrophe': [
    ['Blinken’s plan', 'Blinken'],
    ['they signed l’accord', 'accord'],
    ["dell'Unione europea", 'Unione'],
    ['Erdoğan’ın sözleri', 'Erdoğan'],
    ['the ministers’ talks', 'ministers'],
    ["rock'n'roll diplomacy", 'roll'],
    ['they’re ready', 'they'],
    ['she isn’t ready', 'isn’t'],
  ],
  'words at a dash': [
    ['peace — at last', 'peace'],
    ['peace—at last', 'at last'],
    ['so--they say', 'they'],
    ['the Moscow–Kyiv line', 'Kyiv'],
    ['the vice-president', 'vice-president'],
  ],
  'whole numbers': [
    ['1,500 men', '1,500 men'],
    ['1 500 men', '1\u00A0500'],
    ['in 2023 500 men came', '500 men'],
    ['at −5 degrees', '−5 degrees'],
    ['5 men', '5'],
    ['500万人', '500万'],
    ['3월 3일', '3월'],
    ['G20에서', 'G20'],
    ['5백만 명', '5백만'],
    ['1億5000万円', '1億5000万'],
    ['ราคา๕๐๐บาท', '๕๐๐'],
    ['2021年，500人', '500人'],
  ],
  'stretches of scripts without spaces': [
    ['同意停火协议', '停火'],
    ['停戦に合意', '合意'],
    ['การเจรจาสันติภาพวันนี้', 'สันติภาพ'],
    ['ການເຈລະຈາ', 'ເຈລະຈາ'],
    ['ការចរចាសន្តិភាព', 'ចរចា'],
    ['ငြိမ်းချမ်းရေး', 'ချမ်း'],
    ['ཞི་བདེའི་གྲོས', 'བདེ'],
    ['ꦥꦼꦂꦢꦩꦻꦪꦤ꧀', 'ꦢꦩꦻ'],
  ],
  'words behind particles': [
    ['وأبديا الحرص', 'أبديا الحرص'],
    ['والاتفاق قريب', 'الاتفاق'],
    ['والاتفاق قريب', 'اتفاق'],
    ['بالاتفاق', 'اتفاق'],
    ['للسلام', 'سلام'],
    ['سيلتقي الوزير', 'يلتقي الوزير'],
    ['והשר אמר', 'השר אמר'],
    ['והשר אמר', 'שר אמר'],
    ['שבירושלים', 'ירושלים'],
    ['בישראל', 'ישראל'],
    ['ב״הארץ״ נכתב', 'הארץ'],
    ['בפסגת ה-G20', 'G20'],
    ['ב-2023 נפגשו', '2023'],
    ['قمة الـG20', 'G20'],
  ],
  'words of Hangul before their particles': [
    ['장관이 말했다', '장관'],
    ['합의했다고 말했다', '합의했다'],
  ],
  'words with an apostrophe of their own': [
    ['Володимир зв’язок', 'зв’язок'],
    ['צ׳רצ׳יל אמר', 'צ׳רצ׳יל'],
    ['דובר צה״ל אמר', 'צה״ל'],
  ],
};

const cut: Record<string, readonly Case[]> = {
  'a word': [
    ['she was unwilling to talk', 'willing to talk'],
    ['a warning', 'war'],
    ['the G20 summit', '20 summit'],
    ['Володимир', 'мир'],
    ['Αθήνα', 'θήνα'],
    ['Հայաստան', 'Հայ'],
    ['भारत', 'भार'],
    ['საქართველო', 'ქართველო'],
  ],
  'a contraction': [
    ['we can’t', 'we can'],
    ['they don’t', 'they don'],
    ["she wasn't", 'she was'],
    ['they WON’T', 'T'],
  ],
  'a compound': [
    ['the vice-president', 'president'],
    ['an anti-American march', 'American march'],
    ['an anti-American march', 'an anti'],
    ['a non\u2011binding text', 'binding text'],
    ['בית־המשפט', 'המשפט'],
  ],
  'a number': [
    ['1 500 men', '500 men'],
    ['1,500 men', '500 men'],
    ['1.500 Männer', '500'],
    ['1\u202F500 hommes', '500'],
    ['1’500 Mann', '500'],
    ['a rise of 3.5', 'a rise of 3'],
    ['12 500 000 people', '12 500'],
    ['at 14:30', '14'],
    ['3/4 of them', '4 of them'],
    ['٢٬٥٠٠ شخص', '٥٠٠ شخص'],
    ['at −5 degrees', '5 degrees'],
    ['at -5 degrees', '5 degrees'],
    ['500万人', '500'],
    ['500만 명', '500'],
    ['5백만 명', '5백'],
    ['2천5백만', '2천'],
    ['1億5000万円', '5000万円'],
    ['1億5000万円', '1億'],
    ['3万5千人', '5千人'],
    ['ราคา ๕๐๐ บาท', '๐๐'],
    ['๑,๕๐๐ บาท', '๕๐๐'],
    ['၁၅၀၀', '၅၀၀'],
    ['១៥០០', '១៥'],
    ['１，５００人', '５００人'],
    ['１．５倍', '５倍'],
    ['１４：３０開始', '３０'],
    ['1·5 million', '5 million'],
  ],
  'a word after letters that are not a particle': [
    ['سلامتك', 'متك'],
    ['المسؤول', 'سؤول'],
    ['ולא', 'א'],
    ['ירושלים', 'שלים'],
  ],
  'a particle before a single letter': [
    ['والد', 'د'],
    ['בה', 'ה'],
  ],
  'Hangul at the start of a word': [
    ['비핵화', '핵화'],
    ['G20에서', '에서'],
  ],
  'a word that contains an apostrophe': [
    ['новий зв’язок', 'язок'],
    ['об’єднання', 'єднання'],
    ['צ׳רצ׳יל אמר', 'רצ׳יל'],
    ['דובר צה״ל אמר', 'דובר צה'],
  ],
};

const cases = (groups: Record<string, readonly Case[]>) =>
  Object.entries(groups).flatMap(([what, each]) => each.map((one) => [what, ...one] as const));

describe('quotations', () => {
  test.each(cases(whole))('a quotation of %s is accepted: from “%s”, “%s”', (_what, source, words) => {
    expect([isQuotable(source, words), isContent(source, words)]).toEqual([true, true]);
  });

  test.each(cases(cut))('a quotation that cuts %s is refused: from “%s”, “%s”', (_what, source, words) => {
    expect([isQuotable(source, words), isContent(source, words)]).toEqual([false, false]);
  });

  test.each<[string, string, { quoted: string; source: string }]>([
    ['she was unwilling to talk', 'willing to talk', { quoted: 'willing', source: 'unwilling' }],
    ['she said so', 'he', { quoted: 'he', source: 'she' }],
    ['an anti-American march', 'American march', { quoted: 'American', source: 'anti-American' }],
    ['1 500 men', '500 men', { quoted: '500', source: '1 500' }],
    ['we can’t', 'we can', { quoted: 'can', source: 'can’t' }],
    ['at −5 degrees', '5 degrees', { quoted: '5', source: '−5' }],
    ['minus -5', '5', { quoted: '5', source: '-5' }],
    ['대한민국이 말했다', '민국', { quoted: '민국', source: '대한민국이' }],
    ['המלחמה קרובה', 'חמה', { quoted: 'חמה', source: 'המלחמה' }],
    ['1億5000万円', '5000万円', { quoted: '5000万', source: '1億5000万' }],
  ])('a quotation that cuts a word of “%s” is refused with the whole word', (source, exact, difference) => {
    expect(locate(searchableTextOf(source), { exact })).toMatchObject({
      found: 'none',
      nearest: { differences: [difference] },
    });
  });

  test('a compound at a long line end is detected in one pass', () => {
    const source = searchableTextOf(`an anti-${'\u2028'.repeat(100_000)}\u200BAmerican march`);
    expect(locate(source, { exact: 'American' }).found).toBe('none');
  });

  test('a quotation that cuts words at both ends is refused with both whole words', () => {
    const located = locate(searchableTextOf('He said that peace, not war, is near'), {
      exact: 'aid that peace, not wa',
    });
    expect(located).toMatchObject({
      nearest: {
        passage: { exact: 'said that peace, not war' },
        differences: [
          { quoted: 'aid', source: 'said' },
          { quoted: 'wa', source: 'war' },
        ],
      },
    });
  });
});

describe('names', () => {
  test.each<Case>([
    ['Blinken-Lavrov talks', 'Blinken'],
    ['Blinken-Lavrov talks', 'Lavrov'],
    ['the Berlin-based group', 'Berlin'],
    ['ANNA BECK SAID', 'Anna Beck'],
    ['İSTANBUL', 'İstanbul'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['US Secretary of State Antony Blinken', 'US Secretary of State … Blinken'],
  ])('the source “%s” contains the name “%s”', (source, name) => {
    expect(isNamed(source, name)).toBe(true);
  });

  test.each<Case>([
    ['Nigeria’s president', 'Niger'],
    ['Сергеем Лавровым', 'Сергей Лавров'],
    ['1,500 men', '500 men'],
    ['he met Ander-\nson', 'Ander'],
  ])('the source “%s” does not contain the name “%s”', (source, name) => {
    expect(isNamed(source, name)).toBe(false);
  });
});

/** Words in ten scripts. The test joins them with each joint that has a rule. */
const SCRIPTS = {
  Latin: ['Niger', 'Nigeria', 'n', 't', 'été', 'G20'],
  Cyrillic: ['Лавров', 'зв', 'язок', 'мир'],
  Arabic: ['و', 'ال', 'وال', 'سلام', 'لل', 'اتفاق'],
  Hebrew: ['ו', 'ה', 'שר', 'צה', 'ל', 'ירושלים'],
  Greek: ['Αθήνα', 'ειρήνη'],
  Devanagari: ['भारत', 'शांति', 'क्षि'],
  Han: ['停火', '万', '千', '，', '外交部'],
  Kana: ['ミサイル', 'です'],
  Hangul: ['장관', '이', '만', '백', '고'],
  Thai: ['สันติภาพ', 'การ', '๕', '๑๐'],
} as const;
const JOINTS = [
  ' ',
  '-',
  '—',
  ' – ',
  '’',
  "'",
  '״',
  ',',
  '.',
  ':',
  '\u00A0',
  '',
  '-\n',
  '\n',
  '\u00AD\n',
  '−',
];

describe.each(Object.entries(SCRIPTS))('%s script', (script, words) => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.constantFrom('5', '500', '1', '20', 'ok') },
    { weight: 3, arbitrary: fc.constantFrom(...JOINTS) },
  );

  test(`the boundaries in ${script} text equal those of a second implementation of the rules`, () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const text = pieces.join('').normalize('NFC');
        const normalized = normalizeText(text);
        for (let unit = 1; unit < normalized.units.length; unit += 1) {
          const at = normalized.runs.indexOf(unit);
          // Skips units whose neighbours differ between the normalized and the original text.
          if (
            at === normalized.runs.indexOf(unit - 1) ||
            /[\p{M}\s\p{Pd}−\u00AD]/u.test(text.slice(at - 1, at + 1))
          )
            continue;
          for (const hyphens of ['join', 'divide'] as const) {
            const [begins, ends] = [mayBegin(normalized, unit, hyphens), mayEnd(normalized, unit, hyphens)];
            expect([text, at, hyphens, begins, ends]).toEqual([
              text,
              at,
              hyphens,
              naivelyBegins(text, at, hyphens),
              naivelyEnds(text, at, hyphens),
            ]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test(`every ${script} word between spaces can be quoted`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.constantFrom(...words), (word, other) => {
        expect(isQuotable(`${other} ${word} ${other}`, word)).toBe(true);
        expect(isContent(`${other} ${word} ${other}`, word)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
