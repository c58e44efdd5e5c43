// What the deployment must keep: who may do what, what outlives it, what starts the functions. Nothing is bundled here.
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaults, settingsFrom } from '../../infra/settings.ts';
import { ChanceryStack } from '../../infra/stack.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let template: Template;

beforeAll(() => {
  template = synthesised();
});

function synthesised(settings = defaults): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new ChanceryStack(app, settings.name, settings));
}

/** What a function's own role may do, as `action on resource`. */
function grantsOf(name: string): { action: string; resource: string; condition: unknown }[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith(`Functions${name}`),
  );
  expect(policies.length, `the role of ${name} has a policy`).toBeGreaterThan(0);
  return policies.flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument.Statement as Statement[]).flatMap(({ Action, Resource, Condition }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) => ({ action, resource: JSON.stringify(resource), condition: Condition })),
        ),
    ),
  );
}

const on = (name: string, store: string): string[] =>
  grantsOf(name)
    .filter(({ resource }) => resource.includes(`Stores${store}`) && !resource.includes('StreamArn'))
    .map(({ action }) => action)
    .toSorted();

describe('the tables', () => {
  test('of events and state are kept, restorable, protected and encrypted with the archive’s own key', () => {
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
  test('have the keys that the adapters write', () => {
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
    for (const name of ['state', 'views']) {
      template.hasResourceProperties('AWS::DynamoDB::Table', {
        TableName: `chancery-${name}`,
        KeySchema: [
          { AttributeName: 'partition', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
      });
    }
  });
  test('of views may go with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({ TableName: 'chancery-views' }),
    });
  });
});

describe('the buckets', () => {
  test('are versioned, closed, encrypted and kept', () => {
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
  test('of articles is locked in governance mode', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
    });
  });
});

describe('a role', () => {
  const functions = ['api', 'sequencer', 'projector', 'rebuild'];

  test('has no action with a wildcard', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action } of Properties.PolicyDocument.Statement as Statement[]) {
        for (const action of [Action].flat()) expect(action).not.toContain('*');
      }
    }
  });
  test('can never update or delete an event, nor delete an object', () => {
    for (const name of functions) {
      expect(
        on(name, 'Events').filter((action) => /Update|Delete|Batch|Transact|PartiQL/.test(action)),
      ).toEqual([]);
      expect(grantsOf(name).filter(({ action }) => /^s3:(?:Delete|Bypass|PutObject.+)/.test(action))).toEqual(
        [],
      );
    }
  });
  test('of the API reads everything, and writes events, articles and the claims of keys', () => {
    expect(on('api', 'Events')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
    expect(on('api', 'State')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    ]);
    expect(on('api', 'Views')).toEqual(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    expect(on('api', 'Articles')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(on('api', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket']);
    const claims = grantsOf('api').filter(
      ({ action, resource }) => action === 'dynamodb:PutItem' && resource.includes('StoresState'),
    );
    expect(claims.map(({ condition }) => condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['keys'] } },
    ]);
  });
  test('of the sequencer only reads events', () => {
    expect(on('sequencer', 'Events')).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan']);
    expect(on('sequencer', 'Views')).toEqual([]);
    expect(on('sequencer', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });
  test('of what folds views touches no event and no article', () => {
    for (const name of ['projector', 'rebuild']) {
      expect(on(name, 'Events')).toEqual([]);
      expect(on(name, 'Articles')).toEqual([]);
      expect(on(name, 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
      expect(on(name, 'Log')).toEqual(name === 'projector' ? ['s3:GetObject', 's3:ListBucket'] : []);
    }
  });
});

describe('the log', () => {
  test('is signed by a key that outlives the stack, by the sequencer alone', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' }),
    });
    const withKey = (name: string) =>
      grantsOf(name)
        .filter(({ resource }) => resource.includes('LogKey'))
        .map(({ action }) => action);
    expect(withKey('sequencer')).toEqual(['kms:Sign', 'kms:GetPublicKey']);
    expect(withKey('api')).toEqual(['kms:GetPublicKey']);
    for (const name of ['projector', 'rebuild']) expect(withKey(name)).toEqual([]);
    expect(
      ['api', 'projector', 'rebuild'].filter((name) =>
        grantsOf(name).some(({ action }) => action === 'kms:Sign'),
      ),
    ).toEqual([]);
  });
  test('is cosigned by the witnesses that are set', () => {
    const named = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).flatMap(
        ({ Properties }) => Properties.Environment.Variables.CHANCERY_WITNESSES ?? [],
      );
    expect(named(template)).toEqual([]);
    expect(named(synthesised({ ...defaults, witnesses: 'w+00000000+BAAA https://w.example' }))).toEqual([
      'w+00000000+BAAA https://w.example',
    ]);
  });
  test('has an origin that stays, and the one that is set', () => {
    const variables = (of: Template): any[] =>
      Object.entries(of.findResources('AWS::Lambda::Function'))
        .filter(([id]) => /^Functions(?:api|sequencer)/.test(id))
        .map(([, { Properties }]) => Properties.Environment.Variables);
    for (const { CHANCERY_ORIGIN: origin } of variables(template))
      expect(JSON.stringify(origin)).toMatch(/chancery\.local\/.*AWS::StackId/);
    const more = 'arn:aws:kms:eu-central-1:111122223333:key/next';
    const set = variables(
      synthesised({ ...defaults, origin: 'archive.example/log', logKeys: ['own', more, 'other'] }),
    );
    expect(set).toHaveLength(2);
    for (const { CHANCERY_ORIGIN: origin, CHANCERY_KMS_KEYS: keys } of set) {
      expect(origin).toBe('archive.example/log');
      expect(JSON.stringify(keys)).toMatch(
        /LogKey.*Arn.*,arn:aws:kms:eu-central-1:111122223333:key\/next,arn:.*:key\/other/,
      );
    }
  });
});

describe('the functions', () => {
  test('run on Node 24, with logs that end', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(functions).toHaveLength(4);
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs.map(({ Properties }) => Properties.RetentionInDays)).toEqual([90, 90, 90, 90]);
  });
  test('that decide for all run one at a time', () => {
    const reserved = Object.entries(template.findResources('AWS::Lambda::Function')).filter(
      ([, { Properties }]) => Properties.ReservedConcurrentExecutions === 1,
    );
    expect(reserved.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      'Functionsprojector',
      'Functionssequencer',
    ]);
  });
  test('are started by the streams, report failures by item and keep what fails whole', () => {
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
  test('sweep for lost hints on a schedule', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ Input: '{"sweep":true}' }),
    });
  });
});

describe('the API', () => {
  test('takes signed requests only, unless an identity provider is named; whether it lives, anyone may ask', () => {
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
  test('is throttled', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
  });
});

describe('alarms', () => {
  test('ring for errors, throttles, old stream records, kept failures and lag', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    );
    const count = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric).length;
    expect([
      count('Errors'),
      count('Throttles'),
      count('IteratorAge'),
      count('MatchedEvents'),
      count('lag'),
    ]).toEqual([4, 4, 2, 1, 1]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ 'detail-type': ['Object Created'] }),
    });
  });
});

describe('tags', () => {
  test('are on everything that takes them', () => {
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
  test('come from the context, and half an identity is refused', () => {
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
});
