// Frozen old shapes of events, each with a pure function that converts it to the next version.
// Upcasting applies to reads only; stored bytes never change.
import { z } from 'zod';
import { sentencesFor } from './problem-sentences.ts';
import type { EventType } from './vocabulary.ts';

type Upcast = (data: unknown) => unknown;

/** Version 1 of a meeting: participants are bare actor ids; format, certainty, attributions and topics do not exist. */
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

/** The function at index `n` converts version `n + 1` to version `n + 2`. */
const upcasts: Partial<Record<EventType, readonly Upcast[]>> = {
  MeetingAnnounced: [meetingFrom1],
  MeetingHeld: [meetingFrom1],
};

/** Returns the data of an event in the current shape. Does not validate it against the schema. */
export function upcast(type: EventType, version: number, data: unknown): unknown {
  return (upcasts[type] ?? []).slice(version - 1).reduce((older, step) => step(older), data);
}
