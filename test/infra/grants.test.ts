// The permissions of each role. test/functions/bundles.test.ts shows that they suffice for the functions.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  actionsOn,
  actionsOnRows,
  allowances,
  grantsOf,
  type Grant,
  type Resources,
} from '../support/grants.ts';
import { resourcesOf, synthesised } from './synthesised.ts';

const functions = ['api', 'sequencer', 'projector', 'rebuild', 'removal'] as const;
let resources: Resources;
let grants: Record<string, Grant[]>;
beforeAll(() => {
  resources = resourcesOf(synthesised());
  grants = Object.fromEntries(functions.map((name) => [name, grantsOf(resources, name)]));
});

const on = (name: (typeof functions)[number], store: string): string[] =>
  actionsOn(grants[name] ?? [], store);

describe('permissions of all roles', () => {
  test('no role has an action with a wildcard, except the account in key policies', () => {
    const wild = allowances(resources).filter(([, { Action }]) =>
      [Action].flat().some((each) => each.includes('*')),
    );
    expect(wild.map(([id, { Action }]) => [resources[id]?.Type, Action])).toEqual([
      ['AWS::KMS::Key', 'kms:*'],
      ['AWS::KMS::Key', 'kms:*'],
    ]);
    for (const [, statement] of wild)
      expect(JSON.stringify(statement)).toMatch(/"Principal":\{"AWS":.*:iam::.*:root"\]\]\}\}/);
  });

  test('no role has permissions on all resources, except to list tables and their streams', () => {
    const everywhere = functions.flatMap((name) =>
      (grants[name] ?? []).filter(({ resource }) => resource === '"*"').map(({ action }) => [name, action]),
    );
    expect(everywhere).toEqual([
      ['sequencer', 'dynamodb:ListStreams'],
      ['projector', 'dynamodb:ListStreams'],
      ['rebuild', 'dynamodb:ListTables'],
      ['removal', 'dynamodb:ListTables'],
    ]);
  });

  test('no role may update or delete an event, delete an object or its version, or unlock one', () => {
    for (const name of functions) {
      expect(on(name, 'Events').filter((action) => !/:(?:Get|Put)Item$|:Query$|:Scan$/.test(action))).toEqual(
        [],
      );
      const objects = (grants[name] ?? []).filter(({ action }) => action.startsWith('s3:'));
      expect(objects.filter(({ action }) => !/:(?:Get|Put)Object$|:ListBucket$/.test(action))).toEqual([]);
    }
  });
});

describe('permissions of each role', () => {
  test('the role of the API reads everything, scans no table, and writes events, articles and idempotency keys', () => {
    expect(on('api', 'Events')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
    expect(on('api', 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
    expect(on('api', 'Articles')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(on('api', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(on('api', 'Failures')).toEqual([]);
    const claims = (grants['api'] ?? []).filter(
      ({ action, resource }) => action === 'dynamodb:PutItem' && resource.includes('StoresState'),
    );
    expect(claims.map(({ condition }) => condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['keys'] } },
    ]);
  });

  test('the role of the sequencer reads events, and writes its state and the log', () => {
    expect(on('sequencer', 'Events')).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan']);
    expect(on('sequencer', 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
    expect(on('sequencer', 'Articles')).toEqual([]);
    expect(on('sequencer', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });

  test.each(['projector', 'rebuild'] as const)(
    'the role of the %s reads the log, the head and streams',
    (name) => {
      expect(on(name, 'Events')).toEqual(['dynamodb:Query']);
      expect(on(name, 'Articles')).toEqual([]);
      expect(on(name, 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
      expect(on(name, 'Log')).toEqual(['s3:GetObject', 's3:ListBucket']);
    },
  );

  test('the API reads rows, the projector appends to them and creates the first table, and the rebuild also scans and deletes tables', () => {
    const tables = (name: (typeof functions)[number]) => actionsOnRows(grants[name] ?? [], 'table');
    expect(tables('api')).toEqual(['dynamodb:Query']);
    expect(tables('sequencer')).toEqual([]);
    const creating = [
      'dynamodb:BatchWriteItem',
      'dynamodb:CreateTable',
      'dynamodb:DescribeTable',
      'dynamodb:Query',
      'dynamodb:TagResource',
    ];
    expect(tables('projector')).toEqual(creating);
    expect([...new Set(tables('rebuild'))]).toEqual(
      [...creating, 'dynamodb:DeleteTable', 'dynamodb:Scan'].toSorted(),
    );
    expect(tables('removal')).toEqual(['dynamodb:DeleteTable', 'dynamodb:DescribeTable']);
  });

  test('roles that create tables of rows set their alarms, roles that delete tables delete them, and no role changes other alarms', () => {
    for (const name of functions) {
      const all = (grants[name] ?? []).filter(({ action }) => action.startsWith('cloudwatch:'));
      expect(actionsOnRows(all, 'alarm')).toEqual(all.map(({ action }) => action).toSorted());
    }
    const alarms = functions.map((name) => [name, actionsOnRows(grants[name] ?? [], 'alarm')]);
    expect(Object.fromEntries(alarms)).toEqual({
      api: [],
      sequencer: [],
      projector: ['cloudwatch:PutMetricAlarm'],
      rebuild: ['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'],
      removal: ['cloudwatch:DeleteAlarms'],
    });
  });

  test('the role of the removal only deletes tables of rows and their alarms', () => {
    const actions = (grants['removal'] ?? []).map(({ action }) => action).toSorted();
    expect(actions).toEqual([
      'cloudwatch:DeleteAlarms',
      'dynamodb:DeleteTable',
      'dynamodb:DescribeTable',
      'dynamodb:ListTables',
    ]);
  });

  test('the API, the projector and the rebuild read and write the catalog of read models', () => {
    const reading = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
    expect(on('api', 'Catalog')).toEqual(reading);
    expect(on('sequencer', 'Catalog')).toEqual([]);
    for (const name of ['projector', 'rebuild'] as const)
      expect(on(name, 'Catalog')).toEqual(
        [...reading, 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'].toSorted(),
      );
  });

  test('roles that start rebuilds have no other permission of Step Functions, whose role may invoke the rebuild', () => {
    const states = (name: (typeof functions)[number]) =>
      (grants[name] ?? []).filter(({ action }) => action.startsWith('states:'));
    for (const name of ['api', 'projector'] as const) {
      expect(states(name).map(({ action }) => action)).toEqual(['states:StartExecution']);
      expect(states(name)[0]?.resource).toContain('RebuildsMachine');
    }
    for (const name of ['sequencer', 'rebuild', 'removal'] as const) expect(states(name)).toEqual([]);
    const machine = allowances(resources).filter(
      ([id, { Action }]) => id.startsWith('RebuildsMachineRole') && Action !== 'sts:AssumeRole',
    );
    expect(machine.map(([, { Action }]) => Action)).toEqual(['lambda:InvokeFunction']);
    expect(JSON.stringify(machine)).toContain('Functionsrebuild');
  });

  test('a function that a stream starts may read that stream and keep failed records', () => {
    for (const [name, table] of [
      ['sequencer', 'StoresEvents'],
      ['projector', 'StoresState'],
    ] as const) {
      const stream = (grants[name] ?? []).filter(({ resource }) => resource.includes('StreamArn'));
      expect(stream.map(({ action }) => action).toSorted()).toEqual([
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
      ]);
      for (const { resource } of stream) expect(resource).toContain(table);
      expect(on(name, 'Failures')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    }
  });

  test('each function may use the key of tables and buckets, but not administer it', () => {
    const using = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
    for (const name of ['api', 'sequencer'] as const) expect([...new Set(on(name, 'Key'))]).toEqual(using);
    for (const name of ['projector', 'rebuild'] as const) {
      expect([...new Set(on(name, 'Key'))]).toEqual(
        [...using, 'kms:CreateGrant', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'].toSorted(),
      );
      const granting = (grants[name] ?? []).filter(({ action }) => action === 'kms:CreateGrant');
      expect(granting.map(({ condition }) => condition)).toEqual([
        { Bool: { 'kms:GrantIsForAWSResource': true } },
      ]);
    }
    expect(on('removal', 'Key')).toEqual([]);
  });

  test('schedules may start only the sequencer, the projector and rebuilds', () => {
    const scheduled = allowances(resources).filter(
      ([id, { Action }]) => id.startsWith('Scheduler') && Action !== 'sts:AssumeRole',
    );
    const started = scheduled.map(([, { Action, Resource }]) => [
      Action,
      /Functionssequencer|Functionsprojector|RebuildsMachine/.exec(JSON.stringify(Resource))?.[0],
    ]);
    expect(started.toSorted()).toEqual([
      ['lambda:InvokeFunction', 'Functionsprojector'],
      ['lambda:InvokeFunction', 'Functionssequencer'],
      ['states:StartExecution', 'RebuildsMachine'],
    ]);
  });
});
