// Compiles a Zod schema into a fast check that returns valid JSON values unchanged, five times as fast as Zod.
// All other values go to the schema itself, which fills in defaults or reports errors.
import { z } from 'zod';
import { sentencesFor } from './problem-sentences.ts';

const error = sentencesFor('field');

type Accepts = (value: unknown) => boolean;
type Schema = z.core.$ZodType;
type Check = z.core.$ZodCheck;

/**
 * Returns a parser for values that come from JSON.parse.
 * @throws The schema's ZodError.
 */
export function checked<S extends z.ZodType>(schema: S): (value: unknown) => z.output<S> {
  let accepts: Accepts | undefined;
  return (value) => {
    // Compiled on first use, because a process may read only one type of event.
    accepts ??= accepting(schema);
    return accepts(value) ? (value as z.output<S>) : schema.parse(value, { error });
  };
}

const compiled = new WeakMap<Schema, Accepts>();

/** Returns a check that is true only for values that the schema returns unchanged. Unsupported schemas reject all. */
function accepting(schema: Schema): Accepts {
  const cached = compiled.get(schema);
  if (cached) return cached;
  const shape = shapeOf(schema as z.core.$ZodTypes);
  const checks = checksOf(schema).map(passing);
  const accepts: Accepts = (value) => {
    if (!shape(value)) return false;
    for (const passes of checks) if (!passes(value)) return false;
    return true;
  };
  compiled.set(schema, accepts);
  return accepts;
}

function shapeOf(schema: z.core.$ZodTypes): Accepts {
  const { def } = schema._zod;
  switch (def.type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'number':
      return (value) => Number.isFinite(value);
    case 'enum':
    case 'literal': {
      const values: ReadonlySet<unknown> = schema._zod.values ?? new Set();
      return (value) => values.has(value);
    }
    case 'unknown':
      return () => true;
    case 'nullable': {
      const inner = accepting(def.innerType);
      return (value) => value === null || inner(value);
    }
    // `strictObject` checks which members are absent; a present member is checked like any other.
    case 'optional':
    case 'default':
      return accepting(def.innerType);
    case 'array':
      return array(accepting(def.element));
    case 'object':
      return def.catchall?._zod.def.type === 'never' ? strictObject(def.shape) : never;
    default:
      return never;
  }
}

const never: Accepts = () => false;

const array =
  (element: Accepts): Accepts =>
  (value) => {
    if (!Array.isArray(value)) return false;
    for (const each of value) if (!element(each)) return false;
    return true;
  };

/** Accepts an object only if each member with a default is present, because the schema would add it otherwise. */
function strictObject(shape: Readonly<Record<string, Schema>>): Accepts {
  const isNeeded = (member: Schema) => (member as z.core.$ZodTypes)._zod.def.type !== 'optional';
  const members = new Map(
    Object.entries(shape).map(([name, member]) => [
      name,
      { accepts: accepting(member), needed: isNeeded(member) },
    ]),
  );
  const needed = Object.values(shape).filter(isNeeded).length;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let present = 0;
    for (const name in value) {
      const member = members.get(name);
      if (!member?.accepts((value as Record<string, unknown>)[name])) return false;
      if (member.needed) present += 1;
    }
    return present === needed;
  };
}

/** Returns the checks of a schema. A format, such as a whole number, is both a schema and a check. */
function checksOf(schema: Schema): Check[] {
  const own = 'check' in schema._zod ? [schema as Schema & Check] : [];
  return [...own, ...(schema._zod.def.checks ?? [])];
}

function passing(check: Check): Accepts {
  const { def } = check._zod as (z.core.$ZodChecks | z.core.$ZodCustom)['_zod'];
  // Runs the check as the schema does. The check writes issues and changed values to the payload.
  const passes: Accepts = (value) => {
    const payload: z.core.ParsePayload<never> = { value: value as never, issues: [] };
    const later = check._zod.check(payload);
    return later === undefined && payload.issues.length === 0 && payload.value === value;
  };
  switch (def.check) {
    case 'max_length': {
      const { maximum } = def;
      // Zod counts code points in strings; their number never exceeds that of the code units.
      return (value) => (value as string | unknown[]).length <= maximum || passes(value);
    }
    case 'string_format': {
      const { format, pattern } = def;
      if (format !== 'regex' || !pattern || pattern.global || pattern.sticky) return passes;
      return (value) => pattern.test(value as string);
    }
    case 'custom': {
      const { fn } = def;
      return typeof fn === 'function' ? (value) => fn(value) === true : passes;
    }
    default:
      return passes;
  }
}
