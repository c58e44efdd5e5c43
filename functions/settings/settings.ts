// All environment variables that the archive reads: what each means, its default, and what it may hold. A variable that
// is set but empty counts as unset.
import { isSubject, MAX_SUBJECT } from '../../events/envelope.ts';
import { isKeyName } from '../../events/log/keys.ts';
import { isLoopback } from './loopback.ts';
import { bucketFault, hoursOf, numberFrom, prefixFault, tableFault, tagsIn } from './setting-values.ts';
import { openWitnesses } from '../runtime/open-witnesses.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Variable {
  readonly default?: string;
  readonly about: string;
  /** Returns what is wrong with a value, to follow the variable's name; undefined if nothing is. */
  readonly fault?: (value: string) => string | undefined;
}

/** A year. */
const MAX_HOURS = 8_760;
/** One item takes as much. */
const MIN_SWEEP_UNITS = 2;

export const variables = {
  PORT: {
    default: '3000',
    about: 'port of the embedded archive; 0 takes a free one and prints it',
    fault: numberFrom(0, 65_535, 'a port', Number.isInteger),
  },
  HOST: {
    default: '127.0.0.1',
    about: 'loopback only, because the archive asks for no sign-in here',
    fault: (value) =>
      isLoopback(value)
        ? undefined
        : 'must be a loopback address such as 127.0.0.1, because anyone who reaches another one could write',
  },
  CHANCERY_URL: {
    about: 'archive that the commands speak to; without it http://127.0.0.1:PORT',
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
    about: 'kept as recordedby of every event that is recorded through this process',
    fault: (value) =>
      isSubject(value)
        ? undefined
        : `must have 1 to ${MAX_SUBJECT} characters and be well-formed Unicode, because every event keeps it`,
  },
  CHANCERY_ORIGIN: {
    about: "the log's URL without scheme; the first start chooses chancery.local/… without it",
    fault: (value) =>
      isKeyName(value) && !value.includes('://')
        ? undefined
        : 'must be a URL without scheme, spaces and plus signs, such as archive.example/log',
  },
  CHANCERY_WITNESSES: {
    about: 'who cosigns the log: a verifier key, a space and a URL each, with commas between',
    fault: (value) => messageOf(() => openWitnesses({ CHANCERY_WITNESSES: value })),
  },
  CHANCERY_GRACE_HOURS: {
    default: '24',
    about: 'hours for which a rebuild keeps the rows that it replaced',
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
    about: 'DynamoDB tables of rows, one a generation: what their names begin with, before the number',
    fault: prefixFault,
  },
  CHANCERY_ROWS_KEY: { about: 'KMS key that encrypts tables of rows; without it a key that AWS owns' },
  CHANCERY_ROWS_TAGS: {
    about: 'tags of tables of rows: name=value, with commas between',
    fault: (value) => messageOf(() => tagsIn(value)),
  },
  CHANCERY_ALARM_TOPIC: {
    about: 'ARN of the SNS topic that alarms of tables of rows notify; without it they have no alarms',
  },
  CHANCERY_ALARM_THROTTLES: {
    default: '10',
    about: 'throttled requests to a table of rows, within a period, from which on an alarm rings',
    fault: numberFrom(1, 1_000_000, 'a whole number', Number.isInteger),
  },
  CHANCERY_ALARM_SECONDS: {
    default: '300',
    about: 'period of these alarms, in whole minutes',
    fault: numberFrom(60, 3_600, 'a multiple of 60', (value) => value % 60 === 0),
  },
  CHANCERY_ARTICLES_BUCKET: {
    default: 'chancery-articles',
    about: 'S3 bucket of articles',
    fault: bucketFault,
  },
  CHANCERY_LOG_BUCKET: { default: 'chancery-log', about: 'S3 bucket of the log', fault: bucketFault },
  CHANCERY_SWEEP_READ_UNITS: {
    about: 'read units that one call of the sweep takes',
    fault: numberFrom(MIN_SWEEP_UNITS, 1_000_000, 'a number of read units'),
  },
  COLUMNS: { about: 'width of the output if it is no terminal; without it lists have an item a line' },
  CHANCERY_REBUILDS: { about: 'ARN of the state machine that runs rebuilds; the stack sets it' },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableName = keyof typeof variables;

/** The variables with their defaults. */
export type Settings = {
  readonly [K in VariableName]: (typeof variables)[K] extends { readonly default: string }
    ? string
    : string | undefined;
};

/** At least one variable holds what it may not. */
export class SettingsError extends RangeError {
  override readonly name = 'SettingsError';
}

/** Reads and checks all variables. Throws SettingsError with a line for each that is wrong. */
export function settingsIn(environment: Environment): Settings {
  const entries = Object.entries<Variable>(variables).map(([name, variable]) => {
    const given = environment[name] === '' ? undefined : environment[name];
    const fault = given === undefined ? undefined : variable.fault?.(given);
    return { name, value: given ?? variable.default, given, fault };
  });
  const faults = entries.filter(({ fault }) => fault !== undefined);
  if (faults.length > 0)
    throw new SettingsError(
      faults
        .map(({ name, given, fault }) => `${name} ${fault}, and is ${JSON.stringify(given?.slice(0, 200))}`)
        .join('\n'),
    );
  return Object.fromEntries(entries.map(({ name, value }) => [name, value])) as unknown as Settings;
}

/** Returns what is wrong with the address of an archive, to follow its name. */
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
