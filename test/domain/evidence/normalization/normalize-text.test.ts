// Normalization makes typographic variants equal and keeps all other differences.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeText } from '../../../../domain/evidence/normalization/normalize-text.ts';
import { stringOf } from '../../../../domain/evidence/normalization/units.ts';

const normalized = (text: string) => stringOf(normalizeText(text).units);

describe('normalization', () => {
  it.each([
    ['every double quotation mark', '“a” „a‟ «a» ″a″', '"a" "a" "a" "a"'],
    ['every single quotation mark and apostrophe', '‹a› ‘a’ ‚a‛ ′a` ´a', "'a' 'a' 'a' 'a' 'a"],
    ['two single marks and a double one', "''a'' ``a´´", '"a" “a”'],
    ['every dash', 'a-b‐c‑d‒e–f—g―h−i', 'a-b-c-d-e-f-g-h-i'],
    ['two hyphens and a dash', 'a -- b --- c', 'a — b — c'],
    ['a dash with space around it and without', 'a — b\u00A0-c– d -\n— e', 'a—b-c-d-e'],
    ['all white space', 'a\u00A0b\r\nc\u2009\u200A d\u2028e\u2029f\t\tg\u3000h', 'a b c d e f g h'],
    ['zero-width characters and none', 'a\u200Bb\u00ADc\uFEFFd\u2060e\u200Cf', 'abcdef'],
    ['ligatures and letters', 'ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ', 'fi fl ff ffi ffl st st'],
    ['an ellipsis and three dots', 'a… b', 'a... b'],
    ['composed and decomposed accents', 'é ö Å ữ 각 क़', 'é ö Å ữ 각 क़'.normalize('NFD')],
    ['marks in any order', 'a\u0301\u0323 o\u0323\u0302', 'a\u0323\u0301 \u1ED9'],
    ['an emoji with and without its variation selector', '❤\uFE0F', '❤'],
  ])('normalization makes equal: %s', (_what, left, right) => {
    expect(normalized(left)).toBe(normalized(right));
  });

  it.each([
    ['a line end between Han signs and none', '推動兩岸關\n係和平', '推動兩岸關係和平'],
    ['a line end and its indentation between Kana', 'ミサ\r\n　　イル', 'ミサイル'],
    ['a line end between Thai letters', 'สันติ\nภาพ', 'สันติภาพ'],
    ['a line end after Chinese punctuation', '双方表示，\n将继续', '双方表示，将继续'],
    ['a line end between a digit and a sign', '2023\n年', '2023年'],
    ['a soft hyphen at a line end', 'co\u00AD\noperation', 'cooperation'],
    ['a soft hyphen after a line end', 'co\n\u00ADoperation', 'cooperation'],
    ['spaces inside French guillemets', 'dit « Nous parlons » hier', 'dit «Nous parlons» hier'],
    ['spaces inside guillemets and other marks', 'dit : « Nous parlons ».', 'dit: “Nous parlons”.'],
    ['narrow spaces inside guillemets', 'l’«\u202Faccord\u202F»', 'l’“accord”'],
    ['spaces inside single guillemets', '‹ Nous ›', '‘Nous’'],
    ['a space before a colon, a question, an exclamation', 'a : b ; c ? d ! e', 'a: b; c? d! e'],
    ['a space before a percent sign', '5 % et 5\u202F%', '5% et 5%'],
    ['Arabic letters as type shapes them', 'ﻻ ﺳﻼﻡ ﷲ', 'لا سلام الله'],
    ['a stretched Arabic word', 'كتـــاب', 'كتاب'],
    ['Armenian ligatures', 'ﬓ ﬔ ﬕ ﬖ ﬗ', 'մն մե մի վն մխ'],
    ['a phrase that is one Arabic character', 'ﷺ'.repeat(40), 'صلى الله عليه وسلم'.repeat(40)],
  ])('normalization makes equal, by context: %s', (_what, left, right) => {
    expect(normalized(left)).toBe(normalized(right));
  });

  it.each([
    ['a line end between Hangul words and none', '남북\n관계', '남북관계'],
    ['a line end between Latin words and none', 'peace\ntalks', 'peacetalks'],
    ['a space between Han signs and none', '关 系', '关系'],
    ['a space outside German guillemets and none', 'sagte »Ja« und', 'sagte»Ja«und'],
    ['two compatible characters', 'x² ½ ①', 'x2 1/2 1'],
    ['a soft hyphen at a line end and a space', 'co\u00AD\noperation', 'co operation'],
  ])('normalization keeps different: %s', (_what, left, right) => {
    expect(normalized(left)).not.toBe(normalized(right));
  });

  it('normalization keeps the space outside German guillemets as it does for other marks', () => {
    expect(normalized('sagte »Ja« und ging')).toBe(normalized('sagte “Ja” und ging'));
  });

  it('normalization keeps case, digits, accents and letters of other alphabets', () => {
    expect(normalized('We Said 5 війна')).toBe('We Said 5 війна');
    expect(normalized('We')).not.toBe(normalized('we'));
    expect(normalized('e')).not.toBe(normalized('é'));
  });

  it('normalization accepts lone surrogates and excessive runs of marks', () => {
    expect(normalized('a\uD800b\uDC00c')).toBe('a\uD800b\uDC00c');
    expect(normalizeText(`e${'\u0301\u0323'.repeat(5000)}x`).units.length).toBeGreaterThan(9000);
    expect(normalized(' \u0301')).toBe(' \u0301');
  });

  it('all Unicode normal forms of a text normalize to the same units', () => {
    const fragments = fc.constantFrom(
      'e',
      '\u0301',
      '\u0323',
      'é',
      'ữ',
      'ᄀ',
      'ᅡ',
      'ᆨ',
      '각',
      'Å',
      ' ',
      '“',
      '😀',
      '-',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(normalized(text.normalize('NFD'))).toBe(normalized(text));
        expect(normalized(text.normalize('NFC'))).toBe(normalized(text));
      }),
      { numRuns: 500 },
    );
  });

  it('normalization keeps every unit of the characters with the longest expansions', () => {
    for (const text of ['‴‷', '\u{1D160}\u{1D164}', '\uFB2C\u0344\u0344', 'ﬃﬄ', '\u{1D1C0}']) {
      expect(normalized(text.repeat(50))).toBe(Array.from({ length: 50 }, () => normalized(text)).join(''));
    }
  });
});
