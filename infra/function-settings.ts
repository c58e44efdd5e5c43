// Every name and size of the deployment, with its default.
import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export interface Settings {
  /** Name of the stack, and prefix of its tables and functions. Not with `-rows-` in it: archives may delete such tables. */
  readonly name: string;
  /** Names of the buckets; one that is left out is made by CloudFormation, since a bucket's name is the whole world's. */
  readonly buckets: { readonly articles?: string; readonly log?: string; readonly failures?: string };
  /**
   * Who may call the API: with an identity provider, whoever has a token of it (`sub` is kept as `recordedby`);
   * without one, whoever may sign requests for this account (AWS_IAM; the ARN is kept).
   */
  readonly identity?: { readonly issuer: string; readonly audience: readonly string[] };
  /**
   * Origin of the public log: its URL without scheme, no spaces, no plus signs. Never changed once something is
   * published. Without one it is `chancery.local/` and the stack's own UUID.
   */
  readonly origin?: string;
  /**
   * What signs the log: `own`, the key that the stack makes, or ids or ARNs of KMS keys. Two while one takes over from
   * the other: docs/log.md says how.
   */
  readonly logKeys: readonly string[];
  /** Witnesses that cosign the log's checkpoints: `verifier-key URL`, with commas between. */
  readonly witnesses?: string;
  /** Where alarms are sent; nobody confirms, nobody is told. */
  readonly alarmEmail?: string;
  /** Articles can't be deleted for so long, but by who may bypass governance. */
  readonly lock: Duration;
  readonly logRetention: RetentionDays;
  readonly api: FunctionSize & { readonly requestsPerSecond: number; readonly burst: number };
  readonly sequencer: FunctionSize &
    Batching & {
      /** Executions reserved, and no more at once. */
      readonly concurrency: number;
    };
  readonly projector: FunctionSize & Batching;
  readonly rebuild: FunctionSize & {
    /**
     * When read models are compared with their history: an expression of EventBridge Scheduler, in UTC, or `off`. It
     * writes nothing unless they differ, and takes about one read unit per event of the archive.
     */
    readonly schedule: string;
    /** Each scheduled rebuild writes a new generation, even if nothing differs. */
    readonly alwaysWrites: boolean;
    /** How long readers may go back to what was read before. */
    readonly grace: Duration;
  };
  /** How often the projector looks, beside whenever the log grows. */
  readonly look: Duration;
  /** How often the rolling scan for lost hints takes a step, and how many read units a step may use. */
  readonly sweep: { readonly every: Duration; readonly readUnits: number };
  readonly alarms: AlarmLimits;
  /** On everything that takes tags, beside `archive`, which is the name. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface FunctionSize {
  /** MB; a Lambda function's share of CPU grows with it. */
  readonly memory: number;
  readonly timeout: Duration;
}

export interface Batching {
  readonly records: number;
  readonly window: Duration;
  readonly retries: number;
}

/** An alarm rings from so many on within one period. */
export interface AlarmLimits {
  readonly period: Duration;
  /** Throttled invocations of one function. */
  readonly throttles: number;
  /** Age of the oldest record that a stream's function has not taken. */
  readonly age: Duration;
  /** Events that the slowest read model is behind the log. */
  readonly lag: number;
}

export const defaults: Settings = {
  name: 'chancery',
  buckets: {},
  logKeys: ['own'],
  lock: Duration.days(365),
  logRetention: RetentionDays.THREE_MONTHS,
  api: { memory: 1_024, timeout: Duration.seconds(29), requestsPerSecond: 100, burst: 200 },
  sequencer: {
    memory: 1_024,
    timeout: Duration.minutes(2),
    concurrency: 1,
    records: 1_000,
    window: Duration.seconds(1),
    retries: 3,
  },
  projector: {
    memory: 1_024,
    timeout: Duration.minutes(5),
    records: 100,
    window: Duration.seconds(1),
    retries: 3,
  },
  rebuild: {
    memory: 2_048,
    timeout: Duration.minutes(15),
    schedule: 'rate(7 days)',
    alwaysWrites: false,
    grace: Duration.days(1),
  },
  look: Duration.minutes(5),
  sweep: { every: Duration.minutes(5), readUnits: 100 },
  alarms: { period: Duration.minutes(5), throttles: 10, age: Duration.minutes(10), lag: 10_000 },
  tags: { application: 'chancery' },
};

/** Settings from a context, as `cdk deploy -c key=value` gives it. */
export function settingsFrom(context: (key: string) => unknown): Settings {
  const text = (key: string): string | undefined => {
    const value = context(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [name, issuer, audience, alarmEmail, origin, logKeys, witnesses] = [
    'name',
    'issuer',
    'audience',
    'alarmEmail',
    'origin',
    'logKeys',
    'witnesses',
  ].map(text);
  if ((issuer === undefined) !== (audience === undefined)) {
    throw new Error('give both -c issuer=https://… and -c audience=…, or neither');
  }
  if (name !== undefined && /-rows(?:-|$)/.test(name))
    throw new Error(
      `name ${name} must not contain -rows: other archives may delete tables of such names; choose another`,
    );
  return {
    ...defaults,
    ...(name ? { name } : {}),
    ...(issuer && audience ? { identity: { issuer, audience: audience.split(',') } } : {}),
    ...(alarmEmail ? { alarmEmail } : {}),
    ...(origin ? { origin } : {}),
    ...(witnesses ? { witnesses } : {}),
    ...(logKeys ? { logKeys: logKeys.split(',') } : {}),
  };
}
