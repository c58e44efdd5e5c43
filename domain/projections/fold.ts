// Folds a batch of events into the row versions of read models. A fold reads no rows: it needs the batch, and the earlier
// events of streams that began before it.
import { UnreadableEvent, type RecordedEvent } from '../../events/envelope.ts';
import { jsonSize } from './state/json-size.ts';
import { wavesOf } from '../concurrency.ts';
import { difference } from './rows/row-difference.ts';
import type { ReadModel } from './views/read-model.ts';
import type { RowVersion } from './rows/row.ts';
import { evolve, stateName, type StreamState } from './state/stream-state.ts';

export interface LogEvent {
  readonly position: number;
  /** An error if the event cannot be read. */
  readonly event: RecordedEvent | Error;
}

/**
 * Returns the events of the same stream that come before this one, in order.
 * @throws UnreadableEvent if one of them cannot be read.
 */
export type ReadEarlier = (event: RecordedEvent) => Promise<readonly RecordedEvent[]>;

/** Where a read model stopped, and why. */
export interface Stopped {
  readonly position: number;
  readonly reason: string;
}

/** What a read model gets from a batch: the versions of all events, or of those before the one that stopped it. */
export interface Folded {
  readonly versions: readonly RowVersion[];
  readonly stopped?: Stopped;
}

/** Bytes of a row's body as JSON in UTF-8. */
export const MAX_ROW_BYTES = 32_768;

/**
 * Returns the versions that each of the read models gets from these events, which follow each other in the log. Reads
 * the earlier events of a stream once. The same events give the same versions, whatever the batches. A read model that
 * fails at an event, or whose row is too large, stops there; the others continue. An event that cannot be read, or that
 * cannot follow the earlier ones of its stream, stops all of them. Rejects only if `readEarlier` does.
 */
export async function foldBatch(
  models: readonly ReadModel[],
  batch: readonly LogEvent[],
  readEarlier: ReadEarlier,
): Promise<Map<ReadModel, Folded>> {
  const folds = models.map((model) => new Fold(model));
  const { states, failures } = await statesBefore(readable(batch), readEarlier);
  const lasts = lastOfEachStream(batch);
  for (const { position, event } of batch) {
    try {
      if (event instanceof Error) throw event;
      if (failures.has(event.subject)) throw failures.get(event.subject);
      const name = stateName(event);
      const before = states.get(name);
      const after = evolve(before, event);
      // Few states outlive their event, so that the garbage collector copies few of them.
      if (lasts.get(event.subject) === event) states.delete(name);
      else states.set(name, after);
      for (const fold of folds) fold.add(position, before, after);
    } catch (error) {
      for (const fold of folds) fold.stop(position, error);
      break;
    }
  }
  return new Map(folds.map((fold) => [fold.model, fold]));
}

/** The fold of one read model. */
class Fold implements Folded {
  readonly versions: RowVersion[] = [];
  stopped?: Stopped;
  readonly model: ReadModel;

  constructor(model: ReadModel) {
    this.model = model;
  }

  /** Adds the versions of an event: all of them, or none if it stops this read model. */
  add(position: number, before: StreamState | undefined, after: StreamState): void {
    if (this.stopped) return;
    try {
      const earlier = before ? this.model.rowsOf(before) : [];
      const rows = this.model.rowsOf(after);
      if (rows.length === 0 && earlier.length === 0) return;
      const versions = difference(earlier, rows, position);
      checkSizes(versions);
      for (const version of versions) this.versions.push(version);
    } catch (error) {
      this.stop(position, error);
    }
  }

  stop(position: number, error: unknown): void {
    this.stopped ??= { position, reason: error instanceof Error ? error.message : String(error) };
  }
}

function checkSizes(versions: readonly RowVersion[]): void {
  let checked: object | undefined;
  for (const { partition, sort, body } of versions) {
    // Rows of several lists often share one body.
    if (body === checked || body === undefined) continue;
    const bytes = jsonSize(body, MAX_ROW_BYTES);
    if (bytes > MAX_ROW_BYTES)
      throw new RangeError(
        `row ${partition} ${sort} takes ${bytes} bytes; the limit is ${MAX_ROW_BYTES}: make its read model shorten it`,
      );
    checked = body;
  }
}

function lastOfEachStream(batch: readonly LogEvent[]): Map<string, RecordedEvent> {
  const lasts = new Map<string, RecordedEvent>();
  for (const { event } of batch) if (!(event instanceof Error)) lasts.set(event.subject, event);
  return lasts;
}

/** The events before the first one that cannot be read. */
function readable(batch: readonly LogEvent[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const { event } of batch) {
    if (event instanceof Error) break;
    events.push(event);
  }
  return events;
}

/** What is known of the streams that began before the batch. */
interface Before {
  /** By name. */
  readonly states: Map<string, StreamState>;
  /** By stream: why its earlier events cannot be folded. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Folds the earlier events of each stream once. */
async function statesBefore(events: readonly RecordedEvent[], readEarlier: ReadEarlier): Promise<Before> {
  const states = new Map<string, StreamState>();
  const failures = new Map<string, unknown>();
  const foldEarlier = async (first: RecordedEvent): Promise<void> => {
    const earlier = await readEarlier(first).catch(unlessUnreadable);
    try {
      if (earlier instanceof Error) throw earlier;
      for (const event of earlier) states.set(stateName(event), evolve(states.get(stateName(event)), event));
    } catch (error) {
      failures.set(first.subject, error);
    }
  };
  const firsts = new Map<string, RecordedEvent>();
  for (const event of events) if (!firsts.has(event.subject)) firsts.set(event.subject, event);
  const began = [...firsts.values()].filter(({ revision, n }) => revision > 1 || n > 1);
  for (const [, wave] of wavesOf(began)) await Promise.all(wave.map(foldEarlier));
  return { states, failures };
}

function unlessUnreadable(error: unknown): UnreadableEvent {
  if (error instanceof UnreadableEvent) return error;
  throw error;
}
