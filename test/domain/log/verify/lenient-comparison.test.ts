// Tests the comparison of contents by earlier rules.
import { expect, test } from 'vitest';
import { isFoundLeniently } from '../../../../domain/log/verify/lenient-comparison.ts';

const passages = ['He said: “We will co-operate — as ever.”', 'Nobody replied to that.'];

test.each([
  'We will cooperate, as ever',
  'Wewillco',
  'e will co operate – as eve',
  'We will … as ever',
  'as ever … replied',
  'He [the minister] said: “We will”',
  'We will co-operate — as ever. […] to that',
])('the content “%s” is found by earlier rules', (content) => {
  expect(isFoundLeniently(content, passages)).toBe(true);
});

test.each(['We will never co-operate', 'as ever we will', 'replied … Nobody', '…', 'He said no'])(
  'the content “%s” has other words or another order, and is not found',
  (content) => {
    expect(isFoundLeniently(content, passages)).toBe(false);
  },
);

test('a content is not found if no passages are given', () => {
  expect(isFoundLeniently('We will', [])).toBe(false);
});
