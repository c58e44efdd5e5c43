// Stored events of every type and version stay readable, and their bytes unchanged, from the store through the log to
// the read models. A failure here means that existing archives become unreadable.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBlobs } from '../../adapters/files/blob-store.ts';
import { openDatabase, type Database } from '../../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../../adapters/sqlite/table.ts';
import { readModels } from '../../domain/projections/views/read-models.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import type { Reading } from '../../domain/projections/rows/reading.ts';
import { recordAsOf } from '../../domain/projections/rows/thing-by-id.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { listResponses } from '../../domain/queries/meetings/responses.ts';
import { listTimeline } from '../../domain/queries/timeline/timeline-list.ts';
import { replay, type LogEntry } from '../../domain/log/replay.ts';
import { readHead } from '../../domain/log/head.ts';
import { sequence } from '../../domain/log/sequencer.ts';
import type { Summary } from '../../domain/projections/state/summary-shape.ts';
import { canonicalBytes, readEvent } from '../../events/envelope.ts';
import { eventTypes, isEventType, versionOf } from '../../events/vocabulary.ts';
import { realIdentity } from '../support/logs/identity.ts';
import { memoryRowStores } from '../support/stores/memory-row-store.ts';

const FOLDER = join(import.meta.dirname, '../golden');

interface Golden {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

const golden: readonly Golden[] = readdirSync(FOLDER)
  .map((file) => /^((\w+)\.v(\d+))\.json$/.exec(file))
  .filter((match) => match !== null)
  .map(([file, name = '', type = '', version = '']) => ({
    name,
    type,
    version: Number(version),
    bytes: new Uint8Array(readFileSync(join(FOLDER, file))),
  }));

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const goldenOf = (name: string): Uint8Array => {
  const found = golden.find((each) => each.name === name);
  if (!found) throw new Error(`no golden event ${name}`);
  return found.bytes;
};

test('golden events exist for each type and each of its versions', () => {
  const every = eventTypes.flatMap((type) =>
    Array.from({ length: versionOf(type) }, (_, index) => `${type}.v${index + 1}`),
  );
  expect(golden.map(({ name }) => name).sort()).toEqual(every.sort());
});

test('golden events are never edited', () => {
  const sums = golden.map(
    ({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}.json`,
  );
  expect(readFileSync(join(FOLDER, 'SHA256SUMS'), 'utf8').trimEnd().split('\n').sort()).toEqual(sums.sort());
});

describe.each(golden)('$name', ({ type, version, bytes }) => {
  test(`a stored ${type}, version ${version}, is read as an event of its type`, () => {
    const event = readEvent(bytes);
    expect(event.type).toBe(type);
    expect(event.dataschema).toBe(`urn:chancery:event:${type}:${version}`);
    expect(event.id.startsWith(`${event.subject}_`)).toBe(true);
  });

  test(`a stored ${type}, version ${version}, consists of its canonical bytes`, () => {
    expect(text(canonicalBytes(JSON.parse(text(bytes))))).toBe(text(bytes));
  });
});

const becameOf = ({ id, status, retracted }: Summary) => [id, status, retracted?.reason];
const alarm = (what: string, error: unknown) => {
  throw new Error(what, { cause: error });
};

const ofToday = golden.filter(({ type, version }) => isEventType(type) && versionOf(type) === version);

test.each(ofToday)('$name has the current shape and is written again with the same bytes', ({ bytes }) => {
  expect(text(canonicalBytes(readEvent(bytes)))).toBe(text(bytes));
});

describe('meetings of version 1', () => {
  test('upcasting a meeting turns bare ids into parties and sets neutral values for new fields', () => {
    const { data } = readEvent(goldenOf('MeetingHeld.v1'));
    expect(data).toMatchObject({
      title: 'Antony Blinken and Sergey Lavrov in Geneva',
      participants: [{ actor: 'actor-antony-blinken' }, { actor: 'actor-sergey-lavrov' }],
      heldOn: '2022-01-21',
      place: { printed: 'Geneva', country: 'CH' },
      format: 'unstated',
      certainty: 'asserted',
      attributedBy: [],
      topics: [],
    });
  });

  test('upcasting a meeting keeps all recorded values', () => {
    const bytes = goldenOf('MeetingAnnounced.v1');
    const { participants: then, ...others } = (
      JSON.parse(text(bytes)) as { data: { participants: string[] } }
    ).data;
    const { data } = readEvent(bytes);
    expect(data).toMatchObject(others);
    expect(data).toHaveProperty(
      'participants',
      then.map((actor) => ({ actor })),
    );
  });

  test('upcasting a meeting keeps its attributes, including the version of its shape', () => {
    const { data: _, ...attributes } = readEvent(goldenOf('MeetingHeld.v1'));
    const { data: __, ...stored } = JSON.parse(text(goldenOf('MeetingHeld.v1'))) as { data: unknown };
    expect(attributes).toEqual(stored);
  });
});

describe('golden events that are stored, sequenced and projected', () => {
  let home: string;
  let database: Database;
  let entries: LogEntry[];
  let reading: Reading;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'chancery-golden-'));
    database = openDatabase(join(home, 'archive.db'));
    const store = sqliteEventStore(database);
    const state = sqliteTable(database, 'state');
    const log = await openBlobs(join(home, 'log'));
    const catalog = sqliteTable(database, 'catalog');
    const of = { store, state, log, catalog, rows: memoryRowStores() };
    await catchUp(of);
    const inOrder = golden
      .map(({ bytes }) => ({ bytes, event: readEvent(bytes) }))
      .sort((a, b) => (a.event.time < b.event.time ? -1 : 1));
    for (const { bytes, event } of inOrder) {
      const standing = await store.append({
        stream: event.subject,
        revision: event.revision,
        events: [bytes],
      });
      if (standing) throw new Error(`${event.subject} has two events of revision ${event.revision}`);
    }
    await sequence(
      { store, state, log, identity: realIdentity, alarm },
      new Set(inOrder.map(({ event }) => event.subject)),
    );
    const { published } = await readHead(state);
    entries = await Array.fromAsync(replay(log, 0, published));
    expect((await catchUp(of)).stopped).toEqual(new Map());
    reading = await openReadings(of)(readModels);
  });
  afterAll(() => {
    database.close();
    rmSync(home, { recursive: true });
  });

  test('the log contains each golden event once, byte for byte', () => {
    expect(entries.map(({ bytes }) => text(bytes)).sort()).toEqual(
      golden.map(({ bytes }) => text(bytes)).sort(),
    );
    expect(entries.map(({ position }) => position)).toEqual(golden.map((_, index) => index));
  });

  test('the log contains golden events in the order of their streams', () => {
    const last = new Map<string, number>();
    for (const { subject, revision } of entries.map(({ bytes }) => readEvent(bytes))) {
      expect(revision).toBe((last.get(subject) ?? 0) + 1);
      last.set(subject, revision);
    }
  });

  test('the timeline lists old and current shapes by date', async () => {
    const { items } = await listTimeline(reading, {}, { limit: 100 });
    expect(items.map(becameOf)).toEqual([
      ['meeting-geneva-2022', 'held', undefined],
      ['meeting-new-delhi-2023', 'held', 'Recorded twice: see the meeting of 2 March.'],
      ['statement-new-start', 'made', 'Nobody was asked anything.'],
      ['opinion-temperature', 'published', 'The professor denies it.'],
      ['meeting-oslo-talks', 'called-off', undefined],
    ]);
  });

  test('an actor of an old shape is found by its id', async () => {
    const { items } = await listTimeline(reading, { actor: ['actor-norway'] }, { limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(['meeting-oslo-talks']);
  });

  test('the dossier of a meeting of an old shape contains its parties and its later changes', async () => {
    const oslo = await recordAsOf(reading, 'meeting-oslo-talks');
    expect(oslo?.summary).toMatchObject({
      status: 'called-off',
      postponedTo: '2023-05/2023-06',
      fields: {
        participants: [
          { actor: 'actor-sergey-lavrov' },
          { actor: 'actor-norway' },
          { actor: 'actor-antony-blinken' },
        ],
        format: 'unstated',
        certainty: 'asserted',
      },
    });
  });

  test('the dossier of a meeting contains its statements', async () => {
    const page = await listResponses(reading, 'meeting-new-delhi-2023', {}, { limit: 100 });
    expect(page?.items.map(({ id }) => id)).toEqual(['statement-new-start', 'opinion-temperature']);
  });
});
