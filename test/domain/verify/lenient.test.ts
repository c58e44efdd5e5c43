// What earlier rules accepted and today's may not.
import { describe, expect, test } from 'vitest';
import { isFoundLeniently } from '../../../domain/verify/lenient.ts';

const passages = ['He said: “We will co-operate — as ever.”', 'Nobody replied to that.'];

describe('a content is found by the rules that once held', () => {
  test.each([
    'We will cooperate, as ever',
    'Wewillco',
    'e will co operate – as eve',
    'We will … as ever',
    'as ever … replied',
    'He [the minister] said: “We will”',
    'We will co-operate — as ever. […] to that',
  ])('%s', (content) => {
    expect(isFoundLeniently(content, passages)).toBe(true);
  });
});

describe('a content is not found if it has other words, or the words in another order', () => {
  test.each(['We will never co-operate', 'as ever we will', 'replied … Nobody', '…', 'He said no'])(
    '%s',
    (content) => {
      expect(isFoundLeniently(content, passages)).toBe(false);
    },
  );

  test('and nothing is found in no passages', () => {
    expect(isFoundLeniently('We will', [])).toBe(false);
  });
});
