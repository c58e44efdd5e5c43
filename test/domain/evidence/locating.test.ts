// Quotations are found in their source regardless of typography.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate, type Quote, searchableTextOf } from '../../../domain/evidence/locating.ts';
import { naivelyBegins, naivelyEnds } from '../../support/naive-boundaries.ts';

const find = (text: string, quote: string | Quote) =>
  locate(searchableTextOf(text), typeof quote === 'string' ? { exact: quote } : quote);

const once = (start: number, exact: string) => ({
  found: 'once',
  passage: { start, end: start + Array.from(exact).length, exact },
});

const rangeOf = (parts: string[], from: number, to: number) => {
  const start = Array.from(parts.slice(0, from).join('')).length;
  const exact = parts
    .slice(from, to)
    .join('')
    .replace(/\u200B$/, '');
  return { start, end: start + Array.from(exact).length, exact };
};

describe('quotations', () => {
  it.each([
    [
      'straight quotation marks for curly ones',
      'He said “we agreed”.',
      '"we agreed"',
      once(8, '“we agreed”'),
    ],
    [
      'curly quotation marks for straight ones',
      `He said "we agreed".`,
      '“we agreed”',
      once(8, '"we agreed"'),
    ],
    ['a curly apostrophe', "It isn't so", 'isn’t', once(3, "isn't")],
    ['another dash', 'peace — at last', 'peace -- at', once(0, 'peace — at')],
    ['a dash set without space', 'peace — at last', 'peace—at', once(0, 'peace — at')],
    ['a dash set with space', 'so, peace—at last', 'peace – at', once(4, 'peace—at')],
    ['a dash at either end', 'so peace — at — last', '- at -', once(9, '— at —')],
    ['a space for a no-break space', 'on 5\u00A0May', '5 May', once(3, '5\u00A0May')],
    ['letters for a ligature', 'an eﬃcient plan', 'efficient', once(3, 'eﬃcient')],
    ['a composed accent', 'the cafe\u0301 met', 'café', once(4, 'cafe\u0301')],
    ['a decomposed accent', 'the caf\u00E9 met', 'cafe\u0301', once(4, 'caf\u00E9')],
    ['a line break elsewhere', 'we\r\nagreed', 'we agreed', once(0, 'we\r\nagreed')],
    ['three dots for an ellipsis', 'we… agreed', 'we... agreed', once(0, 'we… agreed')],
    ['white space around it', 'we agreed', '  agreed\n', once(3, 'agreed')],
    ['a missing soft hyphen', 'agree\u00ADment', 'agreement', once(0, 'agree\u00ADment')],
    ['emoji before it', '👍🏽👨‍👩‍👧 agreed 🇫🇷', 'agreed', once(8, 'agreed')],
    ['emoji in it', 'x 👨‍👩‍👧 agreed', '👨‍👩‍👧 agreed', once(2, '👨‍👩‍👧 agreed')],
    ['Arabic', 'قال الوزير إن الاتفاق قريب', 'الاتفاق', once(14, 'الاتفاق')],
    ['Hebrew with another gershayim', 'דובר צה״ל אמר', 'צה"ל', once(5, 'צה״ל')],
    ['a byte order mark before it', '\uFEFFagreed', 'agreed', once(1, 'agreed')],
    ['a lone surrogate before it', '\uD83D agreed', 'agreed', once(2, 'agreed')],
  ])('locate finds a quotation with %s', (_what, text, quote, expected) => {
    expect(find(text, quote)).toEqual(expected);
  });

  it.each([
    ['a changed case', 'We agreed', 'we agreed'],
    ['a letter without its accent', 'cafe\u0301', 'cafe'],
    ['a mark without its letter', 'cafe\u0301', '\u0301'],
    ['half a family', 'x 👨‍👩‍👧', '👩'],
    ['a flag of two others', '🇫🇷🇺🇸', '🇷🇺'],
  ])('locate does not find a quotation with %s', (_what, text, quote) => {
    expect(find(text, quote).found).toBe('none');
  });

  it.each(['', ' \u00A0\n', '\u200B'])(
    'the blank quotation %j is not found and has no nearest passage',
    (quote) => {
      expect(find('some text', quote)).toEqual({ found: 'none' });
    },
  );

  it('several occurrences are listed with contexts that distinguish them', () => {
    const text = Array.from({ length: 12 }, (_, n) => `On day ${n} “they” agreed with number ${n * 7}.`).join(
      ' ',
    );
    const found = find(text, '"they" agreed');
    if (found.found !== 'several') throw new Error(found.found);
    expect(found.total).toBe(12);
    expect(found.candidates).toHaveLength(10);
    for (const candidate of found.candidates) {
      const { exact, prefix = '', suffix = '' } = candidate;
      expect(find(text, { exact, prefix, suffix })).toEqual({ found: 'once', passage: candidate });
    }
  });

  it.each([
    ['without its hyphen', 'further co-\noperation now', 'further cooperation now'],
    ['with its hyphen', 'further co-\noperation now', 'further co-operation now'],
    ['as the source breaks it', 'further co-\noperation now', 'further co-\n  operation now'],
    ['with one hyphen of two', 'the vice-\npresident’s agree-\nment', 'the vice-president’s agreement'],
    ['broken where the source is not', 'further cooperation now', 'further co-\noperation now'],
    ['broken where the source has a hyphen', 'further co-operation now', 'further co-\noperation now'],
    ['in capitals', 'FURTHER CO-\nOPERATION NOW', 'FURTHER CO-OPERATION NOW'],
    ['in a compound of three', 'his mother-in-\nlaw agreed', 'his mother-in-law agreed'],
    ['between its contexts', 'a co-\noperation, no co-\noperation', 'co-operation'],
  ])('a word that is divided at a line end is found %s', (_how, text, exact) => {
    const suffix = exact === 'co-operation' ? { suffix: ', no co-operation' } : {};
    expect(find(text, { exact, ...suffix })).toMatchObject({ found: 'once' });
  });

  it.each([
    ['a part of a divided word', 'further co-\noperation now', 'operation now'],
    ['a divided word with a space', 'further co-\noperation now', 'further co operation now'],
    ['a word joined over a dash at a line end', 'peace –\ntalks', 'peacetalks'],
  ])('a quotation of %s is not found', (_what, text, exact) => {
    expect(find(text, exact)).toMatchObject({ found: 'none' });
  });

  it('white space is reported if it is the only difference', () => {
    expect(find('双方建立关系。', '双方建立关 系')).toMatchObject({
      nearest: { differences: [{ quoted: '关 系', source: '关系' }] },
    });
    expect(find('a well-known (old) word', 'well-known ( old) word')).toMatchObject({
      nearest: { differences: [{ quoted: '( old', source: '(old' }] },
    });
  });

  it('overlapping occurrences are counted', () => {
    expect(find('ha ha ha ha ha', 'ha ha ha')).toMatchObject({ found: 'several', total: 3 });
  });

  it('a prefix or a suffix selects an occurrence, regardless of white space at its edges', () => {
    const text = 'Peace, said Ana. Peace,\u00A0 said “Bo”.';
    expect(find(text, { exact: 'Peace, said', suffix: ' "Bo' })).toEqual({
      found: 'once',
      passage: { start: 17, end: 29, exact: 'Peace,\u00A0 said', suffix: ' “Bo' },
    });
    expect(find(text, { exact: 'Peace', prefix: 'Ana.' })).toMatchObject({
      passage: { start: 17, end: 22, prefix: 'Ana. ' },
    });
    expect(find(text, { exact: 'Peace', prefix: ' ', suffix: '' })).toMatchObject({
      found: 'several',
      total: 2,
    });
  });

  it('a quotation with a context that never occurs is refused with the most similar context', () => {
    const text = 'The Dutch minister said peace. The Russian president said peace.';
    expect(find(text, { exact: 'said peace', prefix: 'the Russian minster', suffix: '.' })).toEqual({
      found: 'none',
      nearest: {
        passage: { start: 53, end: 63, exact: 'said peace', prefix: 'Russian president ', suffix: '.' },
        differences: [{ quoted: 'the Russian minster', source: 'Russian president' }],
      },
    });
  });

  const pieces =
    'e\u0301|é|“|”|"|\'|’| |\u00A0|\r\n|-|—|…|ﬁ|😀|👨‍👩‍👧|🇫🇷|שלום|ab|a|b|x\u200B|o\u0323\u0302|각|中|سلام';
  const awkward = fc.constantFrom(...pieces.split('|'));
  const variants: Record<string, string> = {
    '“': '"',
    '”': '‟',
    '"': '„',
    "'": '‘',
    '’': '`',
    ' ': '\u2009\t',
  };
  Object.assign(variants, { '\u00A0': ' ', '\r\n': '\n ', '-': '\u2010', '—': ' - ', '…': '...', ﬁ: 'fi' });

  const plain: Record<string, string> = { '’': "'", '…': '...', ﬁ: 'fi', 'x\u200B': 'x' };
  const plainly = (parts: string[]) =>
    parts
      .map((part) => (/[“”"]/.test(part) ? "''" : (plain[part] ?? part.normalize('NFC'))))
      .join('')
      .replace(/\s+/g, ' ')
      .replace(/ ?[-—][-— ]*/g, '-');
  /** Returns true if a range of parts begins and ends at word boundaries. */
  const isWhole = (parts: string[], from: number, to: number) => {
    const text = parts.join('');
    const lengthOf = (count: number) => parts.slice(0, count).join('').length;
    return naivelyBegins(text, lengthOf(from)) && naivelyEnds(text, lengthOf(to));
  };
  /** Finds all ranges of whole parts that read the same, by brute force. */
  const naiveRanges = (parts: string[], chosen: string[]) =>
    parts.flatMap((_, from) =>
      parts.flatMap((_, at) => {
        const reads = plainly(parts.slice(from, at + 1)) === plainly(chosen);
        return at >= from && reads && isWhole(parts, from, at + 1) ? [rangeOf(parts, from, at + 1)] : [];
      }),
    );

  it('any range of an awkward text is found with other typography', () => {
    fc.assert(
      fc.property(fc.array(awkward, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (parts, a, b) => {
        const from = a % parts.length;
        const to = from + 1 + (b % (parts.length - from));
        const chosen = parts.slice(from, to);
        // A run of white space or dashes normalizes to one unit, so a cut within it would move the passage's edges.
        fc.pre(!/^[\s-—]|[\s-—]$/.test(chosen.join('')) && /[^\u200B]/.test(chosen.join('')));
        fc.pre(isWhole(parts, from, to));
        const text = parts.join('');
        const found = find(text, chosen.map((part) => variants[part] ?? part.normalize('NFD')).join(''));
        const listed = found.found === 'several' ? found.candidates : [];
        if (found.found === 'once') listed.push(found.passage);
        fc.pre(listed.length < 10);
        const ranges = listed.map(({ start, end, exact }) => ({ start, end, exact }));
        expect(ranges).toEqual(expect.arrayContaining(naiveRanges(parts, chosen)));
        expect(ranges).toContainEqual(rangeOf(parts, from, to));
      }),
      { numRuns: 1500 },
    );
  });
});

const steps = (text: string, exact: string, found: string) => {
  let total = 0;
  const located = locate(searchableTextOf(text), { exact }, (more) => {
    total += more;
  });
  expect(located.found).toBe(found);
  return total;
};

describe('cost of a search', () => {
  const size = 1_000_000;
  const prose = Array.from({ length: size / 8 }, (_, n) => `w${(n * 7919) % 99_991} on `)
    .join('')
    .slice(0, size);

  it('a search in a repetitive text takes at most three times the steps of one in prose', () => {
    const quote = prose.slice(prose.indexOf(' ', 600_000) + 1, prose.indexOf(' ', 602_000));
    const a = 'a '.repeat(size / 2);
    const b = 'ab '.repeat(size / 3);
    const word = 'a'.repeat(size);
    const foundOnce = steps(prose, quote, 'once');
    const notFound = steps(prose, quote.replace(/w\d+/g, 'no'), 'none');
    expect(foundOnce).toBeLessThan(5 * size);
    expect(steps(`${a}b`, `${a.slice(0, 1998)}b`, 'once')).toBeLessThan(3 * foundOnce);
    expect(steps(a, a.slice(0, 1999), 'several')).toBeLessThan(3 * foundOnce);
    expect(steps(b, b.slice(0, 1997), 'several')).toBeLessThan(3 * foundOnce);
    expect(steps(word, word.slice(0, 2000), 'none')).toBeLessThan(3 * notFound);
    expect(steps(word, `${word.slice(0, 1999)}b`, 'none')).toBeLessThan(3 * notFound);
    expect(steps(word, `b${word.slice(0, 1999)}`, 'none')).toBeLessThan(3 * notFound);
    expect(steps(b, `${b.slice(0, 1000)}c ${b.slice(0, 998)}`, 'none')).toBeLessThan(3 * notFound);
  });
});
