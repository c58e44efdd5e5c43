// Imports the log of another archive: commits keep their bytes and their order, so that the root is the same.
// Nothing else is sequenced during an import. An interrupted import resumes where it stopped.
import { readEventHeader } from '../../events/envelope.ts';
import { TILE_WIDTH, VKEY_PATH } from '../../events/log/paths.ts';
import type { NextBatch } from './next-batch.ts';
import { readHead, swapHead, type Head } from './head.ts';
import { vkeysOf } from './log-identity.ts';
import type { BlobStore, Commit, Digest, Sweep } from '../ports.ts';
import { replay } from './replay.ts';
import { articleKey } from '../recording/stored-article.ts';
import { sequenceFrom, type Sequencer } from './sequencer.ts';
import { allEnded, slicesOf } from '../concurrency.ts';

export interface Importer extends Sequencer {
  readonly sweep: Sweep;
  readonly articles: BlobStore;
  readonly sha256: Digest;
}

/** The imported log. The caller has verified that it is complete. */
export interface Imported {
  readonly log: Pick<BlobStore, 'get'>;
  readonly size: number;
  /** The root in base64, as in a head. */
  readonly root: string;
  /** Returns the bytes of an article, or undefined if they are missing. */
  readonly article: (id: string) => Promise<Uint8Array | undefined>;
  /** Articles whose bytes may be absent. */
  readonly withdrawn: ReadonlySet<string>;
}

/** Reports why a log cannot be imported, and what to do. The import can be resumed from the entries imported so far. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
}

type Target = Pick<Importer, 'state' | 'sweep' | 'log' | 'identity'>;

/**
 * Returns the head of an archive that is empty or has an unfinished import.
 * @throws ImportRefused for any other archive, or if the archive's log is signed by other keys
 */
export async function readTarget({
  state,
  sweep,
  log,
  identity,
}: Target): Promise<Head & { readonly version: number }> {
  const head = await readHead(state);
  const published = new TextDecoder()
    .decode((await log.get(VKEY_PATH))?.bytes)
    .split('\n')
    .filter(Boolean);
  if (published.length > 0 && !vkeysOf(identity.signers).some((vkey) => published.includes(vkey)))
    throw new ImportRefused(
      `this archive's log is signed by ${published.join(' and ')}: import with its keys and its origin (docs/log.md)`,
    );
  if (head.importing || (head.size === 0 && !(await hasCommits(sweep)))) return head;
  throw new ImportRefused(
    'this archive is not empty: import into an empty one, with another CHANCERY_HOME or with its own tables and buckets',
  );
}

async function hasCommits(sweep: Sweep): Promise<boolean> {
  for (let from: string | undefined; ;) {
    const { streams, next } = await sweep(from);
    if (streams.length > 0 || next === undefined) return streams.length > 0;
    from = next;
  }
}

/** Marks the head, so that only the import is sequenced, even after a crash. @throws ImportRefused */
export async function beginImport(into: Target): Promise<void> {
  for (;;) {
    const { version, ...head } = await readTarget(into);
    if (head.importing || (await swapHead(into.state, { ...head, importing: true }, version))) return;
  }
}

/** Imports the missing entries. Returns the ids of withdrawn articles without bytes. @throws ImportRefused */
export async function importLog(
  into: Importer,
  from: Imported,
  progress: (done: number) => void,
): Promise<readonly string[]> {
  const absent: string[] = [];
  await sequenceFrom(into, {
    next: async ({ size }) => {
      progress(size);
      const batch = await batchAfter(from, size);
      // Article bytes are written first, then events, then the head. After a crash the next attempt finds them again.
      for (const id of batch.archived) if (!(await copyArticle(into, from, id))) absent.push(id);
      await appendAll(into, batch.commits);
      return batch;
    },
  });
  await endImport(into, from);
  return absent;
}

const MAX_ENTRIES = 4 * TILE_WIDTH;
const MAX_BYTES = 8 * 1_024 * 1_024;

/** Reads the complete commits from a position on, and the ids of the articles that they archive. */
async function batchAfter(
  { log, size }: Imported,
  position: number,
): Promise<NextBatch & { readonly archived: readonly string[] }> {
  const [commits, archived]: [Commit[], string[]] = [[], []];
  let [entries, bytes, time, open]: [number, number, string, Uint8Array[]] = [0, 0, '', []];
  for await (const entry of replay(log, position, size)) {
    const { type, subject, revision, n, of, ...event } = readEventHeader(entry.bytes);
    open.push(entry.bytes);
    [entries, bytes, time] = [entries + 1, bytes + entry.bytes.length, event.time > time ? event.time : time];
    if (type === 'ArticleArchived') archived.push(subject);
    if (n < of) continue;
    commits.push({ stream: subject, revision, events: open });
    open = [];
    if (entries >= MAX_ENTRIES || bytes >= MAX_BYTES) break;
  }
  return { commits, archived, entries, time, left: [] };
}

/** Copies the bytes of an article. Returns false if it was withdrawn and has no bytes. @throws ImportRefused */
async function copyArticle({ articles, sha256 }: Importer, from: Imported, id: string): Promise<boolean> {
  const key = articleKey(id);
  const stored = await articles.get(key);
  if (stored && sha256(stored.bytes) === key) return true;
  const bytes = await from.article(id);
  if (!bytes && from.withdrawn.has(id)) return false;
  if (!bytes)
    throw new ImportRefused(
      `the bytes of ${id} are missing from the imported archive: add them, and import again`,
    );
  if (sha256(bytes) !== key)
    throw new ImportRefused(
      `the SHA-256 of the bytes of ${id} differs from its id: replace them with the right ones, and import again`,
    );
  if ((await articles.create(key, bytes)) === 'different')
    throw new ImportRefused(`other bytes are stored as those of ${id}: import into an empty archive`);
  return true;
}

async function appendAll({ store }: Importer, commits: readonly Commit[]): Promise<void> {
  const streams = [...Map.groupBy(commits, ({ stream }) => stream).values()];
  for (const [, slice] of slicesOf(streams))
    await allEnded(
      slice.map(async (own) => {
        for (const commit of own) await append(store, commit);
      }),
    );
}

async function append(store: Importer['store'], commit: Commit): Promise<void> {
  const existing = await store.append(commit);
  if (!existing || sameEvents(existing.events, commit.events)) return;
  throw new ImportRefused(
    `revision ${commit.revision} of ${commit.stream} has other events in this archive, because a client recorded during the import: import into an empty archive`,
  );
}

const sameEvents = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length &&
  a.every((bytes, n) => bytes.length === b[n]?.length && bytes.every((byte, at) => byte === b[n]?.[at]));

async function endImport({ state }: Importer, { size, root }: Imported): Promise<void> {
  for (;;) {
    const { version, importing, ...head } = await readHead(state);
    if (head.published !== size || head.root !== root)
      throw new ImportRefused(
        `${head.published} events with the root ${head.root} were imported, but ${size} events with the root ${root} were verified: a log changed during the import; import into an empty archive`,
      );
    if (!importing || (await swapHead(state, head, version))) return;
  }
}
