// The workload of the embedded stores: 5,000 statements of about 1 KB in 500 streams, the same in each run. Also the
// clock of all measurements. Each measured system runs in a separate process.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataOf } from '../events/vocabulary.ts';

export const STREAMS = 500;
export const PER_STREAM = 10;
export const AT_ONCE = 16;
export const LONG_STREAM = 100;

/** The figures that a measured system prints as one line of JSON. It leaves out figures that it does not have. */
export interface Figures {
  /** Single appends, sixteen streams at once. */
  readonly atOnce: Pace;
  /** The same, each event checked against its schema first. */
  readonly checked?: Pace;
  /** Single appends, each started when the previous one was acknowledged. */
  readonly oneByOne?: Pace;
  /** Milliseconds for ten events in one call. */
  readonly tenInOne: number;
  /** Milliseconds to read one stream of 100 events, parsed. */
  readonly readHundred: number;
  /** Events sequenced per second. */
  readonly sequence?: number;
  /** Events replayed in order and parsed, per second. */
  readonly replay: number;
  /** Acknowledged and stored events of sixteen concurrent appends to sixteen new streams. */
  readonly sixteen: { readonly acknowledged: number; readonly stored: number };
}

export interface Pace {
  readonly perSecond: number;
  /** Median and 99th percentile of the times, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const WORDS =
  `the of and to in that for on with we our not will must talks border treaty minister government peace
security cooperation sovereignty agreement delegation ceasefire sanctions region trade commitment international
negotiations proposal parties conflict humanitarian resolution council partnership dialogue assurances`.split(
    /\s+/,
  );
const TOPICS = ['border', 'trade', 'arms-control', 'fisheries', 'energy', 'migration', 'ceasefire', 'water'];

/** Returns the data of the n-th statement of a stream. */
export function statement(stream: number, n: number): DataOf<'StatementMade'> {
  const noise = createHash('shake256', { outputLength: 64 }).update(`${stream}/${n}`).digest();
  const pick = <T>(from: readonly T[], at: number): T => from[noise.readUInt8(at) % from.length] as T;
  const content = Array.from({ length: 34 + (noise.readUInt8(0) % 16) }, (_, at) => pick(WORDS, at)).join(
    ' ',
  );
  const start = noise.readUInt16BE(50);
  return {
    speakers: [
      { actor: `actor-minister-${noise.readUInt8(52) % 40}`, capacity: 'Minister for Foreign Affairs' },
    ],
    act: 'said',
    addressees: [],
    channel: 'meeting',
    meetingId: `meeting-round-${stream % 25}`,
    madeOn: '2026-03-14',
    content,
    form: 'direct',
    language: 'en',
    certainty: 'asserted',
    attributedBy: [],
    about: [],
    regarding: [],
    topics: [...new Set([pick(TOPICS, 53), pick(TOPICS, 54)])],
    evidence: [
      {
        articleId: `article-${noise.toString('hex', 0, 16)}`,
        exact: content,
        start,
        end: start + content.length,
      },
    ],
  };
}

export const streamName = (stream: number): string => `statement-${String(stream).padStart(4, '0')}`;

/** Returns the statements of all streams. Callers make them before the clock starts. */
export const statements = (streams: number, each: number): DataOf<'StatementMade'>[][] =>
  Array.from({ length: streams }, (_, s) => Array.from({ length: each }, (__, n) => statement(s, n + 1)));

/** Appends `atOnce` streams concurrently, each stream in order. `append` gets the stream and the revision, from 1. */
export async function pace(
  atOnce: number,
  append: (stream: number, revision: number) => Promise<void>,
  streams = STREAMS,
): Promise<Pace> {
  const times: number[] = [];
  let taken = 0;
  const worker = async () => {
    while (taken < streams) {
      const stream = taken++;
      for (let revision = 1; revision <= PER_STREAM; revision++) {
        const began = performance.now();
        await append(stream, revision);
        times.push(performance.now() - began);
      }
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - began) / 1_000;
  return { perSecond: times.length / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** Returns the median milliseconds of `calls` sequential calls. */
export async function median(calls: number, call: (n: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const began = performance.now();
    await call(n);
    times.push(performance.now() - began);
  }
  return quantile(times, 0.5);
}

/** Returns the rate per second of work that returns its count. */
export async function rate(all: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const count = await all();
  return (count / (performance.now() - began)) * 1_000;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export async function inFreshFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
