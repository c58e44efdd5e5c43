// Reads and writes recorded events: CloudEvents 1.0 attributes around the data, as canonical bytes (RFC 8785).
// The archive stores and replays these bytes and the public log hashes them, so they never change.
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { checked } from './checked.ts';
import { stream } from './shared-pieces.ts';
import { faultsText } from './problem-sentences.ts';
import { upcast } from './upcast.ts';
import {
  checkData,
  isEventType,
  versionOf,
  type DataOf,
  type EventType,
  type NewEvent,
} from './vocabulary.ts';

/** Maximum bytes of one entry in a C2SP tlog-tiles log, because an entry's length is a uint16. */
export const MAX_EVENT_BYTES = 65_535;

const DATA_SCHEMA = /^urn:chancery:event:([A-Za-z]+):([1-9]\d*)$/;

/** Maximum code points of `recordedby`: an issuer and a name, then an OpenID Connect subject of up to 255. */
export const MAX_SUBJECT = 600;

/** The identity that recorded an event. Canonical JSON cannot contain lone surrogates. */
const subject = z
  .string()
  .min(1)
  .max(MAX_SUBJECT)
  .refine((value) => value.isWellFormed(), 'has a lone surrogate: send well-formed Unicode');

/** Returns true if `recordedby` of an event may contain this value. */
export const isSubject = (value: string): boolean => subject.safeParse(value).success;

/** A stored event. `dataschema` names the shape of `data`. */
export const recordedEvent = z.strictObject({
  specversion: z.literal('1.0'),
  /** The stream's id, `_` and a UUID, so that an event can be found by its id alone. */
  id: z.string().max(120),
  /** The collection that the stream belongs to, such as /meetings. */
  source: z.string().regex(/^\/[a-z]+$/),
  /** The stream: the id of the article, meeting, statement, opinion or actor that changed. */
  subject: stream,
  type: z.string(),
  /** Instant of the commit: UTC, in milliseconds. */
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
  /** Names the type and the version of its shape. */
  dataschema: z.string().regex(DATA_SCHEMA),
  /** The identity that recorded the event: a stable subject. */
  recordedby: subject,
  /** Sequence number of the commit in its stream, from 1. */
  revision: z.int().min(1),
  /** Index of the event in its commit, from 1; `of` is the number of events in the commit. */
  n: z.int().min(1),
  of: z.int().min(1),
  data: z.unknown(),
});

const checkEnvelope = checked(recordedEvent);

type Attributes = Omit<z.output<typeof recordedEvent>, 'type' | 'data'>;
/** A recorded event, its data in the current shape. */
export type RecordedEvent<T extends EventType = EventType> = {
  [K in T]: Attributes & { readonly type: K; readonly data: DataOf<K> };
}[T];

/** Attributes that all events of a commit share. */
export interface CommitHeader {
  readonly stream: string;
  readonly revision: number;
  readonly time: string;
  readonly recordedBy: string;
}

/**
 * Returns the canonical bytes of the events of one commit, in order.
 * @throws ZodError if an event does not match its schema.
 */
export function commitBytes(
  header: CommitHeader,
  events: readonly NewEvent[],
  ids: readonly string[],
): Uint8Array[] {
  return events.map((event, index) => {
    const recorded = checkEnvelope({
      specversion: '1.0',
      id: ids[index],
      source: sourceUriOf(header.stream),
      subject: header.stream,
      type: event.type,
      time: header.time,
      datacontenttype: 'application/json',
      dataschema: `urn:chancery:event:${event.type}:${versionOf(event.type)}`,
      recordedby: header.recordedBy,
      revision: header.revision,
      n: index + 1,
      of: events.length,
      data: checkData[event.type](event.data),
    });
    return canonicalBytes(recorded);
  });
}

/**
 * Returns the RFC 8785 (JCS) bytes of a JSON value.
 * @throws TypeError if the value is not JSON.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const json = canonicalize(value);
  if (json === undefined)
    throw new TypeError(
      `${typeof value} is not a JSON value: pass text, a number, a boolean, null, a list or an object`,
    );
  return new TextEncoder().encode(json);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads an event from its bytes, upcasts it to the current shape and validates it.
 * @throws UnreadableEvent
 */
export function readEvent(bytes: Uint8Array): RecordedEvent {
  try {
    return parseEvent(JSON.parse(utf8.decode(bytes)));
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error;
    const why = error instanceof z.ZodError ? faultsText(error) : String(error);
    throw new UnreadableEvent(`an event cannot be read: ${why}`, { cause: error });
  }
}

function parseEvent(json: unknown): RecordedEvent {
  const { data, ...attributes } = checkEnvelope(json);
  const [, type = '', version = ''] = DATA_SCHEMA.exec(attributes.dataschema) ?? [];
  if (type !== attributes.type || !isEventType(type)) {
    throw new UnreadableEvent(
      `event ${attributes.id} has the unknown type ${attributes.type} (${attributes.dataschema}): use a build that knows it`,
    );
  }
  if (Number(version) > versionOf(type)) {
    throw new UnreadableEvent(
      `event ${attributes.id} is ${type} version ${version}; this build knows versions up to ${versionOf(type)}: use a newer build`,
    );
  }
  return {
    ...attributes,
    type,
    data: checkData[type](upcast(type, Number(version), data)),
  } as RecordedEvent;
}

/**
 * Reads type, stream, time and commit position of an event of any type and version.
 * @throws UnreadableEvent
 */
export function readEventHeader(bytes: Uint8Array): z.output<typeof place> {
  try {
    return place.parse(JSON.parse(utf8.decode(bytes)));
  } catch (error) {
    throw new UnreadableEvent('these bytes are not an event', { cause: error });
  }
}

const place = z.object({
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime({ precision: 3 }),
  revision: z.int(),
  n: z.int(),
  of: z.int(),
});

const latin1 = new TextDecoder('latin1');
/** Matches the end of canonical bytes: attributes are sorted, and quotation marks within strings are escaped. */
const LAST_ATTRIBUTES = /"subject":"([^"]*)","time":"[^"]*","type":"[^"]*"\}$/;

/**
 * Returns the stream of an event. Reads only the last attributes of canonical bytes.
 * @throws UnreadableEvent
 */
export function readSubject(bytes: Uint8Array): string {
  const end = latin1.decode(bytes.subarray(-400));
  return LAST_ATTRIBUTES.exec(end)?.[1] ?? readEventHeader(bytes).subject;
}

/** Bytes that this build cannot read as an event. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** Returns the stream in an event's id; undefined if the id is not an event's. */
export function streamOfEvent(eventId: string): string | undefined {
  const [subject, ...rest] = eventId.split('_');
  return rest.length === 1 && stream.safeParse(subject).success ? subject : undefined;
}

/** Returns the collection of a stream as the API names it: `/meetings` for `meeting-…`. */
export const sourceUriOf = (stream: string): string => `/${stream.slice(0, stream.indexOf('-'))}s`;
