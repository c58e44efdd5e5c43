// Arbitrary values that look like EDTF dates. Many are valid, in every form of the grammar.
import * as fc from 'fast-check';

/** Joins a year with a month and a day, unless those are null. */
export const joinedDigits = (y: string, m: string | null, d: string | null) =>
  `${y}${m === null ? '' : `-${m}${d === null ? '' : `-${d}`}`}`;

const year = fc.oneof(
  fc.integer({ min: 1, max: 9_999 }).map((n) => String(n).padStart(4, '0')),
  fc.constantFrom('2023', '2024', '1900', '-0044', '201X', '19XX', 'XXXX', '1X50', '-001X'),
);
const two = (max: number) =>
  fc.oneof(
    fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0')),
    fc.constantFrom('XX', '1X', 'X1', '0X', '02', 'X2'),
  );
const mark = fc.constantFrom('', '', '', '', '?', '~', '%');
const marked = (part: fc.Arbitrary<string>) => fc.tuple(mark, part, mark).map((parts) => parts.join(''));
const single = fc
  .tuple(marked(year), fc.option(marked(two(14))), fc.option(marked(two(32))))
  .map((parts) => joinedDigits(...parts));
const usual = fc
  .tuple(
    fc.constantFrom('2023', '2024'),
    fc.constantFrom(null, '02', '03'),
    fc.constantFrom(null, '01', '28'),
  )
  .map((parts) => joinedDigits(...parts));
const others = fc.constantFrom('2023-21', '2023-41', '196~', '19?', '-19', '-196', '1950S2', '0001S1', '');
const one = fc.oneof(single, usual, usual, others);
const end = fc.oneof(one, fc.constant('..'));
export const writtenDates = fc.oneof(
  one,
  fc.tuple(end, end).map((ends) => ends.join('/')),
  fc
    .tuple(
      fc.constantFrom('[', '{', '[..', '{..'),
      fc.array(one, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(',', '..'),
      fc.constantFrom(']', '}', '..]', '..}'),
    )
    .map(([left, members, joint, right]) => left + members.join(joint) + right),
);
