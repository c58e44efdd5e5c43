// Parsers and checks of the values of variables. A function whose name ends in Fault returns the fault of a value, to
// follow the variable's name, or undefined.

const HOURS = { daily: 24, weekly: 168 } as const;
/** A year. */
const MAX_HOURS = 8_760;

/**
 * Returns the hours between scheduled rebuilds, or undefined for `off`.
 *
 * @throws RangeError if the text is not a schedule
 */
export function hoursOf(schedule: string): number | undefined {
  if (schedule === 'off') return undefined;
  if (schedule === 'daily' || schedule === 'weekly') return HOURS[schedule];
  const hours = /^\d+$/.test(schedule) ? Number(schedule) : 0;
  if (hours >= 1 && hours <= MAX_HOURS) return hours;
  throw new RangeError(`must be daily, weekly, off, or a whole number of hours from 1 to ${MAX_HOURS}`);
}

/** The tags that AWS accepts. */
const TAG = /^([\p{L}\p{N} +\-._:/@]{1,128})=([\p{L}\p{N} +\-=._:/@]{0,256})$/u;

/**
 * Returns tags by name.
 *
 * @throws RangeError if the text is not a list of name=value
 */
export function tagsIn(text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const each of text.split(',')) {
    const [, name = '', value = ''] = TAG.exec(each) ?? [];
    if (name === '') throw new RangeError('must be name=value, with commas between');
    tags[name] = value;
  }
  return tags;
}

/** Returns a check that a value is a decimal number from `min` to `max`; `what` names such a number. */
export function numberFrom(
  min: number,
  max: number,
  what: string,
  isValid: (value: number) => boolean = () => true,
): (value: string) => string | undefined {
  return (text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max && isValid(value)
      ? undefined
      : `must be ${what} from ${min} to ${max}`;
  };
}

export function tableFault(name: string): string | undefined {
  return /^[\w.-]{3,255}$/.test(name)
    ? undefined
    : 'must have 3 to 255 of A-Z, a-z, 0-9, _ . -, as every DynamoDB table';
}

/** Returns the fault of a prefix that a number of up to 15 digits will follow. */
export function prefixFault(prefix: string): string | undefined {
  return /^[\w.-]{2,240}$/.test(prefix) && !/\d$/.test(prefix)
    ? undefined
    : 'must have 2 to 240 of A-Z, a-z, 0-9, _ . -, and no digit at its end, because a number follows';
}

export function bucketFault(name: string): string | undefined {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)
    ? undefined
    : 'must have 3 to 63 of a-z, 0-9, . -, as every S3 bucket';
}
