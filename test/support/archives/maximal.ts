// The largest records that the vocabulary allows: each list, id and text has its maximum length, in characters with
// the most bytes. Each event just fits into the log.
import { canonicalBytes, MAX_EVENT_BYTES } from '../../../events/envelope.ts';
import { MAX, type Evidence, type Party } from '../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from './written-history.ts';

/** Returns an id of 64 characters. */
export const longId = (kind: string, n: number): string => `${kind}-${String(n)}-`.padEnd(64, 'x');
const articleOf = (n: number): string => `article-${String(n).padStart(64, '0')}`;
const list = <T>(length: number, of: (n: number) => T): T[] => Array.from({ length }, (_, n) => of(n));
/** Returns a line with four bytes of UTF-8 per character, which is the maximum for a line. */
const wide = (characters: number): string => '𠮷'.repeat(characters);
/** Returns a text with six bytes of JSON per character, the maximum, and a visible one at the end. */
const widest = (characters: number): string => `${'\u0001'.repeat(characters - 1)}x`;

/** Returns a passage at the maximum offset of a text. Every second one disputes the record. */
export const passageOf = (n: number): Evidence => ({
  articleId: articleOf(n),
  exact: '外交',
  start: 100_000_000 + n,
  end: 100_000_002 + n,
  ...(n % 2 === 1 ? { stance: 'disputes' } : {}),
});

type Parties = 'actors' | 'described';

/** Returns parties numbered from `from`: each is an actor or a description, and speaks for an actor. */
const people = (kind: Parties, count: number, from: number): Party[] =>
  list(count, (n) => ({
    ...(kind === 'actors' ? { actor: longId('actor', from + 2 * n) } : { description: wide(85) }),
    printed: wide(3),
    capacity: wide(3),
    for: longId('actor', from + 2 * n + 1),
  }));

const common = (evidence: Evidence[]) => ({
  certainty: 'speculated',
  datePrinted: wide(100),
  topics: list(MAX.topics, (n) => `topic-${n}-`.padEnd(64, 'x')),
  evidence,
});

const words = {
  summary: widest(600),
  form: 'indirect',
  language: 'en',
  content: widest(600),
  about: list(MAX.about, (n) => longId('actor', 4_000 + n)),
  regarding: list(MAX.regarding, (n) => ({ id: longId('statement', n), relation: 'confirms' })),
};

const where = { place: { printed: wide(300), country: 'IN' }, occasion: wide(300) };

export interface Maximal {
  readonly stream: string;
  readonly events: NewEvent[];
  /** All actors that it names. */
  readonly actors: readonly string[];
  /** Those of them that it names as one or the other. */
  readonly roles?: Readonly<Record<'speaker' | 'addressee' | 'about', readonly string[]>>;
}

/** Returns a statement with this many passages, each of another article, which is retracted at the end. */
export function maximalStatement(parties: Parties, passages: number): Maximal {
  return maximal('Statement', 'StatementMade', passages, {
    ...words,
    ...where,
    speakers: people(parties, MAX.parties, 1_000),
    addressees: people(parties, MAX.parties, 2_000),
    attributedBy: people(parties, MAX.attributedBy, 3_000),
    meetingId: longId('meeting', 1),
    act: 'threatened',
    channel: 'parliament',
    madeOn: '2023-03-03',
  });
}

export function maximalOpinion(parties: Parties, passages: number): Maximal {
  return maximal('ExpertOpinion', 'ExpertOpinionPublished', passages, {
    ...words,
    by: { ...people(parties, 1, 1_000)[0], printed: wide(300), capacity: wide(300) },
    attributedBy: people(parties, MAX.attributedBy, 3_000),
    standing: 'institution',
    publishedOn: '2023-03-03',
  });
}

export function maximalMeeting(parties: Parties, passages: number): Maximal {
  return maximal('Meeting', 'MeetingHeld', passages, {
    ...where,
    title: wide(300),
    participants: people(parties, MAX.participants, 1_000),
    attributedBy: people(parties, MAX.attributedBy, 3_000),
    heldOn: '2023-03-03',
    within: longId('meeting', 2),
    format: 'in-person',
    outcome: widest(600),
  });
}

function maximal(
  name: 'Statement' | 'ExpertOpinion' | 'Meeting',
  type: NewEvent['type'],
  passages: number,
  fields: Record<string, unknown> & {
    by?: unknown;
    speakers?: unknown;
    addressees?: unknown;
    about?: unknown;
  },
): Maximal {
  return {
    stream: longId(name === 'ExpertOpinion' ? 'opinion' : name.toLowerCase(), 9_999),
    events: [
      fitting(type, { ...common([passageOf(0)]), ...fields }),
      ...added(name, passages),
      fitting(`${name}Retracted`, { reason: widest(2_000) }),
    ],
    actors: namedBy(fields),
    roles: {
      speaker: namedBy([fields.speakers, fields.by]),
      addressee: namedBy([fields.addressees]),
      about: namedBy([fields.about]),
    },
  };
}

/** Returns a meeting with one passage that is as long as an event can hold. */
export function maximalPassage(): Maximal {
  const exact = widest(10_000);
  const piece = {
    ...passageOf(0),
    exact,
    end: passageOf(0).start + exact.length,
    for: list(20, () => 'x'.repeat(40)),
  };
  const fields = { title: 'T', participants: people('actors', 2, 1), heldOn: '2023', format: 'other' };
  const held = fitting('MeetingHeld', { ...fields, certainty: 'asserted', evidence: [piece] });
  return { stream: longId('meeting', 9_999), events: [held], actors: namedBy(fields) };
}

/** Returns an actor with a hundred aliases that fill two events. */
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

/** Adds all passages except the first, in events with as many as fit. */
function added(name: 'Statement' | 'ExpertOpinion' | 'Meeting', passages: number): NewEvent[] {
  const rest = list(passages - 1, (n) => passageOf(n + 1));
  return list(Math.ceil(rest.length / MAX.evidence), (n) =>
    fitting(`${name}EvidenceAdded`, { evidence: rest.slice(n * MAX.evidence, (n + 1) * MAX.evidence) }),
  );
}

function fitting(type: NewEvent['type'], given: unknown): NewEvent {
  const made = event(type, given);
  // The envelope takes less than 1,000 bytes.
  const bytes = canonicalBytes(made.data).length + 1_000;
  if (bytes > MAX_EVENT_BYTES)
    throw new Error(`${type} of ${bytes} bytes exceeds the limit of ${MAX_EVENT_BYTES}`);
  return made;
}

function namedBy(fields: unknown): string[] {
  const ids = JSON.stringify(fields).match(/"actor-[^"]+"/g) ?? [];
  return [...new Set(ids.map((id) => id.slice(1, -1)))];
}
