// The recorded event: CloudEvents 1.0 attributes around what is recorded, and its canonical bytes (RFC 8785).
// These bytes are what is stored, what is replayed and what the public log hashes; they never change.
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

/** The most bytes that one entry of a C2SP tlog-tiles log can have (an entry's length is a uint16). */
export const MAX_EVENT_BYTES = 65_535;

const DATA_SCHEMA = /^urn:chancery:event:([A-Za-z]+):([1-9]\d*)$/;

/** Code points that `recordedby` holds: OpenID Connect subjects have up to 255, and issuers and names come before them. */
export const MAX_SUBJECT = 600;

/** Who recorded an event. Canonical JSON has no lone surrogates. */
const subject = z
  .string()
  .min(1)
  .max(MAX_SUBJECT)
  .refine((value) => value.isWellFormed(), 'has a lone surrogate: send well-formed Unicode');

/** True if an event can say that this subject recorded it. */
export const isSubject = (value: string): boolean => subject.safeParse(value).success;

/** An event as stored: attributes around data whose shape its `dataschema` names. */
export const recordedEvent = z.strictObject({
  specversion: z.literal('1.0'),
  /** The stream's id, `_`, and a UUID: an id alone finds its event. */
  id: z.string().max(120),
  /** The collection that the stream belongs to, such as /meetings. */
  source: z.string().regex(/^\/[a-z]+$/),
  /** The stream: the id of the thing that this happened to. */
  subject: stream,
  type: z.string(),
  /** When the archive learnt it: UTC, milliseconds. */
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
  /** Names the type and the version of its shape. */
  dataschema: z.string().regex(DATA_SCHEMA),
  /** Who recorded it: a stable subject. */
  recordedby: subject,
  /** Number of the commit in its stream, from 1. */
  revision: z.int().min(1),
  /** Place in the commit, from 1, of so many. */
  n: z.int().min(1),
  of: z.int().min(1),
  data: z.unknown(),
});

const checkEnvelope = checked(recordedEvent);

type Attributes = Omit<z.output<typeof recordedEvent>, 'type' | 'data'>;
/** An event as recorded, its data in today's shape. */
export type RecordedEvent<T extends EventType = EventType> = {
  [K in T]: Attributes & { readonly type: K; readonly data: DataOf<K> };
}[T];

/** What a commit says of all its events. */
export interface CommitHeader {
  readonly stream: string;
  readonly revision: number;
  readonly time: string;
  readonly recordedBy: string;
}

/** The canonical bytes of the events of one commit, in order. Throws where an event doesn't fit its schema. */
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

/** RFC 8785 (JCS) bytes of a JSON value. */
export function canonicalBytes(value: unknown): Uint8Array {
  const json = canonicalize(value);
  if (json === undefined) throw new TypeError('only a JSON value has canonical bytes');
  return new TextEncoder().encode(json);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads an event from its bytes: checked, and upcast to today's shape. Throws UnreadableEvent. */
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
      `event ${attributes.id} has the unknown type ${attributes.type} (${attributes.dataschema})`,
    );
  }
  if (Number(version) > versionOf(type)) {
    throw new UnreadableEvent(
      `event ${attributes.id} is ${type} version ${version}; this build knows versions up to ${versionOf(type)}`,
    );
  }
  return {
    ...attributes,
    type,
    data: checkData[type](upcast(type, Number(version), data)),
  } as RecordedEvent;
}

/** Where an event says that it belongs, and when it was recorded, of whatever type and version. Throws UnreadableEvent. */
export function readPlace(bytes: Uint8Array): z.output<typeof place> {
  try {
    return place.parse(JSON.parse(utf8.decode(bytes)));
  } catch (error) {
    throw new UnreadableEvent('these bytes are no event', { cause: error });
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
/** Of canonical bytes: the names of attributes are in order, and quotation marks within texts are escaped. */
const LAST_ATTRIBUTES = /"subject":"([^"]*)","time":"[^"]*","type":"[^"]*"\}$/;

/** The stream of an event. Reads only the last attributes of canonical bytes. Throws UnreadableEvent. */
export function readSubject(bytes: Uint8Array): string {
  const end = latin1.decode(bytes.subarray(-400));
  return LAST_ATTRIBUTES.exec(end)?.[1] ?? readPlace(bytes).subject;
}

/** Bytes that this build cannot read as an event. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** The stream that an event's id begins with; undefined where it is no event's id. */
export function streamOfEvent(eventId: string): string | undefined {
  const [subject, ...rest] = eventId.split('_');
  return rest.length === 1 && stream.safeParse(subject).success ? subject : undefined;
}

/** `/meetings` for `meeting-…`: the collection, as the API names it. */
export const sourceUriOf = (stream: string): string => `/${stream.slice(0, stream.indexOf('-'))}s`;
