// The row stores of functions: prefix, key, tags and alarms come from the environment.
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { openStores } from '../../../functions/runtime/open-stores.ts';

// Mocks all clients, including those that the code creates.
const dynamodb = mockClient(DynamoDBClient);
const cloudwatch = mockClient(CloudWatchClient);
vi.stubEnv('AWS_REGION', 'eu-central-1');
beforeEach(() => {
  cloudwatch.reset();
  dynamodb.reset().on(CreateTableCommand).resolves({});
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
});
afterAll(() => {
  dynamodb.restore();
  cloudwatch.restore();
  vi.unstubAllEnvs();
});

const created = () => dynamodb.commandCalls(CreateTableCommand).map(({ args: [{ input }] }) => input);
const alarms = () => cloudwatch.commandCalls(PutMetricAlarmCommand).map(({ args: [{ input }] }) => input);

test('a function creates tables of rows with the prefix, the key, the tags and the alarms that the stack sets', async () => {
  const { rows } = openStores({
    CHANCERY_ROWS_PREFIX: 'desk-rows-',
    CHANCERY_ROWS_KEY: 'arn:aws:kms:eu-central-1:111122223333:key/1',
    CHANCERY_ROWS_TAGS: 'application=chancery,archive=desk',
    CHANCERY_ALARM_TOPIC: 'arn:aws:sns:eu-central-1:111122223333:desk',
    CHANCERY_ALARM_THROTTLES: '7',
    CHANCERY_ALARM_SECONDS: '60',
  });
  await rows.build(4);
  expect(created()).toMatchObject([
    {
      TableName: 'desk-rows-4',
      SSESpecification: { KMSMasterKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1' },
      Tags: [
        { Key: 'application', Value: 'chancery' },
        { Key: 'archive', Value: 'desk' },
      ],
    },
  ]);
  for (const alarm of alarms())
    expect(alarm).toMatchObject({
      AlarmName: expect.stringMatching(/^desk-rows-4-/) as unknown,
      AlarmActions: ['arn:aws:sns:eu-central-1:111122223333:desk'],
      Threshold: 7,
      Period: 60,
    });
  expect(alarms()).toHaveLength(2);
});

test('a single process on the stores creates tables without alarms unless a topic is set', async () => {
  await openStores({}).rows.build(1);
  expect(created().map(({ TableName }) => TableName)).toEqual(['chancery-rows-1']);
  expect(alarms()).toEqual([]);
});
