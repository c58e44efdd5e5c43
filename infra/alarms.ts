// The CloudWatch alarms: errors, throttles, alarms in functions' logs, old stream records, failures kept in S3, lag of
// read models, and rebuilds.
import {
  Alarm,
  ComparisonOperator,
  Metric,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Rebuilds } from './rebuild-machine.ts';
import type { Settings } from './function-settings.ts';
import type { Stores } from './tables-and-buckets.ts';

/** The level of errors in pino. */
const ERROR = 50;

export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(
    scope: Construct,
    { stores, functions, rebuilds }: { stores: Stores; functions: Functions; rebuilds: Rebuilds },
    settings: Settings,
  ) {
    super(scope, 'Alarms');
    const { period, throttles, age: maxAge, lag: maxLag } = settings.alarms;
    this.topic = new Topic(this, 'Topic', {
      displayName: `Alarms of the archive ${settings.name}`,
      enforceSSL: true,
    });
    // `enforceSSL` replaces the default policy, which let the account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (settings.alarmEmail !== undefined)
      this.topic.addSubscription(new EmailSubscription(settings.alarmEmail));

    // These functions create the alarms of tables of rows together with the tables.
    for (const each of [functions.projector, functions.rebuild, functions.removal]) {
      each.addEnvironment('CHANCERY_ALARM_TOPIC', this.topic.topicArn);
      each.addEnvironment('CHANCERY_ALARM_THROTTLES', String(throttles));
      each.addEnvironment('CHANCERY_ALARM_SECONDS', String(period.toSeconds()));
    }

    for (const each of functions.all()) {
      const id = each.node.id;
      this.alarm(`${id}-errors`, each.metricErrors({ period }), 1, `${id} failed: read its log`);
      this.alarm(
        `${id}-throttles`,
        each.metricThrottles({ period }),
        throttles,
        `${id} is throttled: raise its concurrency`,
      );
    }
    // functions/runtime/alarm.ts writes these lines: a quarantined stream, a stopped read model, a failed request.
    for (const each of functions.all())
      each.logGroup.addMetricFilter('Alarms', {
        filterPattern: FilterPattern.all(
          FilterPattern.stringValue('$.name', '=', 'chancery'),
          FilterPattern.numberValue('$.level', '>=', ERROR),
        ),
        metricNamespace: settings.name,
        metricName: 'alarms',
      });
    const logged = new Metric({ namespace: settings.name, metricName: 'alarms', statistic: 'Sum', period });
    this.alarm('logged', logged, 1, "A function's log has an alarm for the operator: read it");

    for (const [id, each] of [
      ['sequencer', functions.sequencer],
      ['projector', functions.projector],
    ] as const) {
      const age = each.metric('IteratorAge', { statistic: 'Maximum', period });
      this.alarm(`${id}-iterator-age`, age, maxAge.toMilliseconds(), `${id} is behind its stream`);
    }

    const kept = new Rule(this, 'FailureKept', {
      description: 'Events that could not be sequenced or projected were written to the bucket of failures',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [stores.failures.bucketName] } },
      },
    });
    kept.addTarget(new SnsTopic(this.topic));
    const matched = new Metric({
      namespace: 'AWS/Events',
      metricName: 'MatchedEvents',
      dimensionsMap: { RuleName: kept.ruleName },
      statistic: 'Sum',
      period,
    });
    this.alarm(
      'failures-kept',
      matched,
      1,
      'The bucket of failures has a new object: docs/deploying.md says what to do with it',
    );

    const ofProjector = (metricName: string): Metric =>
      new Metric({
        namespace: settings.name,
        metricName,
        dimensionsMap: { service: 'projector' },
        statistic: 'Maximum',
        period,
      });
    this.alarm(
      'views-lag',
      ofProjector('lag'),
      maxLag,
      'Read models lag behind the log: GET /projections says how far',
    );
    this.alarm(
      'rebuilds-waiting',
      ofProjector('rebuilds-waiting'),
      1,
      'A rebuild awaits a decision, because it found drift or an event stopped it: GET /projections has it',
    );
    const { machine } = rebuilds;
    this.alarm(
      'rebuilds-failed',
      machine.metricFailed({ period }),
      1,
      'Executions of rebuilds failed after all retries: read the log of function rebuild',
    );
  }

  private alarm(id: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
