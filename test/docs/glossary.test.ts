// The glossary has each term once, in order, in one or two sentences.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const terms = [
  ...readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| \*\*(.+?)\*\*.*? \| (.+) \|$/gm),
].map(([, term = '', meaning = '']) => ({ term: term.toLowerCase(), meaning }));

test('the glossary has each term once, in alphabetical order', () => {
  expect(terms.length).toBeGreaterThan(80);
  const names = terms.map(({ term }) => term);
  expect(names).toEqual([...new Set(names)].toSorted());
});

test('the glossary defines each term in one or two sentences', () => {
  const long = terms.filter(({ meaning }) => {
    const sentences = meaning.split(/(?<=[.:]) (?=[A-Z])/);
    return sentences.length > 2 || sentences.some((sentence) => sentence.split(' ').length > 30);
  });
  expect(long).toEqual([]);
});
