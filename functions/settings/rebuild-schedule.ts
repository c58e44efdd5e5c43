// Reads how often scheduled rebuilds start, and whether they always write.
import { hoursOf } from './setting-values.ts';
import { settingsIn, type Environment } from './settings.ts';

const HOUR_MS = 3_600_000;

export interface RebuildSchedule {
  /** Milliseconds from the start of one scheduled rebuild to that of the next; absent if rebuilds are not scheduled. */
  readonly everyMs?: number;
  /** True if each scheduled rebuild writes a new generation, even if no row differs. */
  readonly alwaysWrites: boolean;
}

/**
 * Returns the schedule that the environment sets.
 *
 * @throws SettingsError
 */
export function scheduleIn(environment: Environment): RebuildSchedule {
  const settings = settingsIn(environment);
  const hours = hoursOf(settings.CHANCERY_REBUILD_SCHEDULE);
  return {
    ...(hours === undefined ? {} : { everyMs: hours * HOUR_MS }),
    alwaysWrites: settings.CHANCERY_REBUILD_ALWAYS_WRITES === 'yes',
  };
}
