// Alarms for the tables of rows, as the environment sets them.
import { cloudwatchClient, tableAlarms } from '../adapters/cloudwatch/table-alarms.ts';
import type { TableAlarms } from '../adapters/dynamodb/row-stores.ts';
import { settingsIn, type Environment } from './settings.ts';

/** Undefined if the environment names no topic. @throws SettingsError */
export function rowAlarmsIn(environment: Environment): TableAlarms | undefined {
  const settings = settingsIn(environment);
  const topic = settings.CHANCERY_ALARM_TOPIC;
  if (topic === undefined) return undefined;
  return tableAlarms(cloudwatchClient(), {
    topic,
    throttles: Number(settings.CHANCERY_ALARM_THROTTLES),
    periodSeconds: Number(settings.CHANCERY_ALARM_SECONDS),
  });
}
