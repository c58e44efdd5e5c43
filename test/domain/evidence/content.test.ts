// Content must consist of the source's words, except for marked omissions and additions.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../domain/errors.ts';
import { missingFrom, MAX_SEGMENTS, segmentCount } from '../../../domain/evidence/content.ts';
import { checkContentWords } from '../../../domain/recording/invariants.ts';

describe('content', () => {
  const accepted: [string, string, string[]][] = [
    ['the words themselves', 'we agreed', ['Then we agreed to it']],
    ['other typography', '“we”\u00A0— agreed', ['Then "we" - agreed']],
    ['its own quotation marks and full stop', '“we agreed.”', ['we agreed, he said']],
    ['an omission', 'we … to […] it (...) now', ['we agreed to sign it right now']],
    ['an omission between two passages', 'we agreed … never again', ['we agreed', 'never again']],
    ['an omission and passages in reverse order', 'we agreed … never again', ['never again', 'we agreed']],
    ['an addition', 'of [the] war', ['the end of war']],
    ['a name for a pronoun', '[Putin] said [Russia] would', ['he said his country would']],
    ['a bracketed capital', '[T]he war', ['and the war ended']],
    ['a bracketed capital after an omission', 'and … [T]he war', ['and so on. the war ended']],
    ['a bracketed ending', 'negotiat[ing] a deal', ['they negotiated a deal']],
    ['brackets that the source prints', 'we [the Council] agreed', ['we [the Council] agreed']],
    [
      'a long bracket that the source prints',
      `we [${'x y '.repeat(30)}] met`,
      [`we [${'x y '.repeat(30)}] met`],
    ],
    [
      'a long bracket that the source prints, and an omission',
      `we [${'x y '.repeat(30)}] met … in Oslo`,
      [`we [${'x y '.repeat(30)}] met them in Oslo`],
    ],
    ['only a bracket that the source prints', '[the]', ['of [the] war']],
    ['dots that the source prints', 'well... yes', ['well... yes']],
    ['a word after an elided article', 'Ukraine', ['l’Ukraine']],
    ['signs of a script without spaces', '停火', ['同意停火协议']],
    ['Thai without spaces', 'สันติภาพ', ['การเจรจาสันติภาพวันนี้']],
    // The first "we met" is too far from "in Oslo", so the second must match.
    [
      'a bracket after the second of two occurrences',
      'we met [them] in Oslo',
      [`we met ${'x'.repeat(60)} we met in Oslo`],
    ],
    [
      'another occurrence in the middle of a chain',
      'a [x] b [y] c',
      [`a b ${'x'.repeat(50)} b ${'y'.repeat(30)} c`],
    ],
  ];
  it.each(accepted)('content with %s matches its passages', (_what, content, passages) => {
    expect(missingFrom(content, passages)).toBeUndefined();
  });

  it.each<[string, string, string[], string]>([
    ['another case', '“We agreed.”', ['we agreed, he said'], 'We agreed'],
    ['a part of a word', 'he said', ['she said'], 'he said'],
    ['the beginning of a word', 'war', ['a warning'], 'war'],
    ['a part of a contraction', 'we can', ['we can’t'], 'we can'],
    ['a part of a number', '5 men', ['15 men'], '5 men'],
    ['words in another order', 'agreed … we', ['we agreed'], 'we'],
    ['a word that the passage lacks', 'we … never … agreed', ['we agreed'], 'never'],
    ['words joined over two passages', 'we agreed never', ['we agreed', 'never'], 'we agreed never'],
    ['a bracket across two passages', 'we agreed [that] never', ['we agreed', 'never'], 'never'],
    ['a bracket that replaces too much', 'we [all] agreed', [`we ${'x '.repeat(40)}agreed`], 'agreed'],
    ['only omissions', ' […] … ', ['a … b […] c'], ' […] … '],
    ['only an addition', '[Putin]', ['he said'], '[Putin]'],
    ['no words', '', ['he said'], ''],
    ['no passages', 'we agreed', [], 'we agreed'],
    ['a letter without its accent', 'cafe', ['cafe\u0301'], 'cafe'],
  ])('content with %s does not match its passages', (_what, content, passages, missing) => {
    expect(missingFrom(content, passages)).toBe(missing);
  });

  it('content with many segments is checked against a repetitive passage without exponential search', () => {
    const content = `${'a [b] '.repeat(300)}… ${'a … '.repeat(300)}q`;
    expect(missingFrom(content, ['a '.repeat(5000), 'a b '.repeat(2000)])).toBe('q');
  });

  it('content made from a passage by omissions and additions always matches it', () => {
    const words = fc.array(fc.constantFrom('we', 'agreed', 'peace', 'a', 'b', 'été', '停火'), {
      minLength: 1,
      maxLength: 15,
    });
    const edits = fc.array(fc.constantFrom('keep', 'keep', 'add', 'omit'), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(words, edits, (passage, edit) => {
        const content = passage.map((word, at) => {
          if (at > 0 && edit[at] === 'omit') return '…';
          return edit[at] === 'add' ? `${word} [x]` : word;
        });
        expect(missingFrom(content.join(' '), [`so ${passage.join(' ')} then`])).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

const ofSegments = (count: number) => Array.from({ length: count }, () => 'a').join(' [b] ');
const check = (content: string) =>
  checkContentWords({ certainty: 'asserted', attributedBy: [], content }, []);

describe('segments', () => {
  it.each([
    ['', 0],
    ['we agreed', 1],
    ['we … to […] it (...) now', 4],
    ['[Putin] said [Russia] would … [ ] …', 2],
    [ofSegments(201), 201],
  ])('segmentCount counts the segments of %j', (content, count) => {
    expect(segmentCount(content)).toBe(count);
  });

  it('content with more than 200 segments is refused before the search', () => {
    expect(() => check(ofSegments(MAX_SEGMENTS))).toThrow('no evidence supports it');
    const detail = 'must have at most 200 segments between its … and [ ], and has 201';
    expect(() => check(ofSegments(MAX_SEGMENTS + 1))).toThrow(
      new Refusal('invalid', `content ${detail}`, { errors: [{ pointer: '/content', detail }] }),
    );
  });
});
