// The properties that the deployment must keep: retention, encryption, triggers, alarms and tags. Nothing is bundled here.
import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { beforeAll, describe, expect, test } from 'vitest';
import { settingsIn } from '../../functions/settings/settings.ts';
import { defaults, settingsFrom } from '../../infra/function-settings.ts';
import { grantsOf } from '../support/grants.ts';
import { execute, machineIn } from '../support/servers/state-machine.ts';
import { resourcesOf, synthesised } from './synthesised.ts';

let template: Template;

beforeAll(() => {
  template = synthesised();
});

describe('the tables', () => {
  test('the tables of events and state are retained, restorable, protected and encrypted with the archive’s key', () => {
    for (const name of ['events', 'state']) {
      template.hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: Match.objectLike({
          TableName: `chancery-${name}`,
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
          SSESpecification: Match.objectLike({ SSEEnabled: true, SSEType: 'KMS' }),
        }),
      });
    }
  });
  test('the tables have the keys that the adapters use', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'chancery-events',
      KeySchema: [
        { AttributeName: 'stream', KeyType: 'HASH' },
        { AttributeName: 'revision', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'stream', AttributeType: 'S' },
        { AttributeName: 'revision', AttributeType: 'N' },
      ],
    });
    for (const name of ['state', 'read-models']) {
      template.hasResourceProperties('AWS::DynamoDB::Table', {
        TableName: `chancery-${name}`,
        KeySchema: [
          { AttributeName: 'partition', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
      });
    }
  });
  test('the table of the catalog is deleted with the stack, and encrypted with its key', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({
        TableName: 'chancery-read-models',
        SSESpecification: Match.objectLike({ SSEEnabled: true, SSEType: 'KMS' }),
      }),
    });
  });
});

describe('the tables of rows', () => {
  const functionsOf = (of: Template): Record<string, any> =>
    Object.fromEntries(
      Object.values(of.findResources('AWS::Lambda::Function')).map(({ Properties }) => [
        Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
        Properties,
      ]),
    );

  test('the tables of rows have the prefix, the key and the tags of the stack', () => {
    for (const { Environment } of Object.values(functionsOf(template))) {
      expect(Environment.Variables).toMatchObject({
        CHANCERY_ROWS_PREFIX: 'chancery-rows-',
        CHANCERY_ROWS_TAGS: 'application=chancery,archive=chancery',
      });
      expect(JSON.stringify(Environment.Variables.CHANCERY_ROWS_KEY)).toContain('StoresKey');
      const texts = Object.entries(Environment.Variables).filter(([, value]) => typeof value === 'string');
      expect(() => settingsIn(Object.fromEntries(texts) as Record<string, string>)).not.toThrow();
    }
  });

  test('the tables of rows have alarms with the configured limits, which notify the topic of all alarms', () => {
    const alarms = { ...defaults.alarms, period: Duration.minutes(1), throttles: 2 };
    const { api, projector, rebuild, removal } = functionsOf(synthesised({ ...defaults, alarms }));
    for (const { Environment } of [projector, rebuild, removal]) {
      expect(Environment.Variables).toMatchObject({
        CHANCERY_ALARM_THROTTLES: '2',
        CHANCERY_ALARM_SECONDS: '60',
      });
      expect(Environment.Variables.CHANCERY_ALARM_TOPIC.Ref).toMatch(/^AlarmsTopic/);
    }
    expect(api.Environment.Variables).not.toHaveProperty('CHANCERY_ALARM_TOPIC');
  });

  test('the tables of rows are deleted with the stack, after all functions that create them, while the permissions exist', () => {
    const all = resourcesOf(template) as Record<string, any>;
    const id = Object.keys(all).find((each) => all[each].Type === 'Custom::RowTables') ?? '';
    const removal = all[id];
    expect(removal.DeletionPolicy).toBe('Delete');
    expect(JSON.stringify(removal.Properties.ServiceToken)).toContain('Functionsremoval');
    const permissions = Object.keys(all).filter(
      (each) => all[each].Type === 'AWS::IAM::Policy' && each.startsWith('Functionsremoval'),
    );
    expect(permissions).toHaveLength(1);
    expect(removal.DependsOn).toEqual(expect.arrayContaining(permissions));
    for (const [each, { Type, DependsOn = [] }] of Object.entries(all))
      if (Type === 'AWS::Lambda::Function' && /^Functions(?:projector|rebuild)/.test(each))
        expect(DependsOn, each).toContain(id);
  });
});

describe('the buckets', () => {
  test('the buckets are versioned, private, encrypted and retained', () => {
    const buckets = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(buckets).toHaveLength(3);
    for (const { DeletionPolicy, Properties } of buckets) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
      expect(
        Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault
          .SSEAlgorithm,
      ).toBe('aws:kms');
    }
  });
  test('the bucket of articles is locked in governance mode', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
    });
  });
});

describe('the log', () => {
  test('the log is signed by the sequencer only, with a key that outlives the stack', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' }),
    });
    const withKey = (name: string) =>
      grantsOf(resourcesOf(template), name)
        .filter(({ resource }) => resource.includes('LogKey'))
        .map(({ action }) => action);
    expect(withKey('sequencer')).toEqual(['kms:Sign', 'kms:GetPublicKey']);
    for (const name of ['api', 'projector', 'rebuild']) expect(withKey(name)).toEqual([]);
    expect(
      ['api', 'projector', 'rebuild'].filter((name) =>
        grantsOf(resourcesOf(template), name).some(({ action }) => action === 'kms:Sign'),
      ),
    ).toEqual([]);
  });
  test('the log is cosigned by the configured witnesses', () => {
    const named = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).flatMap(
        ({ Properties }) => Properties.Environment.Variables.CHANCERY_WITNESSES ?? [],
      );
    expect(named(template)).toEqual([]);
    expect(named(synthesised({ ...defaults, witnesses: 'w+00000000+BAAA https://w.example' }))).toEqual([
      'w+00000000+BAAA https://w.example',
    ]);
  });
  test('the log has a stable default origin, or the configured one', () => {
    const variables = (of: Template): any[] =>
      Object.entries(of.findResources('AWS::Lambda::Function'))
        .filter(([id]) => id.startsWith('Functionssequencer'))
        .map(([, { Properties }]) => Properties.Environment.Variables);
    for (const { CHANCERY_ORIGIN: origin } of variables(template))
      expect(JSON.stringify(origin)).toMatch(/chancery\.local\/.*AWS::StackId/);
    const more = 'arn:aws:kms:eu-central-1:111122223333:key/next';
    const set = variables(
      synthesised({ ...defaults, origin: 'archive.example/log', logKeys: ['own', more, 'other'] }),
    );
    expect(set).toHaveLength(1);
    for (const { CHANCERY_ORIGIN: origin, CHANCERY_KMS_KEYS: keys } of set) {
      expect(origin).toBe('archive.example/log');
      expect(JSON.stringify(keys)).toMatch(
        /LogKey.*Arn.*,arn:aws:kms:eu-central-1:111122223333:key\/next,arn:.*:key\/other/,
      );
    }
  });
});

describe('the functions', () => {
  test('the functions run on Node 24, and their logs expire', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(functions).toHaveLength(5);
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs.map(({ Properties }) => Properties.RetentionInDays)).toEqual([90, 90, 90, 90, 90]);
  });
  test('the sequencer has a concurrency of one', () => {
    const reserved = Object.entries(template.findResources('AWS::Lambda::Function')).filter(
      ([, { Properties }]) => Properties.ReservedConcurrentExecutions === 1,
    );
    expect(reserved.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['Functionssequencer']);
  });
  test('the functions are started by the streams, report failures by item and keep failed records', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    expect(mappings).toHaveLength(2);
    for (const { Properties } of mappings) {
      expect(Properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        MaximumBatchingWindowInSeconds: 1,
        MaximumRetryAttempts: 3,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(JSON.stringify(Properties.DestinationConfig.OnFailure)).toContain('StoresFailures');
    }
    const [pattern] = mappings.flatMap(({ Properties }) => Properties.FilterCriteria?.Filters ?? []);
    expect(JSON.parse(pattern.Pattern)).toEqual({
      dynamodb: { Keys: { partition: { S: ['log'] }, sort: { S: ['head'] } } },
    });
  });
  test('the functions sweep for lost hints on a schedule', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ Input: '{"sweep":true}' }),
    });
  });
});

describe('rebuilds', () => {
  test('rebuilds run in a standard state machine without a limit of executions', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'chancery-rebuilds',
      StateMachineType: 'STANDARD',
    });
  });
  test('the state machine of rebuilds loops over one function, whose input is its previous answer, until there is no work left', () => {
    const { StartAt, States } = machineIn(resourcesOf(template));
    expect(StartAt).toBe('Step');
    expect(States).toMatchObject({
      Step: { Type: 'Task', Next: 'More', Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 6 }] },
      More: { Type: 'Choice', Choices: [{ Variable: '$.more', BooleanEquals: true, Next: 'Step' }] },
      Done: { Type: 'Succeed' },
    });
    expect(States['Step']).not.toHaveProperty('Catch');
  });
  test('an execution continues until the function has no work left, even if a call fails', async () => {
    const payloads: unknown[] = [];
    const machine = machineIn(resourcesOf(template));
    const { status } = await execute(machine, { reason: 'scheduled' }, async (payload) => {
      payloads.push(payload);
      if (payloads.length === 2) throw new Error('throttled');
      return { round: payloads.length, more: payloads.length < 4 };
    });
    expect(status).toBe('succeeded');
    expect(payloads).toEqual([
      { reason: 'scheduled' },
      { round: 1, more: true },
      { round: 1, more: true },
      { round: 3, more: true },
    ]);
  });
  test('an execution fails if all attempts of a call fail', async () => {
    const machine = machineIn(resourcesOf(template));
    const failing = execute(machine, {}, () => Promise.reject(new Error('throttled for good')));
    expect(await failing).toEqual({ status: 'failed', tasks: 7 });
  });
  test('rebuilds start weekly, on the configured schedule, or never; the projector checks every five minutes for rebuilds without a runner', () => {
    const schedule = (of: Template, input: string) =>
      Object.values(of.findResources('AWS::Scheduler::Schedule'))
        .filter(({ Properties }) => Properties.Target.Input === input)
        .map(({ Properties }) => Properties.ScheduleExpression);
    const scheduled = (expression: string) =>
      synthesised({ ...defaults, rebuild: { ...defaults.rebuild, schedule: expression } });
    expect(schedule(template, '{"reason":"scheduled"}')).toEqual(['rate(7 days)']);
    expect(schedule(template, '{"look":true}')).toEqual(['rate(5 minutes)']);
    expect(schedule(scheduled('cron(0 3 1 * ? *)'), '{"reason":"scheduled"}')).toEqual(['cron(0 3 1 * ? *)']);
    expect(schedule(scheduled('off'), '{"reason":"scheduled"}')).toEqual([]);
  });
  test('scheduled rebuilds always write a generation only if that is configured', () => {
    const writes = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables.CHANCERY_REBUILD_ALWAYS_WRITES,
      );
    expect(new Set(writes(template))).toEqual(new Set(['no']));
    const always = synthesised({ ...defaults, rebuild: { ...defaults.rebuild, alwaysWrites: true } });
    expect(new Set(writes(always))).toEqual(new Set(['yes']));
  });
  test('rebuilds keep replaced generations for the configured time', () => {
    const grace = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables.CHANCERY_GRACE_HOURS,
      );
    expect(new Set(grace(template))).toEqual(new Set(['24']));
    const longer = synthesised({
      ...defaults,
      rebuild: { ...defaults.rebuild, grace: Duration.days(3) },
    });
    expect(new Set(grace(longer))).toEqual(new Set(['72']));
  });
});

describe('the API', () => {
  test('the API accepts only signed requests, unless an identity provider is configured; /health is public', () => {
    const authorization = (of: Template) =>
      Object.values(of.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
        Properties.RouteKey,
        Properties.AuthorizationType,
      ]);
    expect(authorization(template).toSorted()).toEqual([
      ['ANY /{path+}', 'AWS_IAM'],
      ['GET /health', 'NONE'],
    ]);
    const identity = { issuer: 'https://id.example.org', audience: ['chancery'] };
    const named = synthesised({ ...defaults, identity });
    expect(authorization(named).toSorted()).toEqual([
      ['ANY /{path+}', 'JWT'],
      ['GET /health', 'NONE'],
    ]);
    named.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Issuer: identity.issuer, Audience: identity.audience },
    });
  });
  test('the API is throttled', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
  });
});

describe('alarms', () => {
  test('alarms exist for errors, throttles, old stream records, logged alarms, kept failures, lag, and waiting or failed rebuilds', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    );
    const count = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric).length;
    expect([
      count('Errors'),
      count('Throttles'),
      count('IteratorAge'),
      count('alarms'),
      count('MatchedEvents'),
      count('lag'),
      count('rebuilds-waiting'),
      count('ExecutionsFailed'),
    ]).toEqual([4, 4, 2, 1, 1, 1, 1, 1]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ 'detail-type': ['Object Created'] }),
    });
  });
});

describe('the topic of the alarms', () => {
  const topicsOf = (of: Template) => new Set(Object.keys(of.findResources('AWS::SNS::Topic')));
  /** Returns the statements of the topic’s policy that allow this service to publish. */
  const allowing = (of: Template, topic: string, service: string): any[] =>
    Object.values(of.findResources('AWS::SNS::TopicPolicy'))
      .filter(({ Properties }) => Properties.Topics.some(({ Ref }: any) => Ref === topic))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(
        ({ Effect, Action, Principal, Resource }) =>
          Effect === 'Allow' &&
          Action === 'sns:Publish' &&
          Principal.Service === service &&
          Resource.Ref === topic,
      );

  test('the topic lets CloudWatch publish for each of the fifteen alarms, and only for alarms of this account', () => {
    const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms).toHaveLength(15);
    for (const [id, { Properties }] of alarms) {
      const actions: { Ref: string }[] = Properties.AlarmActions;
      expect(actions, id).toHaveLength(1);
      for (const { Ref: topic } of actions) {
        expect(topicsOf(template)).toContain(topic);
        expect(
          allowing(template, topic, 'cloudwatch.amazonaws.com').map(({ Condition }) => Condition),
          id,
        ).toEqual([{ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }]);
      }
    }
  });

  test('the topic lets EventBridge publish for each rule that targets it', () => {
    const targets = Object.values(template.findResources('AWS::Events::Rule')).flatMap(
      ({ Properties }) => Properties.Targets,
    );
    expect(targets).toHaveLength(1);
    for (const { Arn } of targets)
      expect(allowing(template, Arn.Ref, 'events.amazonaws.com')).toHaveLength(1);
  });

  test('the topic refuses publishers without TLS', () => {
    const statements = Object.values(template.findResources('AWS::SNS::TopicPolicy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });
});

describe('alarms in logs', () => {
  test('alarms in the log of every function are counted', () => {
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter'));
    expect(filters).toHaveLength(4);
    for (const { Properties } of filters)
      expect(Properties).toMatchObject({
        FilterPattern: '{ ($.name = "chancery") && ($.level >= 50) }',
        MetricTransformations: [{ MetricNamespace: 'chancery', MetricName: 'alarms', MetricValue: '1' }],
      });
  });
});

describe('tags', () => {
  test('all resources that support tags have them', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::Lambda::Function',
      'AWS::KMS::Key',
    ]) {
      for (const { Properties } of Object.values(template.findResources(type))) {
        expect(Properties.Tags).toEqual(
          expect.arrayContaining([
            { Key: 'application', Value: 'chancery' },
            { Key: 'archive', Value: 'chancery' },
          ]),
        );
      }
    }
  });
});

describe('settings', () => {
  test('the settings name all resources that other systems must find', () => {
    const buckets = { articles: 'desk-articles', log: 'desk-log', failures: 'desk-failures' };
    const named = synthesised({ ...defaults, name: 'desk', buckets });
    const names = (of: Template, type: string, property: string) =>
      Object.values(of.findResources(type)).map(({ Properties }) => Properties[property]);
    expect(names(named, 'AWS::S3::Bucket', 'BucketName')).toEqual(Object.values(buckets));
    expect(names(template, 'AWS::S3::Bucket', 'BucketName')).toEqual([undefined, undefined, undefined]);
    expect(names(named, 'AWS::DynamoDB::Table', 'TableName')).toEqual([
      'desk-events',
      'desk-state',
      'desk-read-models',
    ]);
    expect(names(named, 'AWS::Lambda::Function', 'FunctionName').toSorted()).toEqual([
      'desk-api',
      'desk-projector',
      'desk-rebuild',
      'desk-removal',
      'desk-sequencer',
    ]);
  });
  test('the settings configure functions, batches, the sweep, alarms, locks and logs', () => {
    const small = { memory: 512, timeout: Duration.seconds(10) };
    const batching = { records: 7, window: Duration.seconds(3), retries: 1 };
    const sized = synthesised({
      ...defaults,
      api: { ...small, requestsPerSecond: 5, burst: 6 },
      sequencer: { ...small, ...batching, concurrency: 2 },
      projector: { ...small, ...batching },
      rebuild: { ...defaults.rebuild, ...small },
      look: Duration.hours(2),
      sweep: { every: Duration.hours(1), readUnits: 9 },
      alarms: { period: Duration.minutes(1), throttles: 2, age: Duration.minutes(4), lag: 3 },
      lock: Duration.days(8),
      logRetention: RetentionDays.ONE_WEEK,
    });
    const all = (type: string) =>
      Object.values(sized.findResources(type)).map(({ Properties }) => Properties);
    for (const each of all('AWS::Lambda::Function')) {
      expect(each).toMatchObject({
        MemorySize: 512,
        Timeout: each.FunctionName === 'chancery-removal' ? 900 : 10,
      });
      expect(each.Environment.Variables.CHANCERY_SWEEP_READ_UNITS).toBe('9');
    }
    expect(
      all('AWS::Lambda::Function').map(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions),
    ).toEqual([undefined, 2, undefined, undefined, undefined]);
    for (const each of all('AWS::Lambda::EventSourceMapping'))
      expect(each).toMatchObject({
        BatchSize: 7,
        MaximumBatchingWindowInSeconds: 3,
        MaximumRetryAttempts: 1,
      });
    const schedules = all('AWS::Scheduler::Schedule').map(({ ScheduleExpression }) => ScheduleExpression);
    expect(schedules).toEqual(expect.arrayContaining(['rate(1 hour)', 'rate(2 hours)']));
    for (const { Period } of all('AWS::CloudWatch::Alarm')) expect(Period).toBe(60);
    const threshold = (metric: string) =>
      all('AWS::CloudWatch::Alarm').find(({ MetricName }) => MetricName === metric)?.Threshold;
    expect(['Throttles', 'IteratorAge', 'lag'].map(threshold)).toEqual([2, 240_000, 3]);
    for (const { RetentionInDays } of all('AWS::Logs::LogGroup')) expect(RetentionInDays).toBe(7);
    sized.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: Match.objectLike({
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 8 } },
      }),
    });
  });
  test('the settings come from the context, and an issuer without an audience is refused', () => {
    const from = (context: Record<string, string>) => settingsFrom((key) => context[key]);
    expect(from({})).toEqual(defaults);
    expect(
      from({
        name: 'desk',
        issuer: 'https://id.example.org',
        audience: 'a,b',
        alarmEmail: 'a@example.org',
        origin: 'archive.example/log',
        logKeys: 'own,two',
        witnesses: 'w+00000000+BAAA https://w.example',
      }),
    ).toMatchObject({
      name: 'desk',
      origin: 'archive.example/log',
      logKeys: ['own', 'two'],
      witnesses: 'w+00000000+BAAA https://w.example',
      identity: { issuer: 'https://id.example.org', audience: ['a', 'b'] },
      alarmEmail: 'a@example.org',
    });
    expect(() => from({ issuer: 'https://id.example.org' })).toThrow(/both/);
  });
  test('a name that is within the tables of another archive is refused', () => {
    for (const name of ['chancery-rows', 'chancery-rows-2'])
      expect(() => settingsFrom((key) => (key === 'name' ? name : undefined))).toThrow(
        `name ${name} must not`,
      );
    expect(settingsFrom((key) => (key === 'name' ? 'arrowsmith' : undefined)).name).toBe('arrowsmith');
  });
});
