// The words, phrases, names and limits of the language check, as data.

export const MAX_SENTENCE_WORDS = 30;
export const MAX_COMMENT_LINES = 2;
/** Shorter string literals are keys, values or labels rather than messages. */
export const MIN_MESSAGE_WORDS = 4;

/** Data, licences, code of others, and the frozen text of the compression dictionary: not checked. */
export const EXCLUDED_PATHS =
  /^(?:test\/(?:cases|golden|vectors|emulator|foreign|support\/history)|bench\/peers)\/|(?:^|\/)LICEN[CS]E|^adapters\/dynamodb\/dictionary\.ts$/;

export interface Rule {
  /** Regular expression without flags. A space matches any whitespace; word boundaries and case are added. */
  readonly pattern: string;
  readonly advice: string;
}

const ACTOR = 'name the actor: reader, writer, client, operator, projector, runner …';

export const PHRASES: readonly Rule[] = [
  { pattern: 'who(?:m|se)?(?:so)?ever', advice: ACTOR },
  { pattern: '(?:no|some|any|every)body|(?:some|any|every)one|no one', advice: ACTOR },
  { pattern: '(?:s?he|him|his|hers?|himself|herself)', advice: ACTOR },
  { pattern: 'whatever', advice: 'say "any", "each" or "regardless of"' },
  { pattern: 'none', advice: 'say "no" with the noun, "zero", or "not"' },
  { pattern: 'no more than', advice: 'say "at most"' },
  { pattern: 'no more(?! than)', advice: 'say "no longer", "no further" or "zero"' },
  { pattern: '(?:go|goes|going|gone|went) on(?: with)?', advice: 'say "continue" or "resume"' },
  { pattern: '(?:come|comes|coming|came) to', advice: 'say "reach", "total" or "amount to"' },
  { pattern: 'so many', advice: 'give the number, or say "this many"' },
  { pattern: 'of (?:which|whom)', advice: 'begin a new sentence with the noun' },
  { pattern: '(?:take|takes|taking|took|taken) back', advice: 'say "revert", "withdraw" or "undo"' },
  { pattern: '(?:call|calls|calling|called) off', advice: 'say "cancel"' },
  { pattern: '(?:give|gives|gave|given|let|lets|letting) (?:up|go) of', advice: 'say "release" or "retire"' },
  { pattern: 'tending', advice: 'say "reconciling" or "the reconciler"' },
  {
    pattern: '(?:undefined|null|true|false|empty|zero|only|except|even) where',
    advice: 'say "if" for a condition',
  },
];

/** Openings of sentences in comments and docs that are no question. */
export const OPENINGS: readonly Rule[] = [
  { pattern: 'what', advice: 'begin with the noun: "The results of …" instead of "What … gave"' },
  { pattern: 'where', advice: 'say "if" for a condition, or begin with the noun' },
  { pattern: 'who', advice: ACTOR },
];

/** Identifiers that PLAIN-ENGLISH renames, as whole names. */
export const NAMES: readonly Rule[] = [
  { pattern: 'World', advice: 'CommandContext' },
  { pattern: 'ApiArchive', advice: 'ApiContext' },
  { pattern: 'MOST_\\w+', advice: 'MAX_…' },
  { pattern: 'LEAST_\\w+', advice: 'MIN_…' },
  { pattern: 'HOLD_MS', advice: 'LEASE_MS' },
  { pattern: 'mayWriteUntil', advice: 'writeDeadline' },
  { pattern: 'tending', advice: 'reconciler' },
  { pattern: 'Tender', advice: 'Reconciler' },
  { pattern: 'isDue', advice: 'needsReconciling' },

  { pattern: 'letGo', advice: 'retire' },
  { pattern: 'goBack', advice: 'rollBack' },
  { pattern: 'putIf', advice: 'compareAndPut' },
  { pattern: 'putAll', advice: 'batchPut' },
  { pattern: 'removeAll', advice: 'batchDelete' },
  { pattern: 'setAside', advice: 'quarantined' },
  { pattern: 'knownAgain', advice: 'recoverPending' },
  { pattern: 'proveGrowth', advice: 'proveConsistency' },
  { pattern: 'BESIDE', advice: 'DATE_BUCKETS' },
  { pattern: 'wavesOf', advice: 'mapConcurrent' },
  { pattern: 'refuse[A-Z]\\w*', advice: 'reject…' },
];
