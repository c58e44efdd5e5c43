// How long what a rebuild replaced is kept.

type Environment = Readonly<Record<string, string | undefined>>;

const HOUR_MS = 3_600_000;
const GRACE_HOURS = 24;
const MOST_HOURS = 8_760;

/**
 * How long readers may go back after a switch, in milliseconds: CHANCERY_GRACE_HOURS, a day without it. Throws
 * RangeError where that is no number of hours from 0 to 8,760.
 */
export function graceIn({ CHANCERY_GRACE_HOURS: given }: Environment): number {
  const hours = given === undefined || given === '' ? GRACE_HOURS : Number(given);
  if (!(hours >= 0 && hours <= MOST_HOURS))
    throw new RangeError(`CHANCERY_GRACE_HOURS is a number of hours from 0 to ${MOST_HOURS}`);
  return hours * HOUR_MS;
}

/** So long after rows were given up on AWS's stores they are removed: longer than any function runs or request takes. */
export const LATE_MS = 15 * 60_000;
