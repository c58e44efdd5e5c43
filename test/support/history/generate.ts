// Generates realistic histories of any length from a seed, one event at a time: Zipf's law over actors and topics,
// several sources for a meeting, corrections 3 %, retractions 1 %.
import { canonicalBytes, sourceUriOf, type RecordedEvent } from '../../../events/envelope.ts';
import { versionOf } from '../../../events/vocabulary.ts';
import { seeded } from '../seeded.ts';
import { aliasActor, correctActor, introduceActor, mergeActors, unmergeActors } from './actors.ts';
import { addAppearance, archiveArticle, correctArticle, withdrawArticle } from './articles.ts';
import { zipf } from './chance.ts';
import { eventUuid, timeOf } from './ids.ts';
import {
  addEvidence,
  correct,
  recordThing,
  reinstate,
  retract,
  settleMeeting,
  withdrawEvidence,
} from './lives.ts';
import { emptyPast, type Happening, type Past } from './past.ts';
import { EDITORS } from './words.ts';

export interface Entry {
  /** Position in the log, from 0. */
  readonly position: number;
  /** Canonical bytes, as the command handler makes them. */
  readonly bytes: Uint8Array;
  /** The event that these bytes are read as. */
  readonly event: RecordedEvent;
}

/** Shares per ten thousand events. The rest are new records, and so is an event that is not possible at its position. */
const SHARES: readonly (readonly [share: number, make: (past: Past) => Happening | undefined])[] = [
  [600, archiveArticle],
  [50, addAppearance],
  [30, correctArticle],
  [10, withdrawArticle],
  [40, aliasActor],
  [20, correctActor],
  [12, mergeActors],
  [5, unmergeActors],
  [285, correct],
  [15, reinstate],
  [100, retract],
  [150, settleMeeting],
  [850, addEvidence],
  [40, withdrawEvidence],
];

/**
 * Yields `length` valid events in log order, each in its own commit. Memory grows by some 22 bytes per event, and with
 * the number of actors.
 */
export function* history(seed: number, length: number): Generator<Entry> {
  const past = emptyPast(seed, seeded(seed), length);
  const revisions = new Uint16Array(length);
  for (let position = 0; position < length; position++) {
    past.position = position;
    const happening = next(past);
    const revision = (revisions[happening.first] ?? 0) + 1;
    revisions[happening.first] = revision;
    const event = recordedOf(past, happening, revision);
    yield { position, bytes: canonicalBytes(event), event };
  }
}

function next(past: Past): Happening {
  const { random, position, actors } = past;
  if (position === 0) return archiveArticle(past);
  // New names become rarer (Heaps' law): 500 in 10,000 events, 8,000 in a million.
  if (actors.length < 6 || random.chance(1.2 * position ** -0.4)) return introduceActor(past);
  let left = random.below(10_000);
  for (const [share, make] of SHARES) {
    left -= share;
    if (left < 0) return make(past) ?? recordThing(past);
  }
  return recordThing(past);
}

function recordedOf(
  { seed, position, random }: Past,
  { stream, event }: Happening,
  revision: number,
): RecordedEvent {
  return {
    specversion: '1.0',
    id: `${stream}_${eventUuid(seed, position)}`,
    source: sourceUriOf(stream),
    subject: stream,
    time: new Date(timeOf(seed, position)).toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:chancery:event:${event.type}:${versionOf(event.type)}`,
    recordedby: EDITORS[zipf(random, EDITORS.length)] ?? '',
    revision,
    n: 1,
    of: 1,
    ...event,
  };
}
