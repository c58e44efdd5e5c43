// An event store in memory, for tests: it keeps the port's contract, copies the bytes, and knows its streams.
import { TooLarge, type Commit, type EventStore } from '../../../domain/ports.ts';

const MAX_COMMIT_BYTES = 409_600;

export interface MemoryStore extends EventStore {
  readonly streams: () => string[];
  /** The commits of a stream, in order. */
  readonly commits: (stream: string) => readonly Commit[];
}

export function memoryStore(): MemoryStore {
  const streams = new Map<string, Map<number, Commit>>();

  const commits = (stream: string): Commit[] =>
    [...(streams.get(stream)?.values() ?? [])].sort((a, b) => a.revision - b.revision);
  return {
    append: async (commit) => {
      const { stream, revision, events } = commit;
      const bytes = events.reduce((sum, event) => sum + event.length + 1, Buffer.byteLength(stream));
      if (bytes > MAX_COMMIT_BYTES)
        throw new TooLarge(`commit ${revision} of ${stream}`, bytes, MAX_COMMIT_BYTES);
      const own = streams.get(stream) ?? new Map<number, Commit>();
      const standing = own.get(revision);
      if (standing) return copy(standing);
      streams.set(stream, own);
      own.set(revision, copy(commit));
      return undefined;
    },
    get: async (stream, revision) => {
      const commit = streams.get(stream)?.get(revision);
      return commit && copy(commit);
    },
    read: async function* (stream, after = 0) {
      for (const commit of commits(stream)) if (commit.revision > after) yield copy(commit);
    },
    streams: () => [...streams.keys()],
    commits,
  };
}

const copy = (commit: Commit): Commit => ({ ...commit, events: commit.events.map((event) => event.slice()) });
