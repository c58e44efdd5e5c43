// Checks the attributes of entries in log order; `data` is not checked. The events of a commit must be complete and
// adjacent, and the revisions of each stream must count from 1 without gaps.
import { revisionMap } from './last-revisions.ts';

export interface Envelopes {
  /** Checks the next entry. Returns its fault, or undefined. */
  readonly next: (entry: Uint8Array) => string | undefined;
  /** Skips a missing or altered entry. Gaps in revisions are no longer reported afterwards. */
  readonly skip: () => void;
  /** Checks the end of the log. Returns its fault, or undefined. */
  readonly end: () => string | undefined;
  readonly streams: () => number;
}

interface Commit {
  readonly subject: string;
  readonly revision: number;
  /** The number of its last event so far, and the number of its events. */
  readonly n: number;
  readonly of: number;
}

export interface Envelope extends Commit {
  readonly id: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function envelopes(): Envelopes {
  const last = revisionMap();
  let before: Commit | undefined;
  let whole = true;

  function next(entry: Uint8Array): string | undefined {
    const event = readEnvelope(entry);
    if (typeof event === 'string') {
      skip();
      return event;
    }
    const { subject, revision, n, of } = event;
    const open = before && before.n < before.of ? before : undefined;
    const hasPrevious = whole || before !== undefined;
    before = { subject, revision, n, of };
    if (n > 1) {
      const follows =
        open?.subject === subject && open.revision === revision && open.of === of && open.n === n - 1;
      return follows || !hasPrevious ? undefined : `${describe(event)} does not follow the entry before it`;
    }
    const expected = last.get(subject) + 1;
    last.set(subject, revision);
    if (open) return `${describe(event)} interrupts the commit of ${describe(open)}`;
    return revision === expected || !whole
      ? undefined
      : `${describe(event)} is out of order: revision ${expected} of this stream is expected here`;
  }

  function skip(): void {
    [before, whole] = [undefined, false];
  }

  return {
    next,
    skip,
    end: () =>
      before && before.n < before.of ? `the log ends within a commit, after ${describe(before)}` : undefined,
    streams: last.size,
  };
}

const describe = ({ subject, revision, n, of }: Commit): string =>
  `event ${n} of ${of} of revision ${revision} of ${subject}`;

const BEGINNING = new TextEncoder().encode('{"data":');
const ATTRIBUTES = new TextEncoder().encode(',"datacontenttype":');

/**
 * Reads the attributes of an event, or returns a sentence that says why the entry is not an event.
 * Canonical JSON has `data` first, so the attributes after it can be parsed alone, in a third of the time.
 * A string within `data` cannot be mistaken for an attribute, because its quotes are escaped.
 */
export function readEnvelope(entry: Uint8Array): Envelope | string {
  let at = entry.length - ATTRIBUTES.length;
  while (at >= 0 && !hasTextAt(entry, at, ATTRIBUTES)) at--;
  if (at < 0 || !hasTextAt(entry, 0, BEGINNING))
    return 'the entry is not an event: it lacks the attributes of an event';
  let event: Partial<Record<string, unknown>>;
  try {
    event = JSON.parse(`{${decoder.decode(entry.subarray(at + 1))}`) as typeof event;
  } catch (error) {
    return `the entry is not an event: ${String(error)}`;
  }
  const { specversion, id, subject, type, revision, n, of } = event;
  if (
    specversion !== '1.0' ||
    typeof id !== 'string' ||
    typeof subject !== 'string' ||
    typeof type !== 'string'
  )
    return 'the entry is not an event: it lacks the attributes of an event';
  if (!isCount(revision) || !isCount(n) || !isCount(of) || n > of)
    return `the entry is not an event: it names itself event ${String(n)} of ${String(of)} of revision ${String(revision)}`;
  if (!id.startsWith(`${subject}_`) || id.includes('_', subject.length + 1))
    return `the id of event ${id} does not belong to its stream, ${subject}`;
  return { id, subject, revision, n, of };
}

function hasTextAt(entry: Uint8Array, at: number, text: Uint8Array): boolean {
  let n = 0;
  while (n < text.length && entry[at + n] === text[n]) n++;
  return n === text.length;
}

/** Returns true for an integer from 1 that fits into 32 bits, as revisions and event numbers must. */
const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 32;
