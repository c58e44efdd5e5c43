// A checked value is what its schema makes of it, and a refused one is refused with the issues of its schema; what is
// right as it stands is not even copied, which is why it is fast.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { history } from '../support/history/generate.ts';
import { checked } from '../../events/checked.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { sentencesFor } from '../../events/problem-sentences.ts';
import { checkData, eventTypes, schemas, type EventType } from '../../events/vocabulary.ts';
import { altered, pathsOf } from '../support/altered.ts';
import { examples } from '../support/archives/examples.ts';

/** The words for what is wrong are those of the check. */
const error = sentencesFor('field');

/** What comes of it: a value, or what is wrong with the one given. */
function outcomeOf(check: (value: unknown) => unknown, value: unknown) {
  try {
    return { value: check(value) };
  } catch (error) {
    if (error instanceof z.ZodError) return { issues: error.issues };
    throw error;
  }
}

const expectTheSame = (type: EventType, value: unknown) =>
  expect(outcomeOf(checkData[type], value)).toEqual(
    outcomeOf((given) => schemas[type].parse(given, { error }), value),
  );

let events: RecordedEvent[];
beforeAll(() => {
  events = history(5, 2_000)
    .map(({ event }) => event)
    .toArray();
});

test('what was recorded is given back as it stands, not copied', () => {
  for (const { type, data } of events) expect(checkData[type](data)).toBe(data);
});

describe.each(eventTypes)('%s', (type) => {
  const { minimal, full } = examples[type];

  test('is checked as by its schema, whole and with what may be left out', () => {
    expect(checkData[type](full)).toBe(full);
    expectTheSame(type, minimal);
  });

  test('is checked as by its schema whatever stands in the place of any of its values', () => {
    const odd = [
      undefined,
      null,
      '',
      ' ',
      'x',
      'actor-merges',
      0,
      -1,
      1.5,
      2 ** 53,
      true,
      [],
      ['x'],
      {},
      [{}],
      'x'.repeat(301),
    ];
    for (const path of pathsOf(full, () => true))
      for (const other of odd)
        expectTheSame(
          type,
          altered(full, path, () => other),
        );
  });

  test('is checked as by its schema with a member more or less, at any depth', () => {
    const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
    for (const path of pathsOf(full, isObject)) {
      for (const name of ['rumour', '__proto__', 'constructor', 'toString'])
        expectTheSame(
          type,
          altered(full, path, (value) => withMember(value as object, name)),
        );
      expectTheSame(
        type,
        altered(full, path, (value) => Object.fromEntries(Object.entries(value as object).slice(1))),
      );
    }
  });
});

/** A member of its own, whatever it is called, as JSON.parse makes it. */
const withMember = (value: object, name: string): unknown =>
  JSON.parse(
    `${JSON.stringify(value).slice(0, -1)}${Object.keys(value).length > 0 ? ',' : ''}${JSON.stringify(name)}:{}}`,
  );

test('any event with any value in the place of another is checked as by its schema', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '2023-02-29',
      '[..2023]',
      'en',
      'EN',
      'xx-yy',
      'IN',
      'article-a',
      'http://a.b',
      'supports',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(fc.nat(), fc.nat(), values, (which, where, value) => {
      const { type, data } = events[which % events.length] as RecordedEvent;
      const paths = pathsOf(data, () => true);
      expectTheSame(
        type,
        altered(data, paths[where % paths.length] ?? [], () => value),
      );
    }),
    { numRuns: 3_000 },
  );
});

describe('a schema of another making is left to itself', () => {
  const given: unknown[] = [
    'a',
    ' a ',
    'A',
    '',
    7,
    '7',
    null,
    undefined,
    true,
    [],
    ['a'],
    {},
    { a: 'a' },
    { a: 'a', b: 1 },
  ];
  test.each<[string, z.ZodType]>([
    ['that trims', z.string().trim()],
    ['that alters', z.string().toLowerCase()],
    ['that converts', z.coerce.number()],
    ['that converts to text', z.coerce.string()],
    ['that transforms', z.string().transform((value) => value.length)],
    ['with a step before it', z.preprocess((value) => value ?? 'a', z.string())],
    ['of several', z.string().or(z.int())],
    ['of a member that several may be', z.strictObject({ a: z.string().or(z.int()) })],
    ['that drops unknown members', z.object({ a: z.string() })],
    ['that keeps unknown members', z.looseObject({ a: z.string() })],
    ['that catches what is wrong', z.string().catch('b')],
    ['that has a default within', z.strictObject({ a: z.string().default('b') })],
    ['with a default that it checks', z.strictObject({ a: z.string().prefault('b') })],
    ['that may be undefined', z.strictObject({ a: z.string().optional() })],
    ['of any names', z.record(z.string(), z.string())],
    ['of fixed places', z.tuple([z.string()])],
    ['of a sticky pattern', z.string().regex(/a/y)],
    ['of a pattern that remembers', z.string().regex(/a/g)],
    ['of a least length', z.string().min(1)],
    ['whose check alters', z.string().overwrite((value) => `${value}!`)],
    ['that is only read', z.strictObject({ a: z.string() }).readonly()],
    ['that answers more than yes', z.string().refine((value) => value.length)],
    ['of whole numbers', z.int().min(1)],
    ['of numbers', z.number()],
    ['of anything', z.unknown()],
  ])('%s', (_what, schema) => {
    const check = checked(schema);
    for (let again = 0; again < 2; again++)
      for (const value of given)
        expect(outcomeOf(check, value)).toEqual(outcomeOf((each) => schema.parse(each, { error }), value));
  });

  test('numbers that JSON has not', () => {
    for (const value of [Number.NaN, Infinity, -0, 2 ** 60])
      for (const schema of [z.number(), z.int()])
        expect(outcomeOf(checked(schema), value)).toEqual(
          outcomeOf((each) => schema.parse(each, { error }), value),
        );
  });
});
