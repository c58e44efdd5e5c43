// The largest things that the vocabulary allows: every list as long as it may be, every id and text at its bound, in
// the characters that take most bytes; each of its events just fits into the log.
import { canonicalBytes, MAX_EVENT_BYTES } from '../../events/envelope.ts';
import { MOST, type Evidence, type Party } from '../../events/pieces.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { event } from './history.ts';

/** An id of 64 characters. */
export const longId = (kind: string, n: number): string => `${kind}-${String(n)}-`.padEnd(64, 'x');
const articleOf = (n: number): string => `article-${String(n).padStart(64, '0')}`;
const list = <T>(length: number, of: (n: number) => T): T[] => Array.from({ length }, (_, n) => of(n));
/** Four bytes of UTF-8 for each character: the most there is. */
const wide = (characters: number): string => '𠮷'.repeat(characters);

export const passageOf = (n: number): Evidence => ({
  articleId: articleOf(n),
  exact: '外交',
  start: n,
  end: n + 2,
});

/** Parties `from` on, each an actor that speaks for another. */
const actors = (count: number, from: number): Party[] =>
  list(count, (n) => ({ actor: longId('actor', from + 2 * n), for: longId('actor', from + 2 * n + 1) }));
/** Parties that are only described, each for another actor. */
const described = (count: number, from: number, characters: number): Party[] =>
  list(count, (n) => ({ description: wide(characters), printed: wide(3), for: longId('actor', from + n) }));

const common = (evidence: Evidence[]) => ({
  certainty: 'speculated',
  datePrinted: wide(100),
  topics: list(MOST.topics, (n) => `topic-${n}-`.padEnd(64, 'x')),
  evidence,
});

export interface Maximal {
  readonly stream: string;
  readonly events: NewEvent[];
  /** Every actor that it names. */
  readonly actors: readonly string[];
}

/** A statement whose parties are all actors, or all only described, on so many passages, each of another article. */
export function maximalStatement(parties: 'actors' | 'described', passages: number): Maximal {
  const people = (count: number, from: number) =>
    parties === 'actors' ? actors(count, from) : described(count, from, 50);
  const fields = {
    ...common(list(1, passageOf)),
    speakers: people(MOST.parties, 1_000),
    addressees: people(MOST.parties, 2_000),
    attributedBy: people(MOST.attributedBy, 3_000),
    about: list(MOST.about, (n) => longId('actor', 4_000 + n)),
    regarding: list(MOST.regarding, (n) => ({ id: longId('statement', n), relation: 'confirms' })),
    meetingId: longId('meeting', 1),
    act: 'threatened',
    channel: 'parliament',
    madeOn: '2023-03-03',
    place: { printed: wide(300), country: 'IN' },
    occasion: wide(300),
    summary: wide(600),
    form: 'indirect',
    language: 'en',
    content: wide(1_000),
  };
  const stream = longId('statement', 9_999);
  return {
    stream,
    events: [fitting('StatementMade', fields), ...added('Statement', passages)],
    actors: namedBy(fields),
  };
}

/** A meeting of sixty parties with names as long as fit. */
export function maximalMeeting(passages: number): Maximal {
  const fields = {
    ...common(list(1, passageOf)),
    title: wide(300),
    participants: actors(MOST.parties, 1_000).map((party) => ({
      ...party,
      printed: wide(60),
      capacity: wide(60),
    })),
    attributedBy: actors(MOST.attributedBy, 3_000),
    heldOn: '2023-03-03',
    place: { printed: wide(300), country: 'IN' },
    occasion: wide(300),
    within: longId('meeting', 2),
    format: 'in-person',
    outcome: wide(1_000),
  };
  const stream = longId('meeting', 9_999);
  return {
    stream,
    events: [fitting('MeetingHeld', fields), ...added('Meeting', passages)],
    actors: namedBy(fields),
  };
}

/** An actor with a hundred aliases as long as fit into two events. */
export function maximalActor(): Maximal {
  const id = longId('actor', 1);
  const aliases = (count: number, from: number) =>
    list(count, (n) => ({
      name: `${from + n}${wide(197)}`,
      language: 'zh-Hant-x-aaaaaaaa-bbbbbbbb-ccccccc',
    }));
  const introduced = {
    id,
    kind: 'organization',
    name: wide(200),
    country: 'CN',
    wikidata: 'Q123456789012',
    aliases: aliases(60, 100),
  };
  const events = [
    fitting('ActorIntroduced', introduced),
    fitting('ActorAliased', { aliases: aliases(40, 500) }),
  ];
  return { stream: id, events, actors: [id] };
}

/** All the passages but the first, as many at once as an event holds. */
function added(name: 'Statement' | 'Meeting', passages: number): NewEvent[] {
  const rest = list(passages - 1, (n) => passageOf(n + 1));
  return list(Math.ceil(rest.length / MOST.evidence), (n) =>
    fitting(`${name}EvidenceAdded`, { evidence: rest.slice(n * MOST.evidence, (n + 1) * MOST.evidence) }),
  );
}

function fitting(type: NewEvent['type'], given: unknown): NewEvent {
  const made = event(type, given);
  // The envelope takes less than 1,000 bytes.
  const bytes = canonicalBytes(made.data).length + 1_000;
  if (bytes > MAX_EVENT_BYTES) throw new Error(`${type} of ${bytes} bytes doesn't fit into the log`);
  return made;
}

function namedBy(fields: object): string[] {
  const ids = JSON.stringify(fields).match(/"actor-[^"]+"/g) ?? [];
  return [...new Set(ids.map((id) => id.slice(1, -1)))];
}
