// How long generations that a rebuild replaced, and rows without a generation, are kept.
import { settingsIn, type Environment } from './settings.ts';

const HOUR_MS = 3_600_000;

/**
 * Returns how long a promoted rebuild can be rolled back, in milliseconds.
 *
 * @throws SettingsError
 */
export const rollbackRetentionIn = (environment: Environment): number =>
  Number(settingsIn(environment).CHANCERY_GRACE_HOURS) * HOUR_MS;

/** On AWS, milliseconds from the retirement of rows to their removal: longer than any invocation or request lasts. */
export const REMOVAL_DELAY_MS = 15 * 60_000;
