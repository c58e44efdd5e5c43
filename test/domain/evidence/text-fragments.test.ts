// Passages as RFC 5147 names them: in characters, a line ending being one however it is written.
import { expect, test } from 'vitest';
import { fragmentsOf } from '../../../domain/evidence/text-fragments.ts';

test('a passage is named by where it begins and ends', () => {
  expect(fragmentsOf('They met.')(5, 8)).toBe('char=5,8');
});

test('characters are code points', () => {
  expect(fragmentsOf('🕊️ They met.')(3, 7)).toBe('char=3,7');
});

test('a line ending of two characters counts as one, before the passage and in it', () => {
  const fragment = fragmentsOf('A\r\nB🕊\r\n\r\nC\nD\rE');
  expect(fragment(0, 1)).toBe('char=0,1');
  expect(fragment(3, 4)).toBe('char=2,3');
  expect(fragment(9, 10)).toBe('char=6,7');
  expect(fragment(0, 14)).toBe('char=0,11');
});

test('a byte order mark is no character of the text', () => {
  expect(fragmentsOf('\ufeffThey met.')(6, 9)).toBe('char=5,8');
});
