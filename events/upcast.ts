// Frozen old shapes of events, and the one pure function each that reads them as today's.
// Stored bytes are never touched: what is upcast is only what a reader sees.
import { z } from 'zod';
import { sentencesFor } from './problem-sentences.ts';
import type { EventType } from './vocabulary.ts';

type Upcast = (data: unknown) => unknown;

/**
 * Version 1 of a meeting comes from the vocabulary's first trial: participants were bare actor ids, nothing was
 * attributed, and a meeting was either certain or not recorded.
 */
const meeting1 = z.looseObject({ participants: z.array(z.string()) });
const meetingFrom1: Upcast = (data) => {
  const { participants, ...others } = meeting1.parse(data, { error: sentencesFor('field') });
  return {
    format: 'unstated',
    certainty: 'asserted',
    attributedBy: [],
    topics: [],
    ...others,
    participants: participants.map((actor) => ({ actor })),
  };
};

/** From version n (counted from 1) to n + 1. */
const upcasts: Partial<Record<EventType, readonly Upcast[]>> = {
  MeetingAnnounced: [meetingFrom1],
  MeetingHeld: [meetingFrom1],
};

/** The data of an event of this type and version in today's shape, not yet checked against its schema. */
export function upcast(type: EventType, version: number, data: unknown): unknown {
  return (upcasts[type] ?? []).slice(version - 1).reduce((older, step) => step(older), data);
}
