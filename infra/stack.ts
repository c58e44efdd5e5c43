// The archive on AWS: stores, functions, API, rebuilds, alarms.
import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Api } from './http-api.ts';
import { Functions } from './functions.ts';
import { LogKey } from './log-key.ts';
import { Rebuilds } from './rebuild-machine.ts';
import { tagsOf } from './row-tables.ts';
import type { Settings } from './function-settings.ts';
import { Stores } from './tables-and-buckets.ts';

export class ChanceryStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { description: 'Chancery, an archive of diplomacy' });
    for (const [tag, value] of Object.entries(tagsOf(settings))) Tags.of(this).add(tag, value);

    const stores = new Stores(this, settings);
    const logKey = new LogKey(this, settings);
    const functions = new Functions(this, stores, logKey, settings);
    const api = new Api(this, functions.api, settings);
    const rebuilds = new Rebuilds(this, functions, settings);
    const alarms = new Alarms(this, { stores, functions, rebuilds }, settings);

    new CfnOutput(this, 'Url', { value: api.url });
    new CfnOutput(this, 'ArticlesBucket', { value: stores.articles.bucketName });
    new CfnOutput(this, 'LogOrigin', { value: logKey.origin });
    new CfnOutput(this, 'LogBucket', { value: stores.log.bucketName });
    new CfnOutput(this, 'FailuresBucket', { value: stores.failures.bucketName });
    new CfnOutput(this, 'KeyId', { value: stores.key.keyId });
    new CfnOutput(this, 'LogKeyId', { value: logKey.own.keyId });
    new CfnOutput(this, 'RebuildsMachine', { value: rebuilds.machine.stateMachineArn });
    new CfnOutput(this, 'AlarmTopic', { value: alarms.topic.topicArn });
  }
}
