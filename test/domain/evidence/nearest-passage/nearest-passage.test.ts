// For a quotation that its source does not contain, exactly the differing words are reported.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate, type Nearest, searchableTextOf } from '../../../../domain/evidence/locating.ts';

const nearest = (text: string, exact: string): Nearest | undefined => {
  const found = locate(searchableTextOf(text), { exact });
  if (found.found !== 'none') throw new Error(`expected none, was found ${found.found}`);
  return found.nearest;
};

const text = 'He said that “peace”, not war, was the aim of the talks — which isn’t new.';

describe('the nearest passage', () => {
  it.each([
    [
      'altered',
      'said that "love", not war',
      'said that “peace”, not war',
      [{ quoted: 'love', source: 'peace' }],
    ],
    ['dropped', 'said "peace", not war', 'said that “peace”, not war', [{ quoted: '', source: 'that' }]],
    ['added', '"peace", and not war', '“peace”, not war', [{ quoted: 'and', source: '' }]],
    ['altered at the start', 'She said that', 'He said that', [{ quoted: 'She', source: 'He' }]],
    [
      'altered at the end',
      'said that "peace", not now',
      'said that “peace”, not war',
      [{ quoted: 'now', source: 'war' }],
    ],
    ['altered in case', 'He Said that', 'He said that', [{ quoted: 'Said', source: 'said' }]],
    [
      'altered around an apostrophe',
      "talks - which wasn't new",
      'talks — which isn’t new',
      [{ quoted: "wasn't", source: 'isn’t' }],
    ],
    [
      'replaced by two',
      'was the only goal of the talks',
      'was the aim of the talks',
      [{ quoted: 'only goal', source: 'aim' }],
    ],
    [
      'altered in a quotation that begins and ends inside words',
      'aid that "love", not wa',
      'said that “peace”, not war',
      [
        { quoted: 'aid', source: 'said' },
        { quoted: 'love', source: 'peace' },
        { quoted: 'wa', source: 'war' },
      ],
    ],
  ])('the difference is reported if a word is %s', (_what, quote, exact, differences) => {
    const found = nearest(text, quote);
    expect(found?.differences).toEqual(differences);
    expect(found?.passage.exact).toBe(exact);
    expect(text.slice(found?.passage.start, found?.passage.end)).toBe(exact);
  });

  it('a dropped word is reported with the comma after it', () => {
    expect(nearest('bread, wine, cheese and oil', 'bread, cheese and')?.differences).toEqual([
      { quoted: '', source: 'wine,' },
    ]);
  });

  it('several differences are reported, at most five', () => {
    const source = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen';
    expect(nearest(source, 'one two x four five y seven eight')?.differences).toEqual([
      { quoted: 'x', source: 'three' },
      { quoted: 'y', source: 'six' },
    ]);
    const many = 'one two a four five b seven eight c ten eleven d thirteen e';
    expect(nearest(source, many.replace('five', 'q five'))?.differences).toHaveLength(5);
  });

  it('signs of a script without spaces are reported', () => {
    expect(nearest('各方同意了停火协议。', '同意停火协议')?.differences).toEqual([
      { quoted: '', source: '了' },
    ]);
  });

  it('positions count code points, and the passage has the original characters', () => {
    expect(nearest('😀😀 the eﬃcient cafe\u0301 met', 'the efficient café ate')).toEqual({
      passage: { start: 3, end: 24, exact: 'the eﬃcient cafe\u0301 met' },
      differences: [{ quoted: 'ate', source: 'met' }],
    });
  });

  it('a single long word with another spelling is reported', () => {
    expect(nearest('It went internationally well', 'internationaly')?.differences).toEqual([
      { quoted: 'internationaly', source: 'internationally' },
    ]);
  });

  it('a full stop and an ellipsis are reported as different', () => {
    expect(nearest('We agreed… and left', 'We agreed.')?.differences).toEqual([{ quoted: '.', source: '…' }]);
  });

  it('no passage is reported if no words are similar', () => {
    expect(nearest(text, 'Zzyzx qwrt plk')).toBeUndefined();
    expect(nearest(text, 'war of some kind nobody had ever heard before')).toBeUndefined();
    expect(nearest('', 'anything')).toBeUndefined();
    expect(nearest('a', 'b')).toBeUndefined();
    expect(
      nearest('aaaa'.repeat(50), `${'a'.repeat(60)}b${'a'.repeat(60)}`)?.differences.length ?? 0,
    ).toBeLessThan(6);
  });
});

const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
};

const only = (chosen: string[], at: number, edit: string) => {
  const original = chosen[at] ?? '';
  if (edit === 'altered') return [{ quoted: 'ALTERED', source: original.replace(',', '') }];
  return [edit === 'dropped' ? { quoted: '', source: original } : { quoted: 'ADDED', source: '' }];
};

describe('in a text of a megabyte', () => {
  const vocabulary = Array.from(
    { length: 400 },
    (_, n) => `${'aeiou'[n % 5]}${n.toString(36)}${'tnrs'[n % 4]}`,
  );
  const next = random(7);
  const words = Array.from(
    { length: 220_000 },
    () => `${vocabulary[next() % 400]}${next() % 9 === 0 ? ',' : ''}`,
  );
  const prose = words.join(' ');
  const source = searchableTextOf(prose);
  const paragraph = words.slice(0, 150).join(' ');
  const repetitive = searchableTextOf(`${paragraph} `.repeat(1300));
  const chorus = searchableTextOf('the talks go on and on, they say. '.repeat(30_000));

  const edited = (of: typeof source, chosen: string[], at: number, edit: string) => {
    const original = chosen[at] ?? '';
    const quote = [...chosen];
    if (edit === 'altered') quote[at] = `ALTERED${original.endsWith(',') ? ',' : ''}`;
    if (edit === 'dropped') quote.splice(at, 1);
    if (edit === 'added') quote.splice(at, 0, 'ADDED');
    let steps = 0;
    const found = locate(of, { exact: quote.join(' ') }, (more) => {
      steps += more;
    });
    if (found.found !== 'none') throw new Error(found.found);
    return { steps, differences: found.nearest?.differences, passage: found.nearest?.passage };
  };
  const maxSteps = 12_000_000;

  it.each(['altered', 'dropped', 'added'])(
    'exactly one %s word is reported, anywhere in a megabyte of text',
    (edit) => {
      fc.assert(
        fc.property(fc.nat(219_000), fc.integer({ min: 8, max: 330 }), fc.nat(), (from, length, seed) => {
          const chosen = words.slice(from, from + length);
          const at = 1 + (seed % (length - 2));
          // A dropped word next to an equal one is ambiguous.
          fc.pre(chosen[at] !== chosen[at - 1] && chosen[at] !== chosen[at + 1]);
          const { steps, differences, passage } = edited(source, chosen, at, edit);
          expect(steps).toBeLessThan(maxSteps);
          expect(differences).toEqual(only(chosen, at, edit));
          expect(passage?.exact).toBe(chosen.join(' '));
          expect(prose.slice(passage?.start, passage?.end)).toBe(passage?.exact);
        }),
        { numRuns: 8 },
      );
    },
  );

  it.each([
    [1234, 'altered'],
    [3998, 'dropped'],
  ])('the difference at word %i is reported in a quotation of 20,000 characters', (at, edit) => {
    const chosen = words.slice(100_000, 104_000);
    const { steps, differences } = edited(source, chosen, at, edit);
    expect(steps).toBeLessThan(maxSteps);
    expect(differences).toEqual(only(chosen, at, edit));
  });

  it.each([1, 40, 149, 200, 298])(
    'the difference at word %i is reported if all paragraphs are equal',
    (at) => {
      const all = `${paragraph} `.repeat(4).trim().split(' ');
      for (const phase of [0, 77]) {
        const chosen = all.slice(phase, phase + 300);
        const { steps, differences } = edited(repetitive, chosen, at, 'altered');
        expect(steps).toBeLessThan(maxSteps);
        expect(differences).toEqual(only(chosen, at, 'altered'));
      }
    },
  );

  it.each([3, 200, 390])('the difference at word %i is reported if all sentences are equal', (at) => {
    const all = 'the talks go on and on, they say. '.repeat(60).trim().split(' ');
    for (const phase of [0, 5]) {
      const chosen = all.slice(phase, phase + 395);
      const { steps, differences } = edited(chorus, chosen, at, 'altered');
      expect(steps).toBeLessThan(maxSteps);
      expect(differences).toEqual(only(chosen, at, 'altered'));
    }
  });
});
