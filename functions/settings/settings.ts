// All environment variables that the archive reads, each with its meaning, default and check.
// A variable that is set but empty counts as unset.
import { isSubject, MAX_SUBJECT } from '../../events/envelope.ts';
import { isKeyName } from '../../events/log/keys.ts';
import { isLoopback } from './loopback.ts';
import { bucketFault, hoursOf, numberFrom, prefixFault, tableFault, tagsIn } from './setting-values.ts';
import { openWitnesses } from '../runtime/open-witnesses.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Variable {
  readonly default?: string;
  readonly about: string;
  /** Returns what is wrong, as text to put after the variable's name; undefined if nothing is. */
  readonly fault?: (value: string) => string | undefined;
}

/** A year. */
const MAX_HOURS = 8_760;
/** The smallest whole number that covers an item of 4 KB and the lookup of its stream. */
const MIN_SWEEP_UNITS = 2;

export const variables = {
  PORT: {
    default: '3000',
    about: 'port of the embedded archive; with 0 it chooses and prints a free port',
    fault: numberFrom(0, 65_535, 'a port', Number.isInteger),
  },
  HOST: {
    default: '127.0.0.1',
    about: 'address of the embedded archive; loopback only, because clients do not sign in',
    fault: (value) =>
      isLoopback(value)
        ? undefined
        : 'must be a loopback address such as 127.0.0.1, because every client that reaches the archive may write',
  },
  CHANCERY_URL: {
    about: 'address of the archive that the commands use; default http://127.0.0.1:PORT',
    fault: urlFault,
  },
  CHANCERY_HOME: { default: '.chancery', about: 'folder of the embedded archive' },
  CHANCERY_STORE: {
    default: 'embedded',
    about: 'embedded, or aws for DynamoDB and S3',
    fault: (value) => (['embedded', 'aws'].includes(value) ? undefined : 'must be embedded or aws'),
  },
  CHANCERY_SUBJECT: {
    default: 'local',
    about: '`recordedby` of every event that this process records',
    fault: (value) =>
      isSubject(value)
        ? undefined
        : `must have 1 to ${MAX_SUBJECT} characters and be well-formed Unicode, because every event keeps it`,
  },
  CHANCERY_ORIGIN: {
    about: "the log's URL without scheme; the first start chooses chancery.local/… if it is unset",
    fault: (value) =>
      isKeyName(value) && !value.includes('://')
        ? undefined
        : 'must be a URL without scheme, spaces and plus signs, such as archive.example/log',
  },
  CHANCERY_WITNESSES: {
    about: 'witnesses that cosign the log: a verifier key, a space and a URL each, with commas between',
    fault: (value) => messageOf(() => openWitnesses({ CHANCERY_WITNESSES: value })),
  },
  CHANCERY_GRACE_HOURS: {
    default: '24',
    about: 'hours for which a rebuild can be rolled back',
    fault: numberFrom(0, MAX_HOURS, 'a number of hours'),
  },
  CHANCERY_REBUILD_SCHEDULE: {
    default: 'weekly',
    about: 'how often read models are compared with their history: daily, weekly, a number of hours, or off',
    fault: (value) => messageOf(() => hoursOf(value)),
  },
  CHANCERY_REBUILD_ALWAYS_WRITES: {
    default: 'no',
    about: 'yes if each scheduled rebuild writes a new generation, even if nothing differs',
    fault: (value) => (['yes', 'no'].includes(value) ? undefined : 'must be yes or no'),
  },
  CHANCERY_KMS_KEYS: {
    about: 'KMS keys that sign the log on AWS: ids or ARNs, with commas between',
    fault: (value) =>
      value.split(',').every((key) => /^\S+$/.test(key))
        ? undefined
        : 'must be ids or ARNs with commas between',
  },
  CHANCERY_KEY_FILE: { about: 'key file that signs the log on AWS if there is no KMS key' },
  CHANCERY_EVENTS_TABLE: { default: 'chancery-events', about: 'DynamoDB table of events', fault: tableFault },
  CHANCERY_STATE_TABLE: { default: 'chancery-state', about: 'DynamoDB table of state', fault: tableFault },
  CHANCERY_READ_MODELS_TABLE: {
    default: 'chancery-read-models',
    about: 'DynamoDB table of the generations of read models, their checkpoints and rebuilds',
    fault: tableFault,
  },
  CHANCERY_ROWS_PREFIX: {
    default: 'chancery-rows-',
    about: 'prefix of the names of the DynamoDB tables of rows; the number of the generation follows',
    fault: prefixFault,
  },
  CHANCERY_ROWS_KEY: { about: 'KMS key that encrypts tables of rows; default a key that AWS owns' },
  CHANCERY_ROWS_TAGS: {
    about: 'tags of tables of rows: name=value, with commas between',
    fault: (value) => messageOf(() => tagsIn(value)),
  },
  CHANCERY_ALARM_TOPIC: {
    about: 'ARN of the SNS topic that alarms of tables of rows notify; if unset, they have no alarms',
  },
  CHANCERY_ALARM_THROTTLES: {
    default: '10',
    about: 'throttled requests to a table of rows within a period that raise an alarm',
    fault: numberFrom(1, 1_000_000, 'a whole number', Number.isInteger),
  },
  CHANCERY_ALARM_SECONDS: {
    default: '300',
    about: 'period of these alarms in seconds, a multiple of 60',
    fault: numberFrom(60, 3_600, 'a multiple of 60', (value) => value % 60 === 0),
  },
  CHANCERY_ARTICLES_BUCKET: {
    default: 'chancery-articles',
    about: 'S3 bucket of articles',
    fault: bucketFault,
  },
  CHANCERY_LOG_BUCKET: { default: 'chancery-log', about: 'S3 bucket of the log', fault: bucketFault },
  CHANCERY_SWEEP_READ_UNITS: {
    about: 'read units that one step of the sweep may use',
    fault: numberFrom(MIN_SWEEP_UNITS, 1_000_000, 'a number of read units'),
  },
  COLUMNS: { about: 'width of the output if it is not a terminal; if unset, lists have one item a line' },
  CHANCERY_REBUILDS: { about: 'ARN of the state machine that runs rebuilds; the stack sets it' },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableName = keyof typeof variables;

/** The variables with their defaults. */
export type Settings = {
  readonly [K in VariableName]: (typeof variables)[K] extends { readonly default: string }
    ? string
    : string | undefined;
};

/** Signals that at least one variable has an invalid value. */
export class SettingsError extends RangeError {
  override readonly name = 'SettingsError';
}

/**
 * Reads and checks all variables.
 *
 * @throws SettingsError with a line for each invalid value
 */
export function settingsIn(environment: Environment): Settings {
  const entries = Object.entries<Variable>(variables).map(([name, variable]) => {
    const input = environment[name] === '' ? undefined : environment[name];
    const fault = input === undefined ? undefined : variable.fault?.(input);
    return { name, value: input ?? variable.default, input, fault };
  });
  const faults = entries.filter(({ fault }) => fault !== undefined);
  if (faults.length > 0)
    throw new SettingsError(
      faults
        .map(({ name, input, fault }) => `${name} ${fault}, and is ${JSON.stringify(input?.slice(0, 200))}`)
        .join('\n'),
    );
  return Object.fromEntries(entries.map(({ name, value }) => [name, value])) as unknown as Settings;
}

/** Returns what is wrong with an archive's address, as text to put after its name; undefined if nothing is. */
export function urlFault(text: string): string | undefined {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isHttp ? undefined : 'must be an http:// or https:// address';
}

function messageOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
