// Records: loads a stream, folds it, decides, appends on condition, and tries again, a bounded number of times, when
// somebody else was faster. A keyed command finds its own event before anything can refuse it.
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
import { type ReadHistory, type ReadSource, sourcesFrom } from './article-source.ts';
import { resolve } from './resolve-references.ts';
import { checkDecided, notesOn, recordedAs } from './source-rules.ts';

export interface CommandContext {
  readonly store: EventStore;
  readonly state: Table;
  /** Reads what a command refers to; may remember for a moment what seldom changes. */
  readonly history: ReadHistory;
  readonly source: ReadSource;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hint: Hint;
}

export interface Change {
  readonly stream: string;
  /** Its id has just been made: nothing can be in it. */
  readonly fresh?: boolean;
  /** What was asked for; its references and evidence are looked up before `decide` sees it. */
  readonly body: unknown;
  readonly decide: (history: readonly RecordedEvent[], body: unknown) => NewEvent[];
  /** Near-duplicates that are already recorded. */
  readonly similar?: () => Promise<readonly string[]>;
}

export interface Request {
  /** Who records: a stable subject. */
  readonly by: string;
  /** Digest of the command as sent. */
  readonly digest: string;
  /** Idempotency key, made unique by caller, method and path. */
  readonly key?: string;
  /** The stream's id does not derive from the key, so the key must remember its stream. */
  readonly claims?: boolean;
  /** The revision that the caller saw last. */
  readonly expected?: number;
}

/** What an answer is made of; the same for a first try and its every retry. */
export interface Recorded {
  readonly stream: string;
  readonly revision: number;
  /** Ids of the events that this command recorded: none where it was done already. */
  readonly events: readonly string[];
  readonly similar?: readonly string[];
  /** What an editor should look at again. */
  readonly notes?: readonly string[];
  /** A retry of a command that had been recorded before. */
  readonly replayed?: true;
}

const TRIES = 8;

/** Reads a stream's events, whole and current. */
export const historyOf =
  (store: EventStore): ReadHistory =>
  async (stream) =>
    (await commitsOf(store, stream)).flatMap(({ events }) => events.map(readEvent));

async function commitsOf(store: EventStore, stream: string): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of store.read(stream)) commits.push(commit);
  return commits;
}

/** Throws Refusal; nothing was written then. May reject although the commit is durable: a retry by key finds it. */
export async function record(world: CommandContext, change: Change, request: Request): Promise<Recorded> {
  for (let tries = 1; ; tries++) {
    const commits = change.fresh && tries === 1 ? [] : await commitsOf(world.store, change.stream);
    const done = await ownCommit(world, change.stream, commits, request);
    // The first try may have ended before its hint: each acknowledgement gives one.
    if (done) world.hint(change.stream);
    if (done) return done;
    const decided = await decideNext(world, change, request, commits);
    if (!decided) world.hint(change.stream);
    if (!decided) return { stream: change.stream, revision: commits.length, events: [] };
    if (!(await append(world, decided.commit, request))) {
      if (tries < TRIES) continue;
      throw new Refusal('busy', `${change.stream} is being written by others; try again`);
    }
    world.hint(change.stream);
    return answer(decided);
  }
}

/** What this key has already recorded. */
async function ownCommit(
  { store, state, ids }: CommandContext,
  stream: string,
  commits: readonly Commit[],
  { key, digest, claims }: Request,
): Promise<Recorded | undefined> {
  if (key === undefined) return undefined;
  const own = find(commits, eventId(stream, ids.derived(`${key}\n1`)));
  if (own) {
    if (own.receipt?.command !== digest) throw keyReused();
    return {
      ...answer({ commit: own, named: namesOf(ids, stream, key, own.events.length) }),
      replayed: true,
    };
  }
  const claimed = claims ? await state.get('keys', ids.derived(key)) : undefined;
  const elsewhere = claimed ? (claimed.body as { stream: string }).stream : stream;
  if (elsewhere === stream) return undefined;
  if (find(await commitsOf(store, elsewhere), eventId(elsewhere, ids.derived(`${key}\n1`))))
    throw keyReused();
  return undefined;
}

const keyReused = (): Refusal =>
  new Refusal(
    'idempotency-key-reused',
    'this Idempotency-Key came with another body before: use a new key for a new command',
  );

const eventId = (stream: string, uuid: string): string => `${stream}_${uuid}`;

/** The ids of so many events of one command. */
const namesOf = (ids: Ids, stream: string, key: string | undefined, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    eventId(stream, key === undefined ? ids.fresh() : ids.derived(`${key}\n${index + 1}`)),
  );

interface Decided {
  readonly commit: Commit;
  /** The ids of its events. */
  readonly named: readonly string[];
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
      `If-Match names revision ${expected}, but ${stream} is at revision ${commits.length}: read it again and decide anew`,
      { revision: commits.length },
    );
  }
  const recorded = commits.flatMap((commit) => commit.events.map(readEvent));
  const events = decide(recorded, await resolve(body, stream, recorded, history, source));
  if (events.length === 0) return undefined;
  const before = recordedAs(stream, recorded);
  const sources = sourcesFrom(history, source);
  await checkDecided(stream, before, events, clock(), sources);
  const notes = await notesOn(stream, before, events, sources);
  const named = namesOf(ids, stream, key, events.length);
  const header = {
    stream,
    revision: commits.length + 1,
    time: new Date(clock()).toISOString(),
    recordedBy: by,
  };
  const bytes = commitBytes(header, events, named);
  for (const [index, { length }] of bytes.entries()) {
    if (length > MAX_EVENT_BYTES) throw tooLarge(`${events[index]?.type}`, length, MAX_EVENT_BYTES);
  }
  const alike = (await similar?.()) ?? [];
  const receipt: Receipt = {
    command: digest,
    ...(alike.length > 0 ? { similar: alike } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
  return { commit: { stream, revision: header.revision, events: bytes, receipt }, named };
}

const tooLarge = (what: string, bytes: number, limit: number): Refusal =>
  new Refusal('too-large', `${what} would take ${bytes} bytes; the limit is ${limit}: shorten it`, {
    bytes,
    limit,
  });

/** True when the commit stands, by this try or an earlier one of ours; false when another took its place. */
async function append(
  { store, state, ids }: CommandContext,
  commit: Commit,
  { key, claims }: Request,
): Promise<boolean> {
  if (key !== undefined && claims && !(await claim(state, ids.derived(key), commit.stream))) return false;
  // A crash here leaves a claim without an event: a retry with the same body goes on, another one takes it over.
  try {
    const standing = await store.append(commit);
    return standing === undefined || sameEvents(standing, commit);
  } catch (error) {
    if (error instanceof TooLarge)
      throw tooLarge(`this commit of ${commit.stream}`, error.bytes, error.limit);
    // The answer may have been lost after the put: what stands there tells.
    for await (const standing of store.read(commit.stream, commit.revision - 1)) {
      if (sameEvents(standing, commit)) return true;
      break;
    }
    throw error;
  }
}

/** Makes the key remember its stream. False when another took it at the same moment. */
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

const answer = ({ commit: { stream, revision, receipt }, named }: Decided): Recorded => ({
  stream,
  revision,
  events: named,
  ...(receipt?.similar ? { similar: receipt.similar } : {}),
  ...(receipt?.notes ? { notes: receipt.notes } : {}),
});
