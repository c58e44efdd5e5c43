// Tests the search for sentences of an article that no record rests on.
import { describe, expect, test } from 'vitest';
import { uncodedSentencesOf } from '../../../../domain/queries/articles/uncoded-sentences.ts';

const coded = (text: string, ...passages: [start: number, end: number][]) =>
  uncodedSentencesOf(
    text,
    passages.map(([start, end]) => ({ start, end })),
  );

describe('uncoded sentences', () => {
  const TEXT = 'They met. 👍🏽 They agreed!\r\n\r\nThey parted.';

  test('all sentences are uncoded if there are no passages, with offsets in code points', () => {
    const sentences = coded(TEXT);
    expect(sentences.map(({ text }) => text).join(' ')).toBe('They met. 👍🏽 They agreed! They parted.');
    const points = Array.from(TEXT);
    for (const { start, end, text } of sentences) expect(points.slice(start, end).join('')).toBe(text);
  });

  test('a sentence is uncoded only if no passage touches a character of it', () => {
    const at = (word: string) => Array.from(TEXT.slice(0, TEXT.indexOf(word))).length;
    expect(coded(TEXT, [at('parted'), at('parted') + 1]).map(({ text }) => text)).not.toContain(
      'They parted.',
    );
    expect(coded(TEXT, [0, 1], [at('agreed'), at('agreed') + 2]).map(({ text }) => text)).toEqual([
      'They parted.',
    ]);
  });

  test('no sentence is uncoded if overlapping passages in any order together cover all', () => {
    expect(coded(TEXT, [20, 60], [0, 12], [5, 25])).toEqual([]);
  });

  test('a sentence that begins at the `end` of a passage is uncoded', () => {
    expect(coded('One. Two.', [0, 5]).map(({ text }) => text)).toEqual(['Two.']);
    expect(coded('One. Two.', [0, 6])).toEqual([]);
    expect(coded('One. Two.', [5, 9], [5, 9])).toEqual([{ start: 0, end: 4, text: 'One.' }]);
  });

  test('a text that consists of white space has no uncoded sentence', () => {
    expect(coded(' \r\n\t ')).toEqual([]);
  });

  test('uncoded sentences of a long text with many passages are found in one pass', () => {
    const sentence = 'They met again. ';
    const text = sentence.repeat(5_000);
    const every = Array.from({ length: 2_500 }, (_, n): [number, number] => [
      n * 2 * sentence.length,
      n * 2 * sentence.length + 4,
    ]);
    expect(coded(text, ...every)).toHaveLength(2_500);
  });
});
