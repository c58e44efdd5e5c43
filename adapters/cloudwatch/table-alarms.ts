// Creates alarms for tables that are created at run time. CloudWatch alarms cannot select tables by a prefix of their
// names, so each table needs its own alarms.
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

/** Creates a client from AWS_ENDPOINT_URL_CLOUDWATCH, AWS_REGION and credentials, as the SDK does. `config` has priority. */
export const cloudwatchClient = (config: CloudWatchClientConfig = {}): CloudWatchClient =>
  new CloudWatchClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(REQUEST_MS),
    ...config,
  });

export interface AlarmLimits {
  /** The ARN of the SNS topic that alarms notify. */
  readonly topic: string;
  /** The number of throttled requests in a period that triggers an alarm. */
  readonly throttles: number;
  readonly periodSeconds: number;
}

/**
 * One period with throttled reads triggers an alarm, because a reader may have failed. Writes must be throttled in 12
 * periods in a row, because writers retry and a rebuild writes as fast as its table allows.
 */
const ALARMS = [
  { suffix: 'read-throttles', metric: 'ReadThrottleEvents', periods: 1 },
  { suffix: 'write-throttles', metric: 'WriteThrottleEvents', periods: 12 },
] as const;

/** Creates and removes the alarms of a table. Their names begin with the name of the table. */
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
