// Recorded events: CloudEvents attributes, and canonical bytes that are the same on every machine.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  canonicalBytes,
  commitBytes,
  MAX_EVENT_BYTES,
  readEvent,
  readSubject,
  sourceUriOf,
  streamOfEvent,
  UnreadableEvent,
} from '../../events/envelope.ts';
import { packEntries, unpackEntries } from '../../events/log/entries.ts';
import { eventTypes } from '../../events/vocabulary.ts';
import { ARTICLE, examples } from '../support/archives/examples.ts';
import { event, uuid } from '../support/archives/written-history.ts';

const STREAM = 'meeting-new-delhi';
const header = { stream: STREAM, revision: 3, time: '2023-03-04T09:30:00.250Z', recordedBy: 'editor:priya' };
const retracted = event('MeetingRetracted', { reason: 'a hoax' });
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytesOf = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

/** Returns the attributes of a stored event as another program parses them. */
const stored = (): Record<string, unknown> => {
  const [bytes] = commitBytes(header, [retracted], [`${STREAM}_${uuid(1)}`]);
  return JSON.parse(text(bytes)) as Record<string, unknown>;
};

describe('a commit of two events', () => {
  const added = event('MeetingEvidenceAdded', examples.MeetingEvidenceAdded.minimal);
  const bytes = commitBytes(header, [added, retracted], [`${STREAM}_${uuid(1)}`, `${STREAM}_${uuid(2)}`]);

  test('events have the attributes of CloudEvents 1.0, sorted by name', () => {
    expect(text(bytes[1])).toBe(
      `{"data":{"reason":"a hoax"},"datacontenttype":"application/json",` +
        `"dataschema":"urn:chancery:event:MeetingRetracted:1","id":"${STREAM}_${uuid(2)}","n":2,"of":2,` +
        `"recordedby":"editor:priya","revision":3,"source":"/meetings","specversion":"1.0",` +
        `"subject":"${STREAM}","time":"2023-03-04T09:30:00.250Z","type":"MeetingRetracted"}`,
    );
  });

  test('each event contains its index in the commit and the number of events', () => {
    expect(bytes.map(readEvent).map(({ n, of, revision }) => [n, of, revision])).toEqual([
      [1, 2, 3],
      [2, 2, 3],
    ]);
  });

  test('names of attributes consist of lower-case letters and digits, as CloudEvents demands', () => {
    for (const name of Object.keys(stored())) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });
});

describe('invalid events', () => {
  const id = `${STREAM}_${uuid(1)}`;
  test.each([
    [
      'an unknown field',
      { ...header },
      { type: 'MeetingRetracted', data: { reason: 'x', by: 'y' } } as never,
      id,
    ],
    ['a field too few', { ...header }, { type: 'MeetingRetracted', data: {} } as never, id],
    ['a stream that is no id', { ...header, stream: 'Meeting/1' }, retracted, id],
    ['revision 0', { ...header, revision: 0 }, retracted, id],
    ['a time without milliseconds', { ...header, time: '2023-03-04T09:30:00Z' }, retracted, id],
    ['a time with an offset', { ...header, time: '2023-03-04T09:30:00.000+05:30' }, retracted, id],
    ['nobody who records', { ...header, recordedBy: '' }, retracted, id],
    ['no id', { ...header }, retracted, undefined],
  ])('commitBytes rejects an event with %s', (_what, at, given, eventId) => {
    expect(() => commitBytes(at, [given], eventId === undefined ? [] : [eventId])).toThrow(z.ZodError);
  });
});

describe('canonical bytes', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    // Section 3.2.2.3 and Appendix B.
    [
      [JSON.parse('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    // Section 3.2.3: names sort by their UTF-16 code units.
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    // Section 3.2.2.2.
    ['\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  ])('canonicalBytes encodes %j as RFC 8785 demands', (value, json) => {
    expect(canonicalBytes(value)).toEqual(new TextEncoder().encode(json));
  });

  const json = fc.jsonValue({ stringUnit: 'grapheme' });

  test('equal values have equal canonical bytes, regardless of the order of their members', () => {
    fc.assert(
      fc.property(json, fc.integer(), (value, seed) => {
        expect(canonicalBytes(shuffled(value, seed))).toEqual(canonicalBytes(value));
      }),
    );
  });

  test('canonical bytes parse to the same value and contain no raw line break', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(JSON.parse(text(bytes)))).toEqual(bytes);
        expect(bytes.includes(0x0a) || bytes.includes(0x0d)).toBe(false);
      }),
    );
  });

  test.each([
    [undefined, 'is not a JSON value'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['\ud83d', 'surrogate'],
    [{ '\udc00': 1 }, 'surrogate'],
  ])('canonicalBytes rejects a value that is not JSON: %s', (value, why) => {
    expect(() => canonicalBytes(value)).toThrow(why);
  });
});

function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((member) => shuffled(member, seed));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, shuffled(member, seed)] as const);
  const turn = members.length === 0 ? 0 : Math.abs(seed % members.length);
  return Object.fromEntries([...members.slice(turn), ...members.slice(0, turn)].reverse());
}

describe('round trips', () => {
  test.each(eventTypes)('readEvent returns a written %s', (type) => {
    for (const given of [examples[type].minimal, examples[type].full]) {
      const written = event(type, given);
      const [bytes = new Uint8Array()] = commitBytes(header, [written], [`${STREAM}_${uuid(1)}`]);
      const read = readEvent(bytes);
      expect({ type: read.type, data: read.data }).toEqual(written);
      expect(canonicalBytes(read)).toEqual(bytes);
    }
  });
});

const unreadable = (bytes: Uint8Array) => {
  try {
    readEvent(bytes);
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.message;
    throw error;
  }
  throw new Error('this was read');
};

describe('unreadable bytes', () => {
  test('readEvent rejects bytes that are not UTF-8', () => {
    const bytes = bytesOf(stored());
    bytes[bytes.indexOf('h'.charCodeAt(0), 10)] = 0xff;
    expect(unreadable(bytes)).toContain('cannot be read');
    expect(unreadable(bytes.subarray(0, -1))).toContain('cannot be read');
    expect(readEvent(bytesOf(stored())).id).toBe(stored()['id']);
  });

  test('readEvent rejects a byte order mark', () => {
    expect(unreadable(new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf(stored())]))).toContain('cannot be read');
  });

  test.each([
    ['nothing', ''],
    ['half an event', '{"data":{"reason":"a'],
    ['another value', 'null'],
    ['a list', '[]'],
  ])('readEvent rejects %s', (_what, json) => {
    expect(unreadable(new TextEncoder().encode(json))).toContain('cannot be read');
  });

  test.each([
    [
      'a type of a newer build',
      { type: 'TreatySigned', dataschema: 'urn:chancery:event:TreatySigned:1' },
      'unknown type',
    ],
    [
      'a type that is a property of every object',
      { type: 'toString', dataschema: 'urn:chancery:event:toString:1' },
      'unknown type',
    ],
    [
      'a type that its schema does not name',
      { dataschema: 'urn:chancery:event:MeetingHeld:1' },
      'unknown type',
    ],
    ['a newer version', { dataschema: 'urn:chancery:event:MeetingRetracted:2' }, 'knows versions up to 1'],
    ['version 0', { dataschema: 'urn:chancery:event:MeetingRetracted:0' }, 'dataschema'],
    ['no version', { dataschema: 'urn:chancery:event:MeetingRetracted' }, 'dataschema'],
    ['data of another shape', { data: { cause: 'a hoax' } }, 'reason'],
    ['no data', { data: undefined }, 'cannot be read'],
    ['an unknown attribute', { traceparent: '00' }, 'traceparent'],
    ['a missing attribute', { recordedby: undefined }, 'recordedby'],
    ['another specversion', { specversion: '0.3' }, 'specversion'],
    ['no stream', { subject: 'minutes-1' }, 'subject'],
    ['a revision that is not a number', { revision: '3' }, 'revision'],
    ['an invalid time', { time: '2023-02-30T09:30:00.000Z' }, 'time'],
  ])('readEvent rejects %s with a reason', (_what, change, why) => {
    expect(readEvent(bytesOf(stored())).type).toBe('MeetingRetracted');
    expect(unreadable(bytesOf({ ...stored(), ...change }))).toContain(why);
  });
});

describe('ids of events', () => {
  test.each([ARTICLE, 'meeting-a', 'statement-a-1', 'opinion-a', 'actor-a', 'actor-merges'])(
    'streamOfEvent returns the stream %s',
    (stream) => {
      expect(streamOfEvent(`${stream}_${uuid(7)}`)).toBe(stream);
    },
  );

  test.each([
    '',
    'meeting-a',
    '_',
    `minutes-a_${uuid(1)}`,
    `Meeting-a_${uuid(1)}`,
    `meeting-a_b_${uuid(1)}`,
    `../meeting-a_${uuid(1)}`,
  ])('streamOfEvent returns undefined for %j', (id) => expect(streamOfEvent(id)).toBeUndefined());

  test.each([
    [ARTICLE, '/articles'],
    ['meeting-a', '/meetings'],
    ['opinion-a-b', '/opinions'],
    ['actor-merges', '/actors'],
  ])('the stream %s belongs to the collection %s', (stream, source) =>
    expect(sourceUriOf(stream)).toBe(source),
  );
});

describe('readSubject', () => {
  test('readSubject returns the stream of any recorded event', () => {
    expect(readSubject(bytesOf(stored()))).toBe(stored().subject);
  });

  test('readSubject ignores texts that look like attributes', () => {
    const reason = '"subject":"meeting-b","time":"2023","type":"x"} é “quoted”';
    const bytes = canonicalBytes({ ...stored(), data: { reason } });
    expect(readSubject(bytes)).toBe(stored().subject);
    const decoy = canonicalBytes({ ...stored(), type: reason });
    expect(readSubject(decoy)).toBe(stored().subject);
  });

  test('readSubject parses all bytes if they are not canonical', () => {
    const { subject, ...others } = stored();
    expect(readSubject(Buffer.from(JSON.stringify({ subject, ...others })))).toBe(subject);
  });

  test('readSubject rejects bytes that are not an event', () => {
    expect(() => readSubject(Buffer.from('{"subject":"meeting-b"}'))).toThrow(UnreadableEvent);
  });
});

test('the maximum size of an event is the maximum size of a log entry', () => {
  const largest = new Uint8Array(MAX_EVENT_BYTES).fill(0x20);
  expect(unpackEntries(packEntries([largest, new Uint8Array([1])]))).toEqual([largest, new Uint8Array([1])]);
  expect(() => packEntries([new Uint8Array(MAX_EVENT_BYTES + 1)])).toThrow(RangeError);
});
