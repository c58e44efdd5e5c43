// Events of meetings, statements and opinions in an invented history: announced, held, cancelled, recorded, corrected,
// retracted, reinstated, with evidence added and withdrawn.
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { EventType, NewEvent } from '../../../events/vocabulary.ts';
import { partiesOf } from './cast.ts';
import { between, sometimes, weighted } from './chance.ts';
import { dateAfter, printedDate } from './dates.ts';
import { idOf, timeOf } from './ids.ts';
import {
  begin,
  keep,
  pickFirst,
  take,
  type Happening,
  type Past,
  type RecordKind,
  type Thing,
} from './past.ts';
import { dateNow, meetingOf, opinionOf, pieceOf, statementOf, topicsOf } from './records.ts';
import { passage, sentence } from './words.ts';

const NAMES = { meeting: 'Meeting', statement: 'Statement', opinion: 'ExpertOpinion' } as const;
const DATES = { meeting: 'heldOn', statement: 'madeOn', opinion: 'publishedOn' } as const;

type LifeName = 'Corrected' | 'Retracted' | 'EvidenceAdded' | 'EvidenceWithdrawn';

/** Returns an event that all three kinds of records have, with the type name of this kind. */
function ofThing({ seed }: Past, { kind, first }: Thing, name: LifeName, data: object): Happening {
  const type: EventType = `${NAMES[kind]}${name}`;
  return { stream: idOf(seed, kind, first), first, event: { type, data } as unknown as NewEvent };
}

export function recordThing(past: Past): Happening {
  const kind = weighted(past.random, [
    [9, 'meeting'],
    [74, 'statement'],
    [17, 'opinion'],
  ] as const);
  const { position: first } = past;
  const stream = begin(past, kind);
  switch (kind) {
    case 'meeting':
      return recordMeeting(past, stream);
    case 'statement':
      return { stream, first, event: { type: 'StatementMade', data: statementOf(past) } };
    case 'opinion':
      return { stream, first, event: { type: 'ExpertOpinionPublished', data: opinionOf(past) } };
    default:
      return kind satisfies never;
  }
}

function recordMeeting(past: Past, stream: string): Happening {
  const { position: first } = past;
  const announced = past.random.chance(0.2);
  const data = meetingOf(past, announced);
  if (announced) keep(past.announced, { first, meeting: data });
  return { stream, first, event: { type: announced ? 'MeetingAnnounced' : 'MeetingHeld', data } };
}

/** Ends an announced meeting: it is held or cancelled. */
export function settleMeeting(past: Past): Happening | undefined {
  const { random, seed, position, gone } = past;
  const { first, meeting } = take(random, past.announced) ?? {};
  if (first === undefined || meeting === undefined || gone[first] === 1) return undefined;
  const stream = idOf(seed, 'meeting', first);
  const evidence = [pieceOf(past)];
  if (random.chance(0.15)) {
    const postponed = () => ({ postponedTo: dateAfter(random, timeOf(seed, position)) });
    const data = { reason: 'one side did not come', ...sometimes(random, 0.5, postponed), evidence };
    return { stream, first, event: { type: 'MeetingCalledOff', data } };
  }
  const data = { ...meeting, heldOn: dateNow(past), outcome: sentence(random, 2), evidence };
  return { stream, first, event: { type: 'MeetingHeld', data } };
}

/** Picks a record that is not retracted. `meetings` is the probability of a meeting. */
function someThing(past: Past, meetings: number): Thing | undefined {
  const kind: RecordKind = past.random.chance(meetings)
    ? 'meeting'
    : past.random.pick(['statement', 'statement', 'statement', 'opinion'] as const);
  const first = pickFirst(past, kind);
  return first === undefined ? undefined : { kind, first };
}

export function correct(past: Past): Happening | undefined {
  const thing = someThing(past, 0.15);
  return thing && ofThing(past, thing, 'Corrected', correctionOf(past, thing));
}

/** Corrects a retracted record and reinstates it. */
export function reinstate(past: Past): Happening | undefined {
  const thing = take(past.random, past.retracted);
  if (!thing) return undefined;
  past.gone[thing.first] = 0;
  return ofThing(past, thing, 'Corrected', { ...correctionOf(past, thing), reinstates: true });
}

function correctionOf(past: Past, { kind }: Thing): object {
  const { random } = past;
  const causes = ['coding-error', 'new-evidence', 'source-corrected'];
  const reason = 'the second edition has it otherwise';
  // The text is new, so the correction changes at least this field.
  const fresh = kind === 'meeting' ? { outcome: sentence(random, 2) } : { summary: sentence(random, 2) };
  const [changes, evidence] = weighted<(past: Past, kind: RecordKind) => [object, Evidence[]]>(random, [
    [40, (past, kind) => [{ [DATES[kind]]: dateNow(past), datePrinted: printedDate(past.random) }, []]],
    [25, (past, kind) => [partiesChanged(past, kind), []]],
    [20, (past) => [{ topics: topicsOf(past) }, []]],
    [15, requoted],
  ])(past, kind);
  return { cause: random.pick(causes), reason, changes: { ...changes, ...fresh }, evidence };
}

function partiesChanged(past: Past, kind: RecordKind): object {
  switch (kind) {
    case 'meeting':
      return { participants: partiesOf(past, between(past.random, 2, 4)) };
    case 'statement':
      return { speakers: partiesOf(past, 1), addressees: partiesOf(past, past.random.below(2)) };
    case 'opinion':
      return { by: partiesOf(past, 1)[0] };
    default:
      return kind satisfies never;
  }
}

/** Returns other words, and the passage with them. */
function requoted(past: Past, kind: RecordKind): [object, Evidence[]] {
  const { exact, content } = passage(past.random);
  const { for: _, ...piece } = pieceOf(past, exact);
  return [
    kind === 'meeting' ? { title: 'Talks behind closed doors' } : { content, form: 'mixed', language: 'en' },
    [piece],
  ];
}

export function retract(past: Past): Happening | undefined {
  const thing = someThing(past, 0.1);
  if (!thing) return undefined;
  past.gone[thing.first] = 1;
  keep(past.retracted, thing);
  return ofThing(past, thing, 'Retracted', { reason: 'the outlet took the report back' });
}

export function addEvidence(past: Past): Happening | undefined {
  const thing = someThing(past, 0.75);
  if (!thing) return undefined;
  const piece = {
    ...pieceOf(past),
    ...sometimes(past.random, 0.04, () => ({ stance: 'disputes' as const })),
  };
  keep(past.added, { thing, piece });
  return ofThing(past, thing, 'EvidenceAdded', { evidence: [piece] });
}

/** Withdraws added evidence. Evidence of the first event stays, so that each record always has some. */
export function withdrawEvidence(past: Past): Happening | undefined {
  const { thing, piece } = take(past.random, past.added) ?? {};
  if (!thing || !piece || past.gone[thing.first] === 1) return undefined;
  const { articleId, exact, start, stance } = piece;
  const data = { articleId, exact, start, reason: 'it is about another day', ...(stance ? { stance } : {}) };
  return ofThing(past, thing, 'EvidenceWithdrawn', data);
}
