// What earlier rules accepted and today's may not.
import { describe, expect, test } from 'vitest';
import { isFoundLeniently } from '../../../../domain/log/verify/lenient-comparison.ts';

const passages = ['He said: “We will co-operate — as ever.”', 'Nobody replied to that.'];

describe('what earlier rules accepted', () => {
  test.each([
    'We will cooperate, as ever',
    'Wewillco',
    'e will co operate – as eve',
    'We will … as ever',
    'as ever … replied',
    'He [the minister] said: “We will”',
    'We will co-operate — as ever. […] to that',
  ])('“%s” is found by the rules that once held', (content) => {
    expect(isFoundLeniently(content, passages)).toBe(true);
  });
});

describe('what no rules accepted', () => {
  test.each(['We will never co-operate', 'as ever we will', 'replied … Nobody', '…', 'He said no'])(
    '“%s” has other words, or words in another order, and is not found',
    (content) => {
      expect(isFoundLeniently(content, passages)).toBe(false);
    },
  );

  test('no content is found in no passages', () => {
    expect(isFoundLeniently('We will', [])).toBe(false);
  });
});
