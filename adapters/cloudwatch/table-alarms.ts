// Alarms for tables that are created at run time. CloudWatch has no alarm on a search or on a prefix of names, so each
// table gets its own when it is created.
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  type CloudWatchClientConfig,
} from '@aws-sdk/client-cloudwatch';
import { connections } from '../connections.ts';
import type { TableAlarms } from '../dynamodb/row-stores.ts';

const ATTEMPTS = 6;
const REQUEST_MS = 5_000;

/** Reads AWS_ENDPOINT_URL_CLOUDWATCH, AWS_REGION and credentials as every SDK does; `config` takes precedence. */
export const cloudwatchClient = (config: CloudWatchClientConfig = {}): CloudWatchClient =>
  new CloudWatchClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(REQUEST_MS),
    ...config,
  });

export interface AlarmLimits {
  /** ARN of the SNS topic that alarms notify. */
  readonly topic: string;
  /** An alarm rings from so many throttled requests on within one period. */
  readonly throttles: number;
  readonly periodSeconds: number;
}

/**
 * A throttled read may have failed a reader, so one period is enough. Writers wait and try again, and a rebuild writes as
 * fast as its table takes it, so writes must be throttled in twelve periods in a row.
 */
const ALARMS = [
  { suffix: 'read-throttles', metric: 'ReadThrottleEvents', periods: 1 },
  { suffix: 'write-throttles', metric: 'WriteThrottleEvents', periods: 12 },
] as const;

/** The names of a table's alarms begin with the table's name. */
export function tableAlarms(
  client: CloudWatchClient,
  { topic, throttles, periodSeconds }: AlarmLimits,
): TableAlarms {
  return {
    async create(table) {
      for (const { suffix, metric, periods } of ALARMS)
        await client.send(
          new PutMetricAlarmCommand({
            AlarmName: `${table}-${suffix}`,
            AlarmDescription: `${table} is throttled: see docs/deploying.md`,
            Namespace: 'AWS/DynamoDB',
            MetricName: metric,
            Dimensions: [{ Name: 'TableName', Value: table }],
            Statistic: 'Sum',
            Period: periodSeconds,
            EvaluationPeriods: periods,
            Threshold: throttles,
            ComparisonOperator: 'GreaterThanOrEqualToThreshold',
            TreatMissingData: 'notBreaching',
            AlarmActions: [topic],
          }),
        );
    },

    async remove(table) {
      await client.send(
        new DeleteAlarmsCommand({ AlarmNames: ALARMS.map(({ suffix }) => `${table}-${suffix}`) }),
      );
    },
  };
}
