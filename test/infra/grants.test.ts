// Who may do what. test/functions/bundles.test.ts shows that the functions need no more.
import { beforeAll, describe, expect, test } from 'vitest';
import { actionsOn, allowances, grantsOf, type Grant, type Resources } from '../support/grants.ts';
import { resourcesOf, synthesised } from './synthesised.ts';

const functions = ['api', 'sequencer', 'projector', 'rebuild'] as const;
let resources: Resources;
let grants: Record<string, Grant[]>;
beforeAll(() => {
  resources = resourcesOf(synthesised());
  grants = Object.fromEntries(functions.map((name) => [name, grantsOf(resources, name)]));
});

const on = (name: (typeof functions)[number], store: string): string[] =>
  actionsOn(grants[name] ?? [], store);

describe('nobody', () => {
  test('is allowed an action with a wildcard, but the account to say by its own policies who may use its keys', () => {
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

  test('is allowed anything on everything, but to list the streams of tables', () => {
    const everywhere = functions.flatMap((name) =>
      (grants[name] ?? []).filter(({ resource }) => resource === '"*"'),
    );
    expect(new Set(everywhere.map(({ action }) => action))).toEqual(new Set(['dynamodb:ListStreams']));
  });

  test('may update or delete an event, delete an object or a version of it, or unlock one', () => {
    for (const name of functions) {
      expect(on(name, 'Events').filter((action) => !/:(?:Get|Put)Item$|:Query$|:Scan$/.test(action))).toEqual(
        [],
      );
      const objects = (grants[name] ?? []).filter(({ action }) => action.startsWith('s3:'));
      expect(objects.filter(({ action }) => !/:(?:Get|Put)Object$|:ListBucket$/.test(action))).toEqual([]);
    }
  });
});

describe('the role of', () => {
  test('the API reads everything, and writes events, articles and the claims of keys', () => {
    expect(on('api', 'Events')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Scan',
    ]);
    expect(on('api', 'State')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    ]);
    expect(on('api', 'Views')).toEqual(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']);
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

  test('the sequencer reads events, and writes its state and the log', () => {
    expect(on('sequencer', 'Events')).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan']);
    expect(on('sequencer', 'State')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    ]);
    expect(on('sequencer', 'Views')).toEqual([]);
    expect(on('sequencer', 'Articles')).toEqual([]);
    expect(on('sequencer', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });

  test('the projector reads the log and the head, and writes views', () => {
    expect(on('projector', 'Events')).toEqual([]);
    expect(on('projector', 'Articles')).toEqual([]);
    expect(on('projector', 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
    expect(on('projector', 'Views')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    ]);
    expect(on('projector', 'Log')).toEqual(['s3:GetObject', 's3:ListBucket']);
  });

  test('what rebuilds touches no event and no article', () => {
    expect(on('rebuild', 'Events')).toEqual([]);
    expect(on('rebuild', 'Articles')).toEqual([]);
    expect(on('rebuild', 'State')).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
    expect(on('rebuild', 'Views')).toEqual(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    expect(on('rebuild', 'Log')).toEqual([]);
  });

  test('a function that a stream starts reads that stream, and may keep what fails', () => {
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

  test('each function uses the key of tables and buckets, and no more of it', () => {
    for (const name of functions)
      expect([...new Set(on(name, 'Key'))]).toEqual([
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
      ]);
  });

  test('the schedule starts the sequencer, and nothing else', () => {
    const scheduled = allowances(resources).filter(
      ([id, { Action }]) => id.startsWith('Scheduler') && Action !== 'sts:AssumeRole',
    );
    expect(scheduled.map(([, { Action }]) => Action)).toEqual(['lambda:InvokeFunction']);
    expect(JSON.stringify(scheduled)).toContain('Functionssequencer');
  });
});
