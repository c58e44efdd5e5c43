// Makes the files of a signed log in memory, as an archive writes them, for tests of its readers.
import { commitBytes } from '../../../events/envelope.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { formatCheckpoint } from '../../../events/log/checkpoint.ts';
import { packEntries } from '../../../events/log/entries.ts';
import { parseVkey, vkeyOf } from '../../../events/log/keys.ts';
import { leafHash } from '../../../events/log/merkle.ts';
import { formatNote, signNote, type NoteSigner } from '../../../events/log/note.ts';
import { bundlesOf, CHECKPOINT_PATH, entriesPath, tilePath, TILE_WIDTH } from '../../../events/log/paths.ts';
import { edgeRoot, EMPTY_EDGE, grow, newTiles, packHashes } from '../../../events/log/tiles.ts';
import { seedSigner } from './signers.ts';

export const ORIGIN = 'archive.example/history';
export const logSigner = seedSigner(ORIGIN);
export const logVkey = vkeyOf(ORIGIN, logSigner.publicKey);
export const logKeys = [parseVkey(logVkey)];

/** Returns the canonical bytes of an event. Only the attributes that the log reads are valid. */
export const eventOf = (stream: string, revision: number, n = 1, of = 1, data: unknown = {}): Uint8Array =>
  Buffer.from(
    `{"data":${JSON.stringify(data)},"datacontenttype":"application/json","dataschema":"urn:chancery:event:Test:1","id":"${stream}_${revision}-${n}","n":${n},"of":${of},"recordedby":"tester","revision":${revision},"source":"/meetings","specversion":"1.0","subject":"${stream}","time":"2026-03-04T09:30:00.000Z","type":"Test"}`,
  );

/** Returns `size` events of streams and commits with several lengths. */
export function eventsOf(size: number): Uint8Array[] {
  const events: Uint8Array[] = [];
  const revisions = new Map<string, number>();
  for (let commit = 0; events.length < size; commit++) {
    const stream = `meeting-${(commit * 7) % 31 === 0 ? 'busy' : commit % 1_000}`;
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    const of = Math.min(1 + (commit % 3), size - events.length);
    for (let n = 1; n <= of; n++) events.push(eventOf(stream, revision, n, of, { commit, n }));
  }
  return events;
}

/** Returns `size` valid events of a thousand actors, each in its own commit. */
export function actorEvents(size: number): Uint8Array[] {
  return Array.from({ length: size }, (_, position) => {
    const stream = `actor-${position % 1_000}`;
    const revision = 1 + Math.floor(position / 1_000);
    const aliases = [{ name: `Name ${position}` }];
    const event: NewEvent =
      revision === 1
        ? {
            type: 'ActorIntroduced',
            data: { id: stream, kind: 'person', name: `Actor ${position}`, aliases },
          }
        : { type: 'ActorAliased', data: { aliases } };
    return entryOf(stream, revision, event);
  });
}

/** Returns the canonical bytes of the event of a commit. */
export function entryOf(
  stream: string,
  revision: number,
  event: NewEvent,
  time = '2026-03-04T09:30:00.000Z',
): Uint8Array {
  const header = { stream, revision, time, recordedBy: 'tester' };
  const [bytes = new Uint8Array()] = commitBytes(header, [event], [`${stream}_${revision}`]);
  return bytes;
}

/** Returns the signed checkpoint of a log with these entries. */
export async function checkpointOf(
  entries: readonly Uint8Array[],
  signers: readonly NoteSigner[] = [logSigner],
): Promise<Uint8Array> {
  const { edge } = grow(EMPTY_EDGE, entries.map(leafHash));
  const text = formatCheckpoint({ origin: ORIGIN, size: entries.length, root: edgeRoot(edge) });
  return formatNote(await signNote(text, signers));
}

/** Returns all files of the log with these entries, by path. */
export async function signedLog(entries: readonly Uint8Array[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { bundle, width } of bundlesOf(entries.length)) {
    const own = entries.slice(bundle * TILE_WIDTH, bundle * TILE_WIDTH + width);
    files.set(entriesPath(bundle, width), packEntries(own));
  }
  for (const tile of newTiles(0, grow(EMPTY_EDGE, entries.map(leafHash))))
    files.set(tilePath(tile), packHashes(tile.hashes));
  files.set(CHECKPOINT_PATH, await checkpointOf(entries));
  files.set('vkey', Buffer.from(`${logVkey}\n`));
  return files;
}
