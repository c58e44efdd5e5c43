// The log's origin, and the KMS keys that sign its checkpoints. The keys cannot be exported, and only the sequencer may
// sign with them.
import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage, type IKey } from 'aws-cdk-lib/aws-kms';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { Settings } from './function-settings.ts';

export class LogKey extends Construct {
  readonly origin: string;
  readonly own: IKey;
  private readonly keys: readonly IKey[];

  constructor(scope: Construct, { name, origin, logKeys }: Settings) {
    super(scope, 'LogKey');
    this.origin = origin ?? `chancery.local/${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
    this.own = new Key(this, 'Ed25519', {
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      description: `Signs the public log of the archive ${name}`,
      // Retained, because old signatures must remain verifiable.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.keys = logKeys.map((key, index) => (key === 'own' ? this.own : this.keyFrom(key, index)));
  }

  private keyFrom(key: string, index: number): IKey {
    const arn = key.startsWith('arn:')
      ? key
      : `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/${key}`;
    return Key.fromKeyArn(this, `Key${index}`, arn);
  }

  /** Allows a function to sign and to read the public keys, and sets its origin and keys. */
  grantSign(grantee: NodejsFunction): void {
    const resources = this.keys.map(({ keyArn }) => keyArn);
    grantee.addEnvironment('CHANCERY_ORIGIN', this.origin);
    grantee.addEnvironment('CHANCERY_KMS_KEYS', resources.join(','));
    grantee.addToRolePolicy(new PolicyStatement({ actions: ['kms:Sign', 'kms:GetPublicKey'], resources }));
  }
}
