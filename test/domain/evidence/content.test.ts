// Content is the source's own words, but for what it marks as left out or added.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../domain/errors.ts';
import { missingFrom, MAX_SEGMENTS, segmentCount } from '../../../domain/evidence/content.ts';
import { checkWords } from '../../../domain/recording/invariants.ts';

describe('content', () => {
  const accepted: [string, string, string[]][] = [
    ['the words themselves', 'we agreed', ['Then we agreed to it']],
    ['other typography', '“we”\u00A0— agreed', ['Then "we" - agreed']],
    ['quotation marks and a full stop of its own', '“we agreed.”', ['we agreed, he said']],
    ['words left out', 'we … to […] it (...) now', ['we agreed to sign it right now']],
    ['words left out between two passages', 'we agreed … never again', ['we agreed', 'never again']],
    [
      'words left out, the later in an earlier passage',
      'we agreed … never again',
      ['never again', 'we agreed'],
    ],
    ['words added', 'of [the] war', ['the end of war']],
    ['a name for a pronoun', '[Putin] said [Russia] would', ['he said his country would']],
    ['a capital of its own', '[T]he war', ['and the war ended']],
    ['a capital after words left out', 'and … [T]he war', ['and so on. the war ended']],
    ['an ending of its own', 'negotiat[ing] a deal', ['they negotiated a deal']],
    ['brackets that the source prints', 'we [the Council] agreed', ['we [the Council] agreed']],
    [
      'a long bracket that the source prints',
      `we [${'x y '.repeat(30)}] met`,
      [`we [${'x y '.repeat(30)}] met`],
    ],
    [
      'a long bracket that the source prints, and words left out',
      `we [${'x y '.repeat(30)}] met … in Oslo`,
      [`we [${'x y '.repeat(30)}] met them in Oslo`],
    ],
    ['nothing but a bracket that the source prints', '[the]', ['of [the] war']],
    ['dots that the source prints', 'well... yes', ['well... yes']],
    ['a word after an elided article', 'Ukraine', ['l’Ukraine']],
    ['signs of a script without spaces', '停火', ['同意停火协议']],
    ['Thai without spaces', 'สันติภาพ', ['การเจรจาสันติภาพวันนี้']],
    // The first "we met" is too far from "in Oslo": the second has to be tried.
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
  it.each(accepted)('with %s is the source’s own', (_what, content, passages) => {
    expect(missingFrom(content, passages)).toBeUndefined();
  });

  it.each<[string, string, string[], string]>([
    ['another case', '“We agreed.”', ['we agreed, he said'], 'We agreed'],
    ['a part of a word', 'he said', ['she said'], 'he said'],
    ['the beginning of a word', 'war', ['a warning'], 'war'],
    ['a part of a contraction', 'we can', ['we can’t'], 'we can'],
    ['a part of a number', '5 men', ['15 men'], '5 men'],
    ['words in another order', 'agreed … we', ['we agreed'], 'we'],
    ['a word that is not there', 'we … never … agreed', ['we agreed'], 'never'],
    ['words joined over two passages', 'we agreed never', ['we agreed', 'never'], 'we agreed never'],
    ['a bracket across two passages', 'we agreed [that] never', ['we agreed', 'never'], 'never'],
    ['a bracket for too much', 'we [all] agreed', [`we ${'x '.repeat(40)}agreed`], 'agreed'],
    ['nothing but words left out', ' […] … ', ['a … b […] c'], ' […] … '],
    ['nothing but words added', '[Putin]', ['he said'], '[Putin]'],
    ['nothing', '', ['he said'], ''],
    ['no passages', 'we agreed', [], 'we agreed'],
    ['a letter whose accent is cut off', 'cafe', ['cafe\u0301'], 'cafe'],
  ])('with %s is not', (_what, content, passages, missing) => {
    expect(missingFrom(content, passages)).toBe(missing);
  });

  it('of many segments is checked against a repetitive passage without trying every way', () => {
    const content = `${'a [b] '.repeat(300)}… ${'a … '.repeat(300)}q`;
    expect(missingFrom(content, ['a '.repeat(5000), 'a b '.repeat(2000)])).toBe('q');
  });

  it('made from a passage by leaving out and adding words is always the source’s own', () => {
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
const check = (content: string) => checkWords({ certainty: 'asserted', attributedBy: [], content }, []);

describe('the segments of a content', () => {
  it.each([
    ['', 0],
    ['we agreed', 1],
    ['we … to […] it (...) now', 4],
    ['[Putin] said [Russia] would … [ ] …', 2],
    [ofSegments(201), 201],
  ])('are counted in %j', (content, count) => {
    expect(segmentCount(content)).toBe(count);
  });

  it('are 200 at most, more are refused before they are looked for', () => {
    expect(() => check(ofSegments(MAX_SEGMENTS))).toThrow('no evidence supports it');
    const detail = 'must have at most 200 segments between its … and [ ], and has 201';
    expect(() => check(ofSegments(MAX_SEGMENTS + 1))).toThrow(
      new Refusal('invalid', `content ${detail}`, { errors: [{ pointer: '/content', detail }] }),
    );
  });
});
