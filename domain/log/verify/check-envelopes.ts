// What entries say of themselves, checked in log order: each is an event of its stream, commits are whole and stand
// together, and the revisions of each stream are 1, 2, 3 and so on. What is in `data` is not looked at.
import { revisions } from './last-revisions.ts';

export interface Envelopes {
  /** Takes the next entry; says what is wrong with it. */
  readonly next: (entry: Uint8Array) => string | undefined;
  /** Entries are missing here: from now on nothing is said of what came before. */
  readonly skip: () => void;
  /** The log ends here; says what is wrong with that. */
  readonly end: () => string | undefined;
  readonly streams: () => number;
}

interface Commit {
  readonly subject: string;
  readonly revision: number;
  /** The place of its last event so far, and how many it has. */
  readonly n: number;
  readonly of: number;
}

export interface Envelope extends Commit {
  readonly id: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function envelopes(): Envelopes {
  const last = revisions();
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
    const known = whole || before !== undefined;
    before = { subject, revision, n, of };
    if (n > 1) {
      const follows =
        open?.subject === subject && open.revision === revision && open.of === of && open.n === n - 1;
      return follows || !known ? undefined : `${describe(event)} does not follow the one before it`;
    }
    const expected = last.get(subject) + 1;
    last.set(subject, revision);
    if (open) return `${describe(event)} stands within ${describe(open)}`;
    return revision === expected || !whole
      ? undefined
      : `${describe(event)} stands where revision ${expected} was to come`;
  }

  function skip(): void {
    [before, whole] = [undefined, false];
  }

  return {
    next,
    skip,
    end: () => (before && before.n < before.of ? `the log ends within ${describe(before)}` : undefined),
    streams: last.size,
  };
}

const describe = ({ subject, revision, n, of }: Commit): string =>
  `event ${n} of ${of} of revision ${revision} of ${subject}`;

const BEGINNING = new TextEncoder().encode('{"data":');
const ATTRIBUTES = new TextEncoder().encode(',"datacontenttype":');

/**
 * Or why it is none. Canonical JSON has `data` first and all other attributes after it, so that they are read without
 * it, in a third of the time. Of what is within strings nothing can be taken for them: its quotes are escaped.
 */
export function readEnvelope(entry: Uint8Array): Envelope | string {
  let at = entry.length - ATTRIBUTES.length;
  while (at >= 0 && !standsAt(entry, at, ATTRIBUTES)) at--;
  if (at < 0 || !standsAt(entry, 0, BEGINNING))
    return 'the entry is no event: it lacks the attributes of one';
  let event: Partial<Record<string, unknown>>;
  try {
    event = JSON.parse(`{${decoder.decode(entry.subarray(at + 1))}`) as typeof event;
  } catch (error) {
    return `the entry is no event: ${String(error)}`;
  }
  const { specversion, id, subject, type, revision, n, of } = event;
  if (
    specversion !== '1.0' ||
    typeof id !== 'string' ||
    typeof subject !== 'string' ||
    typeof type !== 'string'
  )
    return 'the entry is no event: it lacks the attributes of one';
  if (!isCount(revision) || !isCount(n) || !isCount(of) || n > of)
    return `the entry is no event: it says that it is ${String(n)} of ${String(of)} of revision ${String(revision)}`;
  if (!id.startsWith(`${subject}_`) || id.includes('_', subject.length + 1))
    return `event ${id} does not have an id of its stream, ${subject}`;
  return { id, subject, revision, n, of };
}

function standsAt(entry: Uint8Array, at: number, text: Uint8Array): boolean {
  let n = 0;
  while (n < text.length && entry[at + n] === text[n]) n++;
  return n === text.length;
}

/** Revisions and places count from 1, and fit where they are kept. */
const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 32;
