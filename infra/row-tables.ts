// The tables of rows, one per generation. Functions create and delete them at run time, so the stack has only their
// names, the permissions on them, and their removal with the stack.
import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from './function-settings.ts';
import type { Stores } from './tables-and-buckets.ts';

export const rowsPrefix = ({ name }: Settings): string => `${name}-rows-`;

/** Returns the environment variables that describe the tables to functions. */
export const rowsEnvironment = (settings: Settings, { key }: Stores): Record<string, string> => ({
  CHANCERY_ROWS_PREFIX: rowsPrefix(settings),
  CHANCERY_ROWS_KEY: key.keyArn,
  CHANCERY_ROWS_TAGS: Object.entries(tagsOf(settings))
    .map(([name, value]) => `${name}=${value}`)
    .join(','),
});

/** Returns the tags of all resources. */
export const tagsOf = ({ name, tags }: Settings): Record<string, string> => ({ ...tags, archive: name });

export class RowTables {
  private readonly tables: string;
  private readonly alarms: string;
  private readonly key: string;

  constructor(scope: Construct, settings: Settings, { key }: Stores) {
    const prefix = rowsPrefix(settings);
    const stack = Stack.of(scope);
    this.tables = stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: `${prefix}*` });
    this.alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.key = key.keyArn;
  }

  allow(grantee: IGrantable, ...actions: string[]): void {
    grant(
      grantee,
      [this.tables],
      actions.map((action) => `dynamodb:${action}`),
    );
  }

  /** Allows creating tables and their alarms. The creator of a table must grant DynamoDB the use of the key. */
  allowCreating(grantee: IGrantable): void {
    this.allow(grantee, 'CreateTable', 'DescribeTable', 'TagResource');
    grant(grantee, [this.alarms], ['cloudwatch:PutMetricAlarm']);
    grant(grantee, [this.key], ['kms:ReEncryptFrom', 'kms:ReEncryptTo']);
    grant(grantee, [this.key], ['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': true } });
  }

  allowDeleting(grantee: IGrantable): void {
    this.allow(grantee, 'DescribeTable', 'DeleteTable');
    grant(grantee, [this.alarms], ['cloudwatch:DeleteAlarms']);
    // ListTables does not support resource-level permissions.
    grant(grantee, ['*'], ['dynamodb:ListTables']);
  }

  /** Deletes all tables with the stack, by this function. `users` can create tables, so they are deleted before. */
  removeWithStack(scope: Construct, remover: LambdaFunction, users: readonly Construct[]): void {
    const removal = new CustomResource(scope, 'RowTables', {
      resourceType: 'Custom::RowTables',
      serviceToken: remover.functionArn,
      serviceTimeout: Duration.minutes(15),
    });
    // The function's permissions must exist until the tables are deleted.
    removal.node.addDependency(remover);
    for (const user of users) user.node.addDependency(removal);
  }
}

function grant(grantee: IGrantable, resources: string[], actions: string[], conditions?: object): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions, resources, ...(conditions ? { conditions: { ...conditions } } : {}) }),
  );
}
