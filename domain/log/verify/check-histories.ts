// Checks contents that were corrected or whose evidence was withdrawn, by folding their streams in further passes over
// the log. A pass keeps a bounded number of bytes in memory and leaves the other streams to the next pass.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { opinion, type OpinionState } from '../../recording/opinion.ts';
import { statement, type StatementState } from '../../recording/statement.ts';
import { changesWords, type Contents } from './check-contents.ts';
import type { EntryAt } from './entry-reader.ts';
import { readEnvelope } from './check-envelopes.ts';
import { parseEntry } from './parse-entry.ts';
import type { Faults } from './faults.ts';
import { revisionMap, type Revisions } from './last-revisions.ts';

/** The bytes of events after which a pass begins no further streams. */
const MAX_BYTES = 64 * 1_024 * 1_024;

type State = StatementState | OpinionState;

export async function checkHistories(
  entries: () => AsyncIterable<EntryAt>,
  { later, check }: Pick<Contents, 'later' | 'check'>,
  { report }: Pick<Faults, 'report'>,
  maxBytes = MAX_BYTES,
): Promise<void> {
  for (let wanted = later; wanted.size() > 0;)
    wanted = await checkPass(entries(), wanted, { check, report, maxBytes });
}

interface Pass extends Pick<Contents, 'check'>, Pick<Faults, 'report'> {
  readonly maxBytes: number;
}

/** Checks as many streams as fit into memory. Returns the others. */
async function checkPass(
  entries: AsyncIterable<EntryAt>,
  wanted: Revisions,
  { check, report, maxBytes }: Pass,
): Promise<Revisions> {
  const left = revisionMap();
  const held = new Map<string, { readonly state: State; readonly bytes: number }>();
  let total = 0;
  for await (const { position, bytes } of entries) {
    const envelope = readEnvelope(bytes);
    if (typeof envelope === 'string') continue;
    const { subject } = envelope;
    const end = wanted.get(subject);
    if (position >= end) continue;
    const event = parseEntry(bytes);
    if (typeof event === 'string') continue;
    const before = held.get(subject);
    if (!before && !(event.revision === 1 && event.n === 1)) continue;
    if (!before && total >= maxBytes) {
      left.set(subject, end);
      continue;
    }
    const state = evolve(before?.state ?? { status: 'none' }, event);
    if (state.status !== 'none' && changesWords(event))
      check(event, state.fields, state.evidence, (what) => report({ position, what }));
    total += bytes.length;
    if (position + 1 < end) held.set(subject, { state, bytes: (before?.bytes ?? 0) + bytes.length });
    else {
      held.delete(subject);
      total -= (before?.bytes ?? 0) + bytes.length;
    }
  }
  return left;
}

const evolve = (state: State, event: RecordedEvent): State =>
  event.subject.startsWith('statement-')
    ? statement.evolve(state as StatementState, event as Parameters<typeof statement.evolve>[1])
    : opinion.evolve(state as OpinionState, event as Parameters<typeof opinion.evolve>[1]);
