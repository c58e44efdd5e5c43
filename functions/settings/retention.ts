// How long what a rebuild replaced is kept.
import { settingsIn, type Environment } from './settings.ts';

const HOUR_MS = 3_600_000;

/** Returns how long readers may go back after a switch, in milliseconds. Throws SettingsError. */
export const rollbackRetentionIn = (environment: Environment): number =>
  Number(settingsIn(environment).CHANCERY_GRACE_HOURS) * HOUR_MS;

/** So long after rows were given up on AWS's stores they are removed: longer than any function runs or request takes. */
export const LATE_MS = 15 * 60_000;
