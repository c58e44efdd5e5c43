// Makes random valid histories from a seed. Records are made, corrected, retracted and reinstated, evidence is added
// and withdrawn, and actors are renamed and merged.
import { commitBytes } from '../../../events/envelope.ts';
import type { Evidence, Party } from '../../../events/shared-pieces.ts';
import { schemas, type EventType, type NewEvent } from '../../../events/vocabulary.ts';
import { mergeTargetOf } from '../../../domain/recording/actor.ts';
import { uuid } from './written-history.ts';
import { seeded, type Seeded } from '../seeded.ts';

export interface Thing {
  readonly id: string;
  readonly name: 'Meeting' | 'Statement' | 'ExpertOpinion';
  readonly evidence: Evidence[];
  announced: boolean;
  retracted: boolean;
}

export interface MadeUp {
  readonly random: Seeded;
  readonly articles: string[];
  readonly actors: string[];
  readonly merged: Map<string, string>;
  readonly things: Thing[];
}

export type Happening = readonly [stream: string, type: EventType, data: object];

export const nothingYet = (seed: number): MadeUp => ({
  random: seeded(seed),
  articles: [],
  actors: [],
  merged: new Map(),
  things: [],
});

/** Returns the canonical bytes of `length` events in the order of recording, each in its own commit. */
export function randomHistory(seed: number, length: number): Uint8Array[] {
  const archive = nothingYet(seed);
  const revisions = new Map<string, number>();
  return Array.from({ length }, (_, n) => {
    const [stream, type, data] = happening(archive, n);
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    const time = new Date(Date.UTC(2023, 2, 4) + n * 61_000).toISOString();
    const event = { type, data: schemas[type].parse(data) } as NewEvent;
    const [bytes = new Uint8Array()] = commitBytes(
      { stream, revision, time, recordedBy: archive.random.pick(['editor:priya', 'editor:tomas']) },
      [event],
      [`${stream}_${uuid(n)}`],
    );
    return bytes;
  });
}

export function happening(archive: MadeUp, n: number): Happening {
  const { random, articles, actors, things } = archive;
  if (n < 1 || (articles.length < 4 && random.chance(0.05))) return archived(archive);
  if (n < 3 || (actors.length < 7 && random.chance(0.1))) return introduced(archive);
  if (random.chance(0.2)) return ofActors(archive);
  if (random.chance(0.08)) return ofArticles(archive);
  const thing = things.length > 0 && random.chance(0.6) ? random.pick(things) : undefined;
  return thing ? nextOf(archive, thing) : newThing(archive, n);
}

function archived({ articles, random }: MadeUp): Happening {
  const id = `article-${String(articles.length).padStart(64, '0')}`;
  articles.push(id);
  const text = { sha256: id.slice(8), bytes: 9_000, characters: 9_000, language: 'en' };
  return [
    id,
    'ArticleArchived',
    { ...text, title: `Article ${articles.length}`, publisher: random.pick(NAMES) },
  ];
}

function introduced({ actors, random }: MadeUp): Happening {
  const id = `actor-${random.pick(['anna', 'omar', 'jose'])}-${actors.length}`;
  actors.push(id);
  return [id, 'ActorIntroduced', { id, kind: random.pick(['person', 'state']), name: random.pick(NAMES) }];
}

function ofActors({ actors, merged, random }: MadeUp): Happening {
  const actor = random.pick(actors);
  const into = random.pick(actors);
  const standing = merged.get(actor);
  if (standing !== undefined && random.chance(0.5)) {
    merged.delete(actor);
    return ['actor-merges', 'ActorsUnmerged', { actor, from: standing, reason: 'another person' }];
  }
  if (standing === undefined && mergeTargetOf(merged, into) !== actor) {
    merged.set(actor, into);
    return ['actor-merges', 'ActorsMerged', { actor, into, reason: 'the same person' }];
  }
  if (random.chance(0.4)) return [actor, 'ActorAliased', { aliases: [{ name: random.pick(NAMES) }] }];
  const changes = random.pick([
    { name: random.pick(NAMES) },
    { country: random.pick(['IN', null]) },
    { aliases: [] },
    {},
  ]);
  return [actor, 'ActorCorrected', { reason: 'mistyped', changes }];
}

function ofArticles({ articles, random }: MadeUp): Happening {
  const id = random.pick(articles);
  if (random.chance(0.2)) return [id, 'ArticleWithdrawn', { reason: 'copyright' }];
  if (random.chance(0.3)) return [id, 'AppearanceAdded', { publisher: random.pick(NAMES) }];
  const changes = random.pick([
    { title: 'Another title' },
    { publishedOn: '2023-03-03' },
    { publishedOn: null },
    {},
  ]);
  return [id, 'ArticleCorrected', { reason: 'mistyped', changes }];
}

function newThing(archive: MadeUp, n: number): Happening {
  const { random, things } = archive;
  const name = random.pick(['Meeting', 'Statement', 'Statement', 'ExpertOpinion'] as const);
  const id = `${{ Meeting: 'meeting', Statement: 'statement', ExpertOpinion: 'opinion' }[name]}-${n}`;
  const announced = name === 'Meeting' && random.chance(0.3);
  const evidence = [piece(archive, n, 'supports'), ...(random.chance(0.3) ? [piece(archive, n + 1)] : [])];
  const data = { ...fieldsOf(archive, name), evidence };
  things.push({ id, name, evidence, announced, retracted: false });
  const type = {
    Meeting: 'MeetingHeld',
    Statement: 'StatementMade',
    ExpertOpinion: 'ExpertOpinionPublished',
  } as const;
  return [id, announced ? 'MeetingAnnounced' : type[name], data];
}

export function nextOf(archive: MadeUp, thing: Thing): Happening {
  const { random } = archive;
  const { id, name, evidence } = thing;
  if (thing.retracted) {
    thing.retracted = !random.chance(0.7);
    const reinstates = thing.retracted ? {} : { reinstates: true as const };
    return [id, `${name}Corrected`, { ...correction(archive, thing), ...reinstates }];
  }
  if (thing.announced && random.chance(0.5)) {
    thing.announced = false;
    if (random.chance(0.4))
      return [id, 'MeetingCalledOff', { postponedTo: '2023-04', evidence: [added(archive, thing)] }];
    return [id, 'MeetingHeld', { ...fieldsOf(archive, name), evidence: [added(archive, thing)] }];
  }
  if (random.chance(0.2)) {
    thing.retracted = true;
    return [id, `${name}Retracted`, { reason: 'a hoax' }];
  }
  const gone = evidence.at(-1);
  if (gone && evidence.length > 1 && random.chance(0.3)) {
    evidence.pop();
    const { for: _, end: __, ...piece } = gone;
    return [id, `${name}EvidenceWithdrawn`, { ...piece, reason: 'misread' }];
  }
  if (random.chance(0.3)) return [id, `${name}EvidenceAdded`, { evidence: [added(archive, thing)] }];
  return [id, `${name}Corrected`, correction(archive, thing)];
}

function correction(archive: MadeUp, thing: Thing): object {
  const { random } = archive;
  const fields = Object.entries(fieldsOf(archive, thing.name));
  const changes = fields.filter(() => random.chance(0.3));
  return {
    cause: random.pick(['coding-error', 'new-evidence']),
    reason: 'put right',
    changes: Object.fromEntries(changes),
    evidence: random.chance(0.3) ? [added(archive, thing)] : [],
  };
}

function fieldsOf(archive: MadeUp, name: Thing['name']): object {
  const { random, things } = archive;
  const party = (): Party =>
    random.chance(0.8)
      ? {
          actor: random.pick(archive.actors),
          ...(random.chance(0.3) ? { for: random.pick(archive.actors) } : {}),
        }
      : { description: 'an official', capacity: 'spokesperson' };
  const topics = TOPICS.filter(() => random.chance(0.3));
  const certainty = {
    certainty: random.pick(['asserted', 'reported', 'speculated']),
    attributedBy: [party()],
  };
  const records = things.map(({ id }) => id);
  const meetings = records.filter((id) => id.startsWith('meeting-'));
  if (name === 'Meeting') {
    const place = random.chance(0.5) ? { place: { printed: 'New Delhi' } } : {};
    const within = meetings.length > 0 && random.chance(0.2) ? { within: random.pick(meetings) } : {};
    const parties = [party(), party()];
    return {
      title: `A ${random.pick(NAMES)} meeting`,
      participants: parties,
      heldOn: random.pick(DATES),
      format: 'video',
      ...place,
      ...within,
      ...certainty,
      topics,
    };
  }
  const common = {
    content: random.pick(['Peace is near', 'No', 'x'.repeat(900)]),
    form: 'indirect',
    language: 'en',
    about: archive.actors.filter(() => random.chance(0.2)),
    regarding:
      records.length > 0 && random.chance(0.5) ? [{ id: random.pick(records), relation: 'about' }] : [],
    topics,
    ...certainty,
  };
  if (name === 'ExpertOpinion')
    return { ...common, by: party(), standing: 'expert', publishedOn: random.pick(DATES) };
  const at = meetings.length > 0 && random.chance(0.5) ? { meetingId: random.pick(meetings) } : {};
  return {
    ...common,
    ...at,
    speakers: [party()],
    addressees: [party()],
    act: 'said',
    channel: 'press',
    madeOn: random.pick(DATES),
  };
}

function added(archive: MadeUp, thing: Thing): Evidence {
  const next = piece(archive, archive.random.below(9_000), 'supports');
  thing.evidence.push(next);
  return next;
}

function piece(
  { articles, random }: MadeUp,
  start: number,
  stance = random.pick(['supports', 'disputes'] as const),
): Evidence {
  const exact = `words at ${start}`;
  const where = random.chance(0.1) ? { in: 'title' as const } : {};
  return { articleId: random.pick(articles), exact, start, end: start + exact.length, stance, ...where };
}

const NAMES = ['Anna Beck', 'anna beck', 'Ánna Béck', 'Omar Diallo', 'O’Brien', 'İnan', 'Zoë'];
const TOPICS = ['peace', 'trade', 'g20'];
const DATES = [
  '2023-03-02',
  '[..2023-03-03]',
  '2023',
  '2022-11/2023-03',
  '2023-03~',
  '2023-03-02T14:00+05:30',
  '[2022-12-01,2023-03-04]',
  '202X-02-29',
  '1950S2',
  '2023-0X-31',
];
