// Tests the alarms of tables that are created at run time.
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { tableAlarms } from '../../adapters/cloudwatch/table-alarms.ts';
import { dynamodbRowStores } from '../../adapters/dynamodb/row-stores.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';
const cloudwatchClient = new CloudWatchClient({ region: 'local' });
const dynamodbClient = new DynamoDBClient({ region: 'local' });
const cloudwatch = mockClient(cloudwatchClient);
const dynamodb = mockClient(dynamodbClient);
const alarms = tableAlarms(cloudwatchClient, { topic: TOPIC, throttles: 10, periodSeconds: 300 });
const stores = dynamodbRowStores(dynamodbClient, { prefix: 'a-rows-' }, alarms);

/** Returns the names of all commands, in order. */
let sent: string[];
beforeEach(() => {
  sent = [];
  const note =
    (name: string, answer: object = {}) =>
    () => {
      sent.push(name);
      return answer;
    };
  cloudwatch.reset().on(PutMetricAlarmCommand).callsFake(note('PutMetricAlarm'));
  cloudwatch.on(DeleteAlarmsCommand).callsFake(note('DeleteAlarms'));
  dynamodb.reset().on(CreateTableCommand).callsFake(note('CreateTable'));
  dynamodb.on(DeleteTableCommand).callsFake(note('DeleteTable'));
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
});

test('a table of rows gets alarms on throttled reads and writes after it is active', async () => {
  await stores.build(3);
  expect(sent).toEqual(['CreateTable', 'PutMetricAlarm', 'PutMetricAlarm']);
  const inputs = cloudwatch.commandCalls(PutMetricAlarmCommand).map(({ args: [{ input }] }) => input);
  for (const input of inputs)
    expect(input).toMatchObject({
      Namespace: 'AWS/DynamoDB',
      Dimensions: [{ Name: 'TableName', Value: 'a-rows-3' }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
    });
  // A rebuild writes as fast as its table allows, so writes may be throttled for less than an hour.
  expect(
    inputs.map(({ AlarmName, MetricName, EvaluationPeriods }) => [AlarmName, MetricName, EvaluationPeriods]),
  ).toEqual([
    ['a-rows-3-read-throttles', 'ReadThrottleEvents', 1],
    ['a-rows-3-write-throttles', 'WriteThrottleEvents', 12],
  ]);
});

test('the alarms of a table are removed before the table, so that a crash leaves no alarm behind', async () => {
  dynamodb
    .on(DescribeTableCommand)
    .resolvesOnce({ Table: { TableStatus: 'ACTIVE' } })
    .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'gone' }));
  await stores.drop(3);
  expect(sent).toEqual(['DeleteAlarms', 'DeleteTable']);
  expect(cloudwatch.commandCalls(DeleteAlarmsCommand)[0]?.args[0].input.AlarmNames).toEqual([
    'a-rows-3-read-throttles',
    'a-rows-3-write-throttles',
  ]);
});

test('a table whose alarms cannot be removed stays, so that its generation can be dropped again', async () => {
  cloudwatch.on(DeleteAlarmsCommand).rejects(new Error('AccessDenied'));
  await expect(stores.drop(3)).rejects.toThrow('AccessDenied');
  expect(sent).not.toContain('DeleteTable');
});

test('a generation is not built before its table has alarms', async () => {
  cloudwatch.on(PutMetricAlarmCommand).rejects(new Error('AccessDenied'));
  await expect(stores.build(3)).rejects.toThrow('AccessDenied');
});
