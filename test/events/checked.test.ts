// The fast check returns the same value or issues as its schema, and does not copy valid values.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { history } from '../support/history/generate.ts';
import { checked } from '../../events/checked.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { sentencesFor } from '../../events/problem-sentences.ts';
import { checkData, eventTypes, schemas, type EventType } from '../../events/vocabulary.ts';
import { withAltered, pathsOf } from '../support/altered.ts';
import { examples } from '../support/archives/examples.ts';

/** The error map that the check uses. */
const error = sentencesFor('field');

/** Returns the checked value, or the issues of a rejected one. */
function outcomeOf(check: (value: unknown) => unknown, value: unknown) {
  try {
    return { value: check(value) };
  } catch (error) {
    if (error instanceof z.ZodError) return { issues: error.issues };
    throw error;
  }
}

const expectSameOutcome = (type: EventType, value: unknown) =>
  expect(outcomeOf(checkData[type], value)).toEqual(
    outcomeOf((given) => schemas[type].parse(given, { error }), value),
  );

let events: RecordedEvent[];
beforeAll(() => {
  events = history(5, 2_000)
    .map(({ event }) => event)
    .toArray();
});

test('a check returns recorded data without copying it', () => {
  for (const { type, data } of events) expect(checkData[type](data)).toBe(data);
});

describe.each(eventTypes)('%s', (type) => {
  const { minimal, full } = examples[type];

  test(`the check of ${type} agrees with its schema on a full and a minimal example`, () => {
    expect(checkData[type](full)).toBe(full);
    expectSameOutcome(type, minimal);
  });

  test(`the check of ${type} agrees with its schema if any value is replaced`, () => {
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
        expectSameOutcome(
          type,
          withAltered(full, path, () => other),
        );
  });

  test(`the check of ${type} agrees with its schema if a member is added or removed at any depth`, () => {
    const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
    for (const path of pathsOf(full, isObject)) {
      for (const name of ['rumour', '__proto__', 'constructor', 'toString'])
        expectSameOutcome(
          type,
          withAltered(full, path, (value) => withMember(value as object, name)),
        );
      expectSameOutcome(
        type,
        withAltered(full, path, (value) => Object.fromEntries(Object.entries(value as object).slice(1))),
      );
    }
  });
});

/** Returns an object with an own member of any name, as JSON.parse creates it. */
const withMember = (value: object, name: string): unknown =>
  JSON.parse(
    `${JSON.stringify(value).slice(0, -1)}${Object.keys(value).length > 0 ? ',' : ''}${JSON.stringify(name)}:{}}`,
  );

test('checks agree with their schemas if a value of any event is replaced by any other', () => {
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
      expectSameOutcome(
        type,
        withAltered(data, paths[where % paths.length] ?? [], () => value),
      );
    }),
    { numRuns: 3_000 },
  );
});

describe('schemas with other constructs', () => {
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
    ['of a union', z.string().or(z.int())],
    ['with a union member', z.strictObject({ a: z.string().or(z.int()) })],
    ['that drops unknown members', z.object({ a: z.string() })],
    ['that keeps unknown members', z.looseObject({ a: z.string() })],
    ['that catches errors', z.string().catch('b')],
    ['with a nested default', z.strictObject({ a: z.string().default('b') })],
    ['with a default that it checks', z.strictObject({ a: z.string().prefault('b') })],
    ['that may be undefined', z.strictObject({ a: z.string().optional() })],
    ['of a record', z.record(z.string(), z.string())],
    ['of a tuple', z.tuple([z.string()])],
    ['with a sticky pattern', z.string().regex(/a/y)],
    ['with a global pattern', z.string().regex(/a/g)],
    ['with a minimum length', z.string().min(1)],
    ['whose check alters', z.string().overwrite((value) => `${value}!`)],
    ['that is read-only', z.strictObject({ a: z.string() }).readonly()],
    ['whose check returns a truthy value', z.string().refine((value) => value.length)],
    ['of whole numbers', z.int().min(1)],
    ['of numbers', z.number()],
    ['of anything', z.unknown()],
  ])('a check agrees with a schema %s', (_what, schema) => {
    const check = checked(schema);
    for (let again = 0; again < 2; again++)
      for (const value of given)
        expect(outcomeOf(check, value)).toEqual(outcomeOf((each) => schema.parse(each, { error }), value));
  });

  test('a check agrees with its schema on numbers that JSON cannot express', () => {
    for (const value of [Number.NaN, Infinity, -0, 2 ** 60])
      for (const schema of [z.number(), z.int()])
        expect(outcomeOf(checked(schema), value)).toEqual(
          outcomeOf((each) => schema.parse(each, { error }), value),
        );
  });
});
