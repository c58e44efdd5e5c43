// Registers each event type with the current version of its shape and the schema of its data.
import { z } from 'zod';
import { actorEvents } from './actor-events.ts';
import { articleEvents } from './article-events.ts';
import { checked } from './checked.ts';
import { meetingEvents } from './meeting-events.ts';
import { opinionEvents } from './opinion-events.ts';
import { statementEvents } from './statement-events.ts';

export const schemas = {
  ...articleEvents,
  ...actorEvents,
  ...meetingEvents,
  ...statementEvents,
  ...opinionEvents,
};

export type EventType = keyof typeof schemas;
export const eventTypes = Object.keys(schemas) as EventType[];
export const isEventType = (type: string): type is EventType => Object.hasOwn(schemas, type);

export type DataOf<T extends EventType> = z.output<(typeof schemas)[T]>;
/** Validates data against the schema of its type. Throws the schema's ZodError. */
export const checkData = Object.fromEntries(eventTypes.map((type) => [type, checked(schemas[type])])) as {
  readonly [T in EventType]: (data: unknown) => DataOf<T>;
};

/** An event that a command decided on, before it is appended to its stream. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly data: DataOf<K> };
}[T];

/** Current versions of shapes above 1. Each needs upcasts of its older versions in upcast.ts. */
export const versions: Partial<Record<EventType, number>> = { MeetingAnnounced: 2, MeetingHeld: 2 };
export const versionOf = (type: EventType): number => versions[type] ?? 1;
