// A whole archive in memory that is fed commits instead of commands, and whose views are folded when a test says so.
import { ids, sha256 } from '../../adapters/node/ids.ts';
import { Refusal } from '../../domain/errors.ts';
import { historyOf } from '../../domain/record.ts';
import { catchUp } from '../../domain/project.ts';
import type { Commit, Digest } from '../../domain/ports.ts';
import { sourceReader } from '../../domain/resolve.ts';
import { sequence } from '../../domain/sequence.ts';
import { views } from '../../domain/views/all.ts';
import { createApi } from '../../functions/api/app.ts';
import { memoryBlobs, type MemoryBlobs } from './memory-blobs.ts';
import { projected, type Projected } from './projected.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface MemoryArchive extends Projected {
  readonly articles: MemoryBlobs;
  /** Records these commits and sequences them one by one. */
  readonly feed: (commits: readonly Commit[]) => Promise<void>;
  readonly project: () => Promise<void>;
  readonly get: (path: string) => Promise<Answered>;
}

/** A text for a made-up article id: it ends with the digest that the id names, and `digestOf` believes it. */
export const madeUpText = (text: string, digest: string): Uint8Array =>
  Buffer.from(`${text}Made-up digest: ${digest}`);

const digestOf: Digest = (bytes) =>
  /Made-up digest: ([0-9a-f]{64})$/.exec(Buffer.from(bytes).toString())?.[1] ?? sha256(bytes);

export function memoryArchive(articles: MemoryBlobs = memoryBlobs()): MemoryArchive {
  const of = projected();
  const alarm = (what: string, error: unknown): never => {
    throw new Error(what, { cause: error });
  };
  const api = createApi({
    ...of,
    articles,
    history: historyOf(of.store),
    remember: async (_, read) => read(),
    ids,
    sha256: digestOf,
    source: sourceReader({ articles, sha256: digestOf }),
    clock: () => 0,
    sleep: async () => {},
    hint: () => {},
    wake: () => {},
    graceMs: 0,
    unsequenced: () => ({ commits: 'none' }),
    identify: () => 'tester',
    streams: true,
    report: (_, error) => {
      // A read model may be behind; anything else is a fault of the archive.
      if (!(error instanceof Refusal)) throw error;
    },
  });
  return {
    ...of,
    articles,
    feed: async (commits) => {
      for (const commit of commits) {
        await of.store.append(commit);
        await sequence({ ...of, alarm }, [commit.stream]);
      }
    },
    project: async () => {
      for (const view of views) {
        const stopped = await catchUp(of, view);
        if (stopped) throw new Error(`${view.name} stopped at ${stopped.position}: ${stopped.reason}`);
      }
    },
    get: async (path) => {
      const response = await api.request(path);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}
