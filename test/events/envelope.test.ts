// The envelope: CloudEvents attributes around what is recorded, and bytes that are the same wherever they are made.
// What is stored, replayed and hashed are these bytes, so each of them counts.
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

/** The attributes of a stored event, as another program would see them. */
const stored = (): Record<string, unknown> => {
  const [bytes] = commitBytes(header, [retracted], [`${STREAM}_${uuid(1)}`]);
  return JSON.parse(text(bytes)) as Record<string, unknown>;
};

describe('a commit of two events', () => {
  const added = event('MeetingEvidenceAdded', examples.MeetingEvidenceAdded.minimal);
  const bytes = commitBytes(header, [added, retracted], [`${STREAM}_${uuid(1)}`, `${STREAM}_${uuid(2)}`]);

  test('has the attributes of CloudEvents 1.0, in the order of their names', () => {
    expect(text(bytes[1])).toBe(
      `{"data":{"reason":"a hoax"},"datacontenttype":"application/json",` +
        `"dataschema":"urn:chancery:event:MeetingRetracted:1","id":"${STREAM}_${uuid(2)}","n":2,"of":2,` +
        `"recordedby":"editor:priya","revision":3,"source":"/meetings","specversion":"1.0",` +
        `"subject":"${STREAM}","time":"2023-03-04T09:30:00.250Z","type":"MeetingRetracted"}`,
    );
  });

  test('says of each event its place in the commit', () => {
    expect(bytes.map(readEvent).map(({ n, of, revision }) => [n, of, revision])).toEqual([
      [1, 2, 3],
      [2, 2, 3],
    ]);
  });

  test('takes names of attributes that CloudEvents allows: lower-case letters and digits', () => {
    for (const name of Object.keys(stored())) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });
});

describe('what does not fit its schema is never written', () => {
  const id = `${STREAM}_${uuid(1)}`;
  test.each([
    [
      'a field too many',
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
  ])('%s', (_what, at, given, eventId) => {
    expect(() => commitBytes(at, [given], eventId === undefined ? [] : [eventId])).toThrow(z.ZodError);
  });
});

describe('canonical bytes are those of RFC 8785', () => {
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
  ])('%j', (value, json) => {
    expect(canonicalBytes(value)).toEqual(new TextEncoder().encode(json));
  });

  const json = fc.jsonValue({ stringUnit: 'grapheme' });

  test('equal values have equal bytes, in whatever order their members were written', () => {
    fc.assert(
      fc.property(json, fc.integer(), (value, seed) => {
        expect(canonicalBytes(shuffled(value, seed))).toEqual(canonicalBytes(value));
      }),
    );
  });

  test('they are read again as the same value, and have no raw line break', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(JSON.parse(text(bytes)))).toEqual(bytes);
        expect(bytes.includes(0x0a) || bytes.includes(0x0d)).toBe(false);
      }),
    );
  });

  test.each([
    [undefined, 'only a JSON value'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['\ud83d', 'surrogate'],
    [{ '\udc00': 1 }, 'surrogate'],
  ])('what is no JSON in Unicode has none: %s', (value, why) => {
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

describe('reading gives what was written', () => {
  test.each(eventTypes)('%s', (type) => {
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

describe('bytes that this build cannot read say why', () => {
  test('not UTF-8', () => {
    const bytes = bytesOf(stored());
    bytes[bytes.indexOf('h'.charCodeAt(0), 10)] = 0xff;
    expect(unreadable(bytes)).toContain('cannot be read');
    expect(unreadable(bytes.subarray(0, -1))).toContain('cannot be read');
    expect(readEvent(bytesOf(stored())).id).toBe(stored()['id']);
  });

  test('a byte order mark is no JSON', () => {
    expect(unreadable(new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf(stored())]))).toContain('cannot be read');
  });

  test.each([
    ['nothing', ''],
    ['half an event', '{"data":{"reason":"a'],
    ['another value', 'null'],
    ['a list', '[]'],
  ])('%s', (_what, json) => {
    expect(unreadable(new TextEncoder().encode(json))).toContain('cannot be read');
  });

  test.each([
    [
      'a type of another build',
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
    ['an attribute too many', { traceparent: '00' }, 'traceparent'],
    ['an attribute too few', { recordedby: undefined }, 'recordedby'],
    ['another specversion', { specversion: '0.3' }, 'specversion'],
    ['no stream', { subject: 'minutes-1' }, 'subject'],
    ['a revision that is no number', { revision: '3' }, 'revision'],
    ['a time that is none', { time: '2023-02-30T09:30:00.000Z' }, 'time'],
  ])('%s', (_what, change, why) => {
    expect(readEvent(bytesOf(stored())).type).toBe('MeetingRetracted');
    expect(unreadable(bytesOf({ ...stored(), ...change }))).toContain(why);
  });
});

describe('an id alone finds its event', () => {
  test.each([ARTICLE, 'meeting-a', 'statement-a-1', 'opinion-a', 'actor-a', 'actor-merges'])(
    'in %s',
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
  ])('but %j is the id of none', (id) => expect(streamOfEvent(id)).toBeUndefined());

  test.each([
    [ARTICLE, '/articles'],
    ['meeting-a', '/meetings'],
    ['opinion-a-b', '/opinions'],
    ['actor-merges', '/actors'],
  ])('%s belongs to %s', (stream, source) => expect(sourceUriOf(stream)).toBe(source));
});

describe('the stream of an event is read from its last attributes', () => {
  test('of any recorded event', () => {
    expect(readSubject(bytesOf(stored()))).toBe(stored().subject);
  });

  test('whatever its texts say', () => {
    const reason = '"subject":"meeting-b","time":"2023","type":"x"} é “quoted”';
    const bytes = canonicalBytes({ ...stored(), data: { reason } });
    expect(readSubject(bytes)).toBe(stored().subject);
    const decoy = canonicalBytes({ ...stored(), type: reason });
    expect(readSubject(decoy)).toBe(stored().subject);
  });

  test('of bytes in another order, from all of them', () => {
    const { subject, ...others } = stored();
    expect(readSubject(Buffer.from(JSON.stringify({ subject, ...others })))).toBe(subject);
  });

  test('and of no other bytes', () => {
    expect(() => readSubject(Buffer.from('{"subject":"meeting-b"}'))).toThrow(UnreadableEvent);
  });
});

test('the largest event is the largest entry that the log can hold', () => {
  const largest = new Uint8Array(MAX_EVENT_BYTES).fill(0x20);
  expect(unpackEntries(packEntries([largest, new Uint8Array([1])]))).toEqual([largest, new Uint8Array([1])]);
  expect(() => packEntries([new Uint8Array(MAX_EVENT_BYTES + 1)])).toThrow(RangeError);
});
