// Formats validation faults as sentences: the received value, then the value to send. They replace Zod's messages,
// because those name types of the library. Messages of our own schemas stay unchanged.
import type { z } from 'zod';
import { didYouMean } from './similar-word.ts';

/** The word for a member of the value. */
export type Member = 'field' | 'parameter';

/** Returns the error map to parse with: `schema.safeParse(value, { error: sentencesFor('field') })`. */
export const sentencesFor =
  (member: Member): z.core.$ZodErrorMap =>
  (issue) =>
    sentenceOf(issue, member);

/** A fault of a value and its location. */
export interface Fault {
  /** JSON Pointer; empty for the whole value. */
  readonly pointer: string;
  readonly detail: string;
}

/** Returns one fault for each issue. */
export const faultsOf = ({ issues }: Pick<z.core.$ZodError, 'issues'>): Fault[] =>
  issues.map(({ path, message }) => ({ pointer: pointerOf(path), detail: message }));

/** Returns all faults on one line. */
export const faultsText = (error: Pick<z.core.$ZodError, 'issues'>): string =>
  faultsOf(error)
    .map(({ pointer, detail }) => `${pointer}${pointer === '' ? '' : ': '}${detail}`)
    .join('; ');

/** Returns the JSON Pointer (RFC 6901) of a path. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function sentenceOf(issue: z.core.$ZodRawIssue, member: Member): string {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined
        ? `is missing: send ${kindOf(issue.expected)}`
        : `must be ${kindOf(issue.expected)}, and is ${received(input)}`;
    case 'invalid_value':
      return valueSentence(issue.values, input);
    case 'too_small':
      return sizeSentence(input, 'at least', Number(issue.minimum), issue.inclusive);
    case 'too_big':
      return sizeSentence(input, 'at most', Number(issue.maximum), issue.inclusive);
    case 'invalid_format':
      return `must be ${formatOf(issue)}, and is ${received(input)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}, and is ${received(input)}`;
    case 'unrecognized_keys':
      return unknownSentence(issue.keys, namesIn(issue.inst), member);
    case 'invalid_key':
      return `has a name that is not allowed: ${faultsText(issue)}`;
    default:
      return `is ${received(input)}, which is not allowed here: GET /openapi.json describes the valid values`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const kindOf = (expected: string): string => KINDS[expected] ?? `a value of type ${expected}`;

const MAX_SHOWN = 60;

/** Formats a received value. Shortens long values to their first 60 characters. */
export function received(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(value);
  const shortened = json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
  return typeof value === 'number'
    ? `the number ${shortened}`
    : typeof value === 'string'
      ? `the string ${shortened}`
      : shortened;
}

function valueSentence(values: readonly unknown[], input: unknown): string {
  const list = values.map((each) => JSON.stringify(each)).join(', ');
  const allowed = values.length === 1 ? list : `one of ${list}`;
  if (input === undefined) return `is missing: ${values.length === 1 ? 'send ' : ''}${allowed}`;
  const near =
    typeof input === 'string'
      ? didYouMean(
          input,
          values.filter((each) => typeof each === 'string'),
          '',
        )
      : '';
  return `must be ${allowed}, and is ${received(input)}${near}`;
}

function sizeSentence(
  input: unknown,
  limit: 'at least' | 'at most',
  bound: number,
  inclusive = true,
): string {
  const send = inclusive ? limit : limit === 'at least' ? 'more than' : 'less than';
  const unit = (one: string, many: string) => (bound === 1 ? one : many);
  if (Array.isArray(input))
    return `has ${input.length} ${input.length === 1 ? 'entry' : 'entries'}: send ${send} ${bound} ${unit('entry', 'entries')}`;
  if (typeof input !== 'string') return `must be ${send} ${bound}, and is ${received(input)}`;
  const characters = Array.from(input).length;
  const has = characters === 0 ? 'is empty' : `has ${characters} characters`;
  return `${has}: send ${send} ${bound} ${unit('character', 'characters')}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'an instant in UTC such as 2026-03-04T09:30:00.000Z',
  date: 'a day such as 2026-03-04',
  url: 'a URL such as https://example.org/page',
};

const formatOf = ({ format, pattern }: { readonly format: string; readonly pattern?: string }): string =>
  FORMATS[format] ?? (pattern === undefined ? `a valid ${format}` : `of the form ${pattern}`);

function unknownSentence(keys: readonly string[], names: readonly string[], member: Member): string {
  const near = keys.length === 1 ? didYouMean(keys[0] ?? '', names) : '';
  return `unknown ${member} ${keys.map((key) => JSON.stringify(key)).join(', ')}${near}`;
}

/** Returns the names of the members of an object's schema. */
function namesIn(schema: unknown): string[] {
  const { def } = (schema as z.core.$ZodTypes | undefined)?._zod ?? {};
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}
