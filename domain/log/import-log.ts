// Imports another archive's log: its commits are appended as they are, and sequenced in the very order that they have
// there, so that the same entries have the same root. Nothing else is sequenced until all of it is there; an import that
// was cut short goes on where it was.
import { readPlace } from '../../events/envelope.ts';
import { TILE_WIDTH, VKEY_PATH } from '../../events/log/paths.ts';
import type { SequencedBatch } from './next-batch.ts';
import { readHead, swapHead, type Head } from './head.ts';
import { vkeysOf } from './log-identity.ts';
import type { BlobStore, Commit, Digest, Sweep } from '../ports.ts';
import { replay } from './replay.ts';
import { articleKey } from '../recording/stored-article.ts';
import { sequenceFrom, type Sequencer } from './sequencer.ts';
import { allEnded, wavesOf } from '../concurrency.ts';

export interface Importer extends Sequencer {
  readonly sweep: Sweep;
  readonly articles: BlobStore;
  readonly sha256: Digest;
}

/** What is imported: verified, and whole. */
export interface Imported {
  readonly log: Pick<BlobStore, 'get'>;
  readonly size: number;
  /** In base64, as a head has it. */
  readonly root: string;
  /** An article's bytes; undefined where there are none. */
  readonly article: (id: string) => Promise<Uint8Array | undefined>;
  /** Articles whose bytes may be absent. */
  readonly withdrawn: ReadonlySet<string>;
}

/** Why a log can't be imported, and what to do. What the stores have of it by then can be resumed from. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
}

type Target = Pick<Importer, 'state' | 'sweep' | 'log' | 'identity'>;

/**
 * How far an import into this archive has come: nowhere, where it is empty. Throws ImportRefused where it is neither,
 * or where other keys than these sign its log: its own sequencer would not go on from what they signed.
 */
export async function readTarget({
  state,
  sweep,
  log,
  identity,
}: Target): Promise<Head & { readonly version: number }> {
  const head = await readHead(state);
  const known = new TextDecoder()
    .decode((await log.get(VKEY_PATH))?.bytes)
    .split('\n')
    .filter(Boolean);
  if (known.length > 0 && !vkeysOf(identity.signers).some((vkey) => known.includes(vkey)))
    throw new ImportRefused(
      `this archive's log is signed by ${known.join(' and ')}: import with its keys and its origin (docs/log.md)`,
    );
  if (head.importing || (head.size === 0 && !(await hasCommits(sweep)))) return head;
  throw new ImportRefused(
    'this archive is not empty: import into one that is, with a CHANCERY_HOME, or tables and buckets, of its own',
  );
}

async function hasCommits(sweep: Sweep): Promise<boolean> {
  for (let from: string | undefined; ;) {
    const { streams, next } = await sweep(from);
    if (streams.length > 0 || next === undefined) return streams.length > 0;
    from = next;
  }
}

/** From here on nothing but the import is sequenced, whatever ends before it does. Throws ImportRefused. */
export async function beginImport(into: Target): Promise<void> {
  for (;;) {
    const { version, ...head } = await readTarget(into);
    if (head.importing || (await swapHead(into.state, { ...head, importing: true }, version))) return;
  }
}

/** Imports what is missing, and gives the withdrawn articles that have no bytes. Throws ImportRefused. */
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
      // Bytes before the events that name them, and these before the head that names them: a crash between leaves what
      // the next try finds there.
      for (const id of batch.archived) if (!(await bring(into, from, id))) absent.push(id);
      await appendAll(into, batch.commits);
      return batch;
    },
  });
  await endImport(into, from);
  return absent;
}

const MAX_ENTRIES = 4 * TILE_WIDTH;
const MAX_BYTES = 8 * 1_024 * 1_024;

/** The commits from a position on, whole, and the articles that are archived in them. */
async function batchAfter(
  { log, size }: Imported,
  position: number,
): Promise<SequencedBatch & { readonly archived: readonly string[] }> {
  const [commits, archived]: [Commit[], string[]] = [[], []];
  let [entries, bytes, time, open]: [number, number, string, Uint8Array[]] = [0, 0, '', []];
  for await (const entry of replay(log, position, size)) {
    const { type, subject, revision, n, of, ...event } = readPlace(entry.bytes);
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

/** False where an article that was withdrawn has no bytes. */
async function bring({ articles, sha256 }: Importer, from: Imported, id: string): Promise<boolean> {
  const key = articleKey(id);
  const stored = await articles.get(key);
  if (stored && sha256(stored.bytes) === key) return true;
  const bytes = await from.article(id);
  if (!bytes && from.withdrawn.has(id)) return false;
  if (!bytes)
    throw new ImportRefused(`the bytes of ${id} are missing beside the log: bring them, and import again`);
  if (sha256(bytes) !== key)
    throw new ImportRefused(`the bytes of ${id} have another digest than its id says: bring the right ones`);
  if ((await articles.create(key, bytes)) === 'different')
    throw new ImportRefused(`other bytes are stored as those of ${id}: import into an empty archive`);
  return true;
}

async function appendAll({ store }: Importer, commits: readonly Commit[]): Promise<void> {
  const streams = [...Map.groupBy(commits, ({ stream }) => stream).values()];
  for (const [, wave] of wavesOf(streams))
    await allEnded(
      wave.map(async (own) => {
        for (const commit of own) await append(store, commit);
      }),
    );
}

async function append(store: Importer['store'], commit: Commit): Promise<void> {
  const standing = await store.append(commit);
  if (!standing || sameEvents(standing.events, commit.events)) return;
  throw new ImportRefused(
    `${commit.stream} has another revision ${commit.revision} here: somebody recorded it meanwhile; import into an empty archive`,
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
        `what was imported, ${head.published} events with the root ${head.root}, is not what was verified, ${size} with ${root}: the log changed meanwhile; import into an empty archive`,
      );
    if (!importing || (await swapHead(state, head, version))) return;
  }
}
