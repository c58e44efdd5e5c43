// All names and sizes of the deployment, with their defaults.
import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export interface Settings {
  /** Name of the stack, and prefix of its tables and functions. It must not contain `-rows-`: archives may delete such tables. */
  readonly name: string;
  /** Names of the buckets. CloudFormation generates absent ones, because names of buckets are globally unique. */
  readonly buckets: { readonly articles?: string; readonly log?: string; readonly failures?: string };
  /**
   * The identity provider whose tokens give access to the API; `sub` becomes `recordedby`. If absent, principals of this
   * account have access (AWS_IAM), and their ARN becomes `recordedby`.
   */
  readonly identity?: { readonly issuer: string; readonly audience: readonly string[] };
  /**
   * Origin of the public log: its URL without scheme, spaces and plus signs. It must not change after the first
   * publication. Default: `chancery.local/` and the stack's UUID.
   */
  readonly origin?: string;
  /**
   * The keys that sign the log: `own`, which the stack creates, or ids or ARNs of KMS keys. During a key rotation there are
   * two: docs/log.md describes it.
   */
  readonly logKeys: readonly string[];
  /** Witnesses that cosign the log's signed checkpoints: `verifier-key URL`, with commas between. */
  readonly witnesses?: string;
  /** Address that receives alarms after its owner confirms the subscription. */
  readonly alarmEmail?: string;
  /** How long articles cannot be deleted, except by principals that may bypass governance. */
  readonly lock: Duration;
  readonly logRetention: RetentionDays;
  readonly api: FunctionSize & { readonly requestsPerSecond: number; readonly burst: number };
  readonly sequencer: FunctionSize &
    Batching & {
      /** Reserved concurrency, which is also the limit. */
      readonly concurrency: number;
    };
  readonly projector: FunctionSize & Batching;
  readonly rebuild: FunctionSize & {
    /**
     * Schedule of comparisons of read models with the log: an expression of EventBridge Scheduler, in UTC, or `off`. A
     * comparison writes only if rows differ, and takes about one read unit per event.
     */
    readonly schedule: string;
    /** True if each scheduled rebuild writes a new generation, even if no row differs. */
    readonly alwaysWrites: boolean;
    /** How long a promoted rebuild can be rolled back. */
    readonly grace: Duration;
  };
  /** Interval of the projector's checks, in addition to those when the log grows. */
  readonly look: Duration;
  /** Interval of the steps of the sweep for lost hints, and the read units that one step may use. */
  readonly sweep: { readonly every: Duration; readonly readUnits: number };
  readonly alarms: AlarmLimits;
  /** Tags of all resources, in addition to `archive`, which is the name. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface FunctionSize {
  /** MB. The share of CPU grows with it. */
  readonly memory: number;
  readonly timeout: Duration;
}

export interface Batching {
  readonly records: number;
  readonly window: Duration;
  readonly retries: number;
}

/** Thresholds: an alarm rings if a value reaches its threshold within one period. */
export interface AlarmLimits {
  readonly period: Duration;
  /** Throttled invocations of one function. */
  readonly throttles: number;
  /** Age of the oldest unprocessed record of a stream. */
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

/**
 * Returns the settings from the context of `cdk deploy -c key=value`.
 *
 * @throws Error if a value is invalid
 */
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
    throw new Error(
      'issuer and audience belong together: give both -c issuer=https://… and -c audience=…, or neither',
    );
  }
  if (name !== undefined && /-rows(?:-|$)/.test(name))
    throw new Error(
      `name ${name} must not contain -rows, because other archives may delete tables with such names: choose another name`,
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
