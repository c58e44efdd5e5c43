// Opens the rows of read models on DynamoDB: the environment names their tables, key, tags and alarms.
import { cloudwatchClient, tableAlarms } from '../../adapters/cloudwatch/table-alarms.ts';
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbRowStores, type TableAlarms } from '../../adapters/dynamodb/row-stores.ts';
import type { RowStores } from '../../domain/projections/rows/row-store.ts';
import { tagsIn } from '../settings/setting-values.ts';
import { settingsIn, type Environment, type Settings } from '../settings/settings.ts';

/**
 * Opens the row stores of all generations.
 *
 * @throws SettingsError
 */
export function openRows(environment: Environment, client = dynamodbClient()): RowStores {
  const settings = settingsIn(environment);
  const tags = settings.CHANCERY_ROWS_TAGS;
  const tables = {
    prefix: settings.CHANCERY_ROWS_PREFIX,
    kmsKey: settings.CHANCERY_ROWS_KEY,
    tags: tags === undefined ? {} : tagsIn(tags),
  };
  return dynamodbRowStores(client, tables, alarmsIn(settings));
}

function alarmsIn(settings: Settings): TableAlarms | undefined {
  const topic = settings.CHANCERY_ALARM_TOPIC;
  if (topic === undefined) return undefined;
  return tableAlarms(cloudwatchClient(), {
    topic,
    throttles: Number(settings.CHANCERY_ALARM_THROTTLES),
    periodSeconds: Number(settings.CHANCERY_ALARM_SECONDS),
  });
}
