// Validation faults are sentences of our own: the received value, then the value to send.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readEvent, UnreadableEvent } from '../../events/envelope.ts';
import { commands } from '../../domain/recording/commands.ts';
import { faultsOf, faultsText, sentencesFor } from '../../events/problem-sentences.ts';
import { didYouMean, editDistance, similarWord } from '../../events/similar-word.ts';

/** Matches the start of messages of the library. */
const LIBRARYS = /Invalid|Too (?:big|small)|Unrecognized|expected|✖|received/;

const said = (schema: z.ZodType, value: unknown): string => {
  const { error } = schema.safeParse(value, { error: sentencesFor('field') });
  return error ? faultsText(error) : 'nothing is wrong';
};

describe('faults', () => {
  test.each<[z.ZodType, unknown, string]>([
    [z.strictObject({ a: z.string() }), {}, '/a: is missing: send a string'],
    [z.strictObject({ a: z.array(z.string()) }), {}, '/a: is missing: send a list'],
    [z.string(), 5, 'must be a string, and is the number 5'],
    [z.string(), null, 'must be a string, and is null'],
    [z.string(), { a: 1 }, 'must be a string, and is an object'],
    [z.array(z.string()), 'a', 'must be a list, and is the string "a"'],
    [z.strictObject({}), [], 'must be an object, and is a list'],
    [z.int(), 1.5, 'must be a whole number, and is the number 1.5'],
    [z.boolean(), 'yes', 'must be true or false, and is the string "yes"'],
    [z.literal(true), false, 'must be true, and is false'],
    [
      z.enum(['said', 'denied']),
      'sad',
      'must be one of "said", "denied", and is the string "sad"; did you mean said?',
    ],
    [z.enum(['said', 'denied']), 7, 'must be one of "said", "denied", and is the number 7'],
    [z.string().min(1), '', 'is empty: send at least 1 character'],
    [z.string().max(3), '👩‍🚀👩‍🚀', 'has 6 characters: send at most 3 characters'],
    [z.array(z.string()).min(1), [], 'has 0 entries: send at least 1 entry'],
    [z.array(z.string()).max(1), ['a', 'b'], 'has 2 entries: send at most 1 entry'],
    [z.int().min(1), 0, 'must be at least 1, and is the number 0'],
    [z.int().max(9), 10, 'must be at most 9, and is the number 10'],
    [z.number().multipleOf(5), 7, 'must be a multiple of 5, and is the number 7'],
    [
      z.iso.datetime(),
      'x',
      'must be an instant in UTC such as 2026-03-04T09:30:00.000Z, and is the string "x"',
    ],
    [z.string().regex(/^a+$/), 'b', 'must be of the form /^a+$/, and is the string "b"'],
    [z.string().regex(/^a+$/, 'must be an a'), 'b', 'must be an a'],
    [z.strictObject({ key: z.string() }), { key: '1', kye: 1 }, 'unknown field "kye"; did you mean key?'],
    [z.strictObject({ key: z.string() }), { key: '1', x: 1, y: 2 }, 'unknown field "x", "y"'],
    [
      z.record(z.string().regex(/^a$/), z.string()),
      { b: 'x' },
      '/b: has a name that is not allowed: must be of the form /^a$/, and is the string "b"',
    ],
    [
      z.union([z.string(), z.null()]),
      5,
      'is the number 5, which is not allowed here: GET /openapi.json describes the valid values',
    ],
  ])('a fault states the received value and the value to send (%#)', (schema, value, expected) => {
    expect(said(schema, value)).toBe(expected);
  });

  test('a fault has a pointer with escaped parts', () => {
    const schema = z.record(z.string(), z.int());
    const { error } = schema.safeParse({ 'a/b~c': 'x' }, { error: sentencesFor('field') });
    expect(faultsOf(error ?? { issues: [] })[0]?.pointer).toBe('/a~1b~0c');
  });

  test('a fault never contains messages of the library, for any input of a command', () => {
    const odd = [undefined, null, true, 0, -1.5, '', 'x', 'x'.repeat(100_000), [], [1], {}, { a: 1 }];
    const texts = commands.flatMap(({ body }) => {
      const names = Object.keys(
        z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }).properties ?? {},
      );
      return [
        ...odd.map((value) => said(body, value)),
        ...names.flatMap((name) => odd.map((value) => said(body, { [name]: value }))),
        ...names.flatMap((name) => odd.map((value) => said(body, { [name]: [value] }))),
      ];
    });
    expect(texts.length).toBeGreaterThan(2_000);
    expect(texts.filter((text) => LIBRARYS.test(text))).toEqual([]);
  });

  test('an unreadable stored event is reported with its faults', () => {
    const bytes = new TextEncoder().encode('{"specversion":"1.0","id":5}');
    expect(() => readEvent(bytes)).toThrow(UnreadableEvent);
    expect(() => readEvent(bytes)).toThrow(
      '/id: must be a string, and is the number 5; /source: is missing: send a string',
    );
  });
});

describe('suggestions', () => {
  test.each([
    ['blinkn', 'blinken'],
    ['lavorv', 'lavrov'],
    ['LAVROV', 'lavrov'],
    ['kumar', undefined],
    ['', undefined],
  ])('a suggestion for %j exists if a candidate is similar', (word, expected) => {
    expect(similarWord(word, ['blinken', 'lavrov', 'meeting'])).toBe(expected);
  });

  test('the suggestion is the most similar candidate', () => {
    expect(similarWord('meetings', ['meting', 'meeting', 'greetings'])).toBe('meeting');
    expect(didYouMean('meetin', ['meeting'], '@')).toBe('; did you mean @meeting?');
    expect(didYouMean('treaty', ['meeting'])).toBe('');
  });

  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('editDistance counts the edits between %j and %j', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
