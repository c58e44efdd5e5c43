// The tables and buckets, which outlive all deployments, and the key that encrypts them.
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  ObjectLockRetention,
  ObjectOwnership,
  type BucketProps,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from './function-settings.ts';

export class Stores extends Construct {
  readonly key: Key;
  readonly events: Table;
  readonly state: Table;
  readonly catalog: Table;
  readonly articles: Bucket;
  readonly log: Bucket;
  readonly failures: Bucket;

  constructor(scope: Construct, { name, buckets, lock }: Settings) {
    super(scope, 'Stores');
    this.key = new Key(this, 'Key', { enableKeyRotation: true, description: `Encrypts the archive ${name}` });

    const encrypted = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
    };
    const kept: Omit<TableProps, 'partitionKey'> = {
      ...encrypted,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const rows = {
      partitionKey: { name: 'partition', type: AttributeType.STRING },
      sortKey: { name: 'sort', type: AttributeType.STRING },
    };
    this.events = new Table(this, 'Events', {
      ...kept,
      tableName: `${name}-events`,
      partitionKey: { name: 'stream', type: AttributeType.STRING },
      sortKey: { name: 'revision', type: AttributeType.NUMBER },
      stream: StreamViewType.KEYS_ONLY,
    });
    // The stream starts the projector when the log's head moves.
    this.state = new Table(this, 'State', {
      ...kept,
      ...rows,
      tableName: `${name}-state`,
      stream: StreamViewType.KEYS_ONLY,
    });
    // Not retained, because read models can be rebuilt from the log. infra/row-tables.ts has the tables of rows.
    this.catalog = new Table(this, 'Catalog', {
      ...rows,
      tableName: `${name}-read-models`,
      ...encrypted,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const closed: BucketProps = {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const withName = (bucketName: string | undefined): BucketProps =>
      bucketName === undefined ? closed : { ...closed, bucketName };
    this.articles = new Bucket(this, 'Articles', {
      ...withName(buckets.articles),
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.governance(lock),
    });
    this.log = new Bucket(this, 'Log', withName(buckets.log));
    this.failures = new Bucket(this, 'Failures', withName(buckets.failures));
    // Set on the bucket's resource, because `eventBridgeEnabled` would deploy an additional function.
    const { defaultChild } = this.failures.node;
    if (defaultChild instanceof CfnBucket) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }

  /** Allows the use of the key, which every access to the tables and buckets needs. */
  grantKey(grantee: IGrantable): void {
    this.key.grant(grantee, 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey');
  }
}
