// The command handler: reads a stream, folds it, decides and appends, with a bounded number of retries on conflict.
// It looks for the idempotency key first, so that a repeated command is answered and never refused.
import { commitBytes, MAX_EVENT_BYTES, readEvent, type RecordedEvent } from '../../events/envelope.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { Refusal } from '../errors.ts';
import {
  TooLarge,
  type Clock,
  type Commit,
  type EventStore,
  type Hint,
  type Ids,
  type Receipt,
  type Table,
} from '../ports.ts';
import { type ReadHistory, type ReadArticleText, sourceLookupFrom } from './article-source.ts';
import { resolveReferences } from './resolve-references.ts';
import { checkDecided, notesOn, recordStateOf } from './source-rules.ts';

export interface CommandContext {
  readonly store: EventStore;
  readonly state: Table;
  /** Reads the streams that a command refers to. It may use a short-lived cache. */
  readonly history: ReadHistory;
  readonly source: ReadArticleText;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hint: Hint;
}

export interface Change {
  readonly stream: string;
  /** True if the id of the stream is new, so that the stream must be empty. */
  readonly fresh?: boolean;
  /** The body of the command. Its references are checked and its evidence is located before `decide` receives it. */
  readonly body: unknown;
  readonly decide: (history: readonly RecordedEvent[], body: unknown) => NewEvent[];
  /** Finds the ids of records that are near-duplicates. */
  readonly similar?: () => Promise<readonly string[]>;
}

export interface Request {
  /** The stable id of the recorder. */
  readonly by: string;
  /** Digest of the command as the client sent it. */
  readonly digest: string;
  /** The idempotency key, combined with the client, the method and the path. */
  readonly key?: string;
  /** True for articles and actors: the same key could name another stream. The key is then stored with its stream. */
  readonly claims?: boolean;
  /** The revision that the client expects the stream to have. */
  readonly expected?: number;
}

/** The result of a command. A repeated command gets the result of the first one. */
export interface CommandResult {
  readonly stream: string;
  readonly revision: number;
  /** Ids of the appended events. Empty if the state already agreed with the command. */
  readonly events: readonly string[];
  readonly similar?: readonly string[];
  /** Doubts for an editor to check. */
  readonly notes?: readonly string[];
  /** True if an earlier command with the same key has appended these events. */
  readonly replayed?: true;
}

const MAX_ATTEMPTS = 8;

/** Returns a reader of all events of a stream. It is strongly consistent. */
export const historyOf =
  (store: EventStore): ReadHistory =>
  async (stream) =>
    (await commitsOf(store, stream)).flatMap(({ events }) => events.map(readEvent));

async function commitsOf(store: EventStore, stream: string): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  return commits;
}

/**
 * Handles a command. The promise may fail although the commit is durable; a retry with the same key then returns
 * its result.
 * @throws Refusal if the command is refused; nothing was written
 */
export async function handleCommand(
  context: CommandContext,
  change: Change,
  request: Request,
): Promise<CommandResult> {
  for (let attempt = 1; ; attempt++) {
    const commits = change.fresh && attempt === 1 ? [] : await commitsOf(context.store, change.stream);
    const done = await ownCommit(context, change.stream, commits, request);
    // An earlier attempt may have crashed before its hint, so every acknowledgement repeats the hint.
    if (done) context.hint(change.stream);
    if (done) return done;
    const decided = await decideNext(context, change, request, commits);
    if (!decided) context.hint(change.stream);
    if (!decided) return { stream: change.stream, revision: commits.length, events: [] };
    if (!(await append(context, decided.commit, request))) {
      if (attempt < MAX_ATTEMPTS) continue;
      throw new Refusal(
        'busy',
        `other writers changed ${change.stream} during all ${MAX_ATTEMPTS} attempts: send the command again`,
      );
    }
    context.hint(change.stream);
    return answer(decided);
  }
}

/** Returns the result of an earlier command with the same key, if any. @throws Refusal if its body differs */
async function ownCommit(
  { store, state, ids }: CommandContext,
  stream: string,
  commits: readonly Commit[],
  { key, digest, claims }: Request,
): Promise<CommandResult | undefined> {
  if (key === undefined) return undefined;
  const own = find(commits, eventId(stream, ids.derived(`${key}\n1`)));
  if (own) {
    if (own.receipt?.command !== digest) throw keyReused();
    return {
      ...answer({ commit: own, eventIds: eventIdsOf(ids, stream, key, own.events.length) }),
      replayed: true,
    };
  }
  const claimed = claims ? await state.get('keys', ids.derived(key)) : undefined;
  const claimedStream = claimed ? (claimed.body as { stream: string }).stream : stream;
  if (claimedStream === stream) return undefined;
  if (find(await commitsOf(store, claimedStream), eventId(claimedStream, ids.derived(`${key}\n1`))))
    throw keyReused();
  return undefined;
}

const keyReused = (): Refusal =>
  new Refusal(
    'idempotency-key-reused',
    'this Idempotency-Key was used with another body: use a new key for a new command',
  );

const eventId = (stream: string, uuid: string): string => `${stream}_${uuid}`;

/** Returns the ids of the `count` events of a command. They are derived from the key, if the command has one. */
const eventIdsOf = (ids: Ids, stream: string, key: string | undefined, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    eventId(stream, key === undefined ? ids.fresh() : ids.derived(`${key}\n${index + 1}`)),
  );

interface Decided {
  readonly commit: Commit;
  /** The ids of the commit's events. */
  readonly eventIds: readonly string[];
}

const find = (commits: readonly Commit[], id: string): Commit | undefined =>
  commits.find(({ events: [first] }) => first !== undefined && readEvent(first).id === id);

async function decideNext(
  { history, source, clock, ids }: CommandContext,
  { stream, body, decide, similar }: Change,
  { by, digest, key, expected }: Request,
  commits: readonly Commit[],
): Promise<Decided | undefined> {
  if (expected !== undefined && expected !== commits.length) {
    throw new Refusal(
      'revision-mismatch',
      `If-Match names revision ${expected}, but ${stream} is at revision ${commits.length}: read it again, and send the command again if it is still right`,
      { revision: commits.length },
    );
  }
  const recorded = commits.flatMap((commit) => commit.events.map(readEvent));
  const events = decide(recorded, await resolveReferences(body, stream, recorded, history, source));
  if (events.length === 0) return undefined;
  const before = recordStateOf(stream, recorded);
  const sources = sourceLookupFrom(history, source);
  await checkDecided(stream, before, events, clock(), sources);
  const notes = await notesOn(stream, before, events, sources);
  const eventIds = eventIdsOf(ids, stream, key, events.length);
  const header = {
    stream,
    revision: commits.length + 1,
    time: new Date(clock()).toISOString(),
    recordedBy: by,
  };
  const bytes = commitBytes(header, events, eventIds);
  for (const [index, { length }] of bytes.entries()) {
    if (length > MAX_EVENT_BYTES) throw tooLarge(`${events[index]?.type}`, length, MAX_EVENT_BYTES);
  }
  const similarIds = (await similar?.()) ?? [];
  const receipt: Receipt = {
    command: digest,
    ...(similarIds.length > 0 ? { similar: similarIds } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
  return { commit: { stream, revision: header.revision, events: bytes, receipt }, eventIds };
}

const tooLarge = (what: string, bytes: number, limit: number): Refusal =>
  new Refusal('too-large', `${what} would take ${bytes} bytes; the limit is ${limit}: shorten it`, {
    bytes,
    limit,
  });

/** Returns true if the commit is durable, by this or an earlier attempt; false if another commit has its revision. */
async function append(
  { store, state, ids }: CommandContext,
  commit: Commit,
  { key, claims }: Request,
): Promise<boolean> {
  if (key !== undefined && claims && !(await claim(state, ids.derived(key), commit.stream))) return false;
  // A crash here leaves a claim without an event. A retry with the same body reuses it, and another body replaces it.
  try {
    const existing = await store.append(commit);
    return existing === undefined || sameEvents(existing, commit);
  } catch (error) {
    if (error instanceof TooLarge)
      throw tooLarge(`this commit of ${commit.stream}`, error.bytes, error.limit);
    // The answer may have been lost after a durable put, so the stored commit decides.
    for await (const existing of store.read(commit.stream, commit.revision - 1)) {
      if (sameEvents(existing, commit)) return true;
      break;
    }
    throw error;
  }
}

/** Stores the stream of a key, and returns true. Returns false if a concurrent command claimed the key. */
async function claim(state: Table, key: string, stream: string): Promise<boolean> {
  const claimed = await state.get('keys', key);
  if ((claimed?.body as { stream: string } | undefined)?.stream === stream) return true;
  return state.compareAndPut({ partition: 'keys', sort: key, body: { stream } }, claimed?.version ?? 0);
}

const sameEvents = (a: Commit, b: Commit): boolean =>
  a.events.length === b.events.length &&
  a.events.every((bytes, index) => {
    const other = b.events[index];
    return (
      other !== undefined && bytes.length === other.length && bytes.every((byte, at) => byte === other[at])
    );
  });

const answer = ({ commit: { stream, revision, receipt }, eventIds }: Decided): CommandResult => ({
  stream,
  revision,
  events: eventIds,
  ...(receipt?.similar ? { similar: receipt.similar } : {}),
  ...(receipt?.notes ? { notes: receipt.notes } : {}),
});
