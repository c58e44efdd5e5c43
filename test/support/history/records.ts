// The data of meetings, statements and opinions in an invented history.
import type { Certainty, Evidence, Party } from '../../../events/shared-pieces.ts';
import type { DataOf } from '../../../events/vocabulary.ts';
import { codePoints } from '../../../domain/evidence/normalization/characters.ts';
import { partiesOf, party, someActors } from './cast.ts';
import { between, sometimes, weighted, zipf } from './chance.ts';
import { dateAfter, dateBefore, printedDate } from './dates.ts';
import { titleOf } from './articles.ts';
import { idOf, timeOf } from './ids.ts';
import { pickFirst, type Past, type RecordKind } from './past.ts';
import { COUNTRIES, LANGUAGES, passage, PLACES, sentence, TOPICS } from './words.ts';

/** Returns a passage of an article that is not withdrawn, with these words or random ones. */
export function pieceOf(past: Past, exact: string = passage(past.random).exact): Evidence {
  const { random, seed } = past;
  const article = pickFirst(past, 'article') ?? 0;
  const start = random.below(12_000);
  return {
    articleId: idOf(seed, 'article', article),
    exact,
    start,
    end: start + codePoints(exact),
    ...sometimes(random, 0.1, () => ({ for: [random.pick(['topics', 'place', 'certainty'])] })),
  };
}

function titlePiece(past: Past): Evidence {
  const article = pickFirst(past, 'article') ?? 0;
  const exact = titleOf(past.seed, article);
  return {
    articleId: idOf(past.seed, 'article', article),
    exact,
    in: 'title',
    start: 0,
    end: codePoints(exact),
  };
}

/** Returns the evidence of one record. The first passage supports it, others may dispute it. */
function evidenceOf(past: Past, first: Evidence, most: number): Evidence[] {
  const others = Array.from({ length: zipf(past.random, most) }, () => pieceOf(past));
  return [
    first,
    ...others.map((piece) => ({
      ...piece,
      ...sometimes(past.random, 0.06, () => ({ stance: 'disputes' as const })),
    })),
  ];
}

export const topicsOf = ({ random }: Past): string[] => [
  ...new Set(Array.from({ length: between(random, 1, 3) }, () => TOPICS[zipf(random, TOPICS.length)] ?? '')),
];

export const dateNow = ({ random, seed, position }: Past): string =>
  dateBefore(random, timeOf(seed, position));

const CERTAINTIES: readonly (readonly [number, Certainty])[] = [
  [70, 'asserted'],
  [14, 'attributed'],
  [9, 'reported'],
  [4, 'alleged'],
  [3, 'speculated'],
];

function attribution(past: Past): { certainty: Certainty; attributedBy: Party[] } {
  const certainty = weighted(past.random, CERTAINTIES);
  const named = certainty === 'attributed' || certainty === 'speculated' || past.random.chance(0.05);
  return { certainty, attributedBy: named ? partiesOf(past, between(past.random, 1, 2)) : [] };
}

const setting = ({ random }: Past) => ({
  ...sometimes(random, 0.15, () => ({ datePrinted: printedDate(random) })),
  ...sometimes(random, 0.4, () => ({
    place: {
      printed: random.pick(PLACES),
      ...sometimes(random, 0.5, () => ({ country: random.pick(COUNTRIES) })),
    },
  })),
  ...sometimes(random, 0.15, () => ({ occasion: sentence(random, 1) })),
});

/** Returns a meeting of two to six parties. If `announced`, it is on a later day. */
export function meetingOf(past: Past, announced: boolean): DataOf<'MeetingHeld'> {
  const { random, seed, position } = past;
  const topics = topicsOf(past);
  const within = random.chance(0.08) ? pickFirst(past, 'meeting') : undefined;
  return {
    title: `Talks on ${topics.join(', ')} in ${random.pick(PLACES)}`,
    participants: partiesOf(past, 2 + zipf(random, 5)),
    heldOn: announced ? dateAfter(random, timeOf(seed, position)) : dateNow(past),
    ...setting(past),
    ...(within === undefined ? {} : { within: idOf(seed, 'meeting', within) }),
    format: random.pick(['in-person', 'in-person', 'telephone', 'video', 'unstated']),
    ...sometimes(random, 0.15, () => ({ durationMinutes: between(random, 1, 48) * 10 })),
    ...(announced ? {} : sometimes(random, 0.5, () => ({ outcome: sentence(random, 2) }))),
    ...attribution(past),
    topics,
    evidence: evidenceOf(past, random.chance(0.05) ? titlePiece(past) : pieceOf(past), 4),
  };
}

export function statementOf(past: Past): DataOf<'StatementMade'> {
  const { random, seed } = past;
  const meeting = random.chance(0.35) ? pickFirst(past, 'meeting') : undefined;
  const { evidence, ...words } = wordsOf(past);
  const silent = random.chance(0.015);
  return {
    speakers: partiesOf(past, 1 + zipf(random, 3) * random.below(2)),
    act: silent
      ? 'declined'
      : random.pick([
          'said',
          'said',
          'said',
          'asked',
          'answered',
          'demanded',
          'proposed',
          'promised',
          'denied',
        ]),
    addressees: random.chance(0.4) ? partiesOf(past, between(random, 1, 2)) : [],
    channel:
      meeting === undefined
        ? random.pick(['press', 'speech', 'interview', 'written', 'unstated'])
        : 'meeting',
    ...(meeting === undefined ? {} : { meetingId: idOf(seed, 'meeting', meeting) }),
    madeOn: dateNow(past),
    ...setting(past),
    ...(silent ? {} : words),
    ...attribution(past),
    about: someActors(past, 2),
    regarding: regardingOf(past),
    topics: topicsOf(past),
    evidence,
  };
}

export function opinionOf(past: Past): DataOf<'ExpertOpinionPublished'> {
  const { random } = past;
  const { evidence, ...words } = wordsOf(past);
  return {
    by: party(past),
    standing: random.pick(['expert', 'expert', 'expert', 'institution', 'party', 'publisher']),
    publishedOn: dateNow(past),
    ...sometimes(random, 0.1, () => ({ datePrinted: printedDate(random) })),
    ...words,
    ...attribution(past),
    about: someActors(past, 3),
    regarding: regardingOf(past),
    topics: topicsOf(past),
    evidence,
  };
}

/** Returns the content of a record, and the passages with it. */
function wordsOf(past: Past) {
  const { random } = past;
  const { exact, content } = passage(random);
  const spoken = () => {
    const piece = pieceOf(past);
    return { original: { content: piece.exact, language: random.pick(LANGUAGES), evidence: piece } };
  };
  const { for: _, ...first } = pieceOf(past, exact);
  return {
    content,
    form: random.pick(['direct', 'direct', 'mixed', 'indirect'] as const),
    language: random.chance(0.8) ? 'en' : random.pick(LANGUAGES),
    ...sometimes(random, 0.15, () => ({ summary: sentence(random, 1) })),
    ...sometimes(random, 0.1, () => ({ translatedFrom: random.pick(LANGUAGES) })),
    ...sometimes(random, 0.02, spoken),
    evidence: evidenceOf(past, first, 2),
  };
}

function regardingOf(past: Past): DataOf<'StatementMade'>['regarding'] {
  const { random, seed } = past;
  if (random.chance(0.75)) return [];
  const kind = random.pick(['meeting', 'statement', 'statement', 'opinion'] satisfies RecordKind[]);
  const first = pickFirst(past, kind);
  const relation = random.pick(['about', 'about', 'answers', 'confirms', 'denies', 'rejects'] as const);
  return first === undefined ? [] : [{ id: idOf(seed, kind, first), relation }];
}
