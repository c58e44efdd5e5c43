// The folds of all read models without a store: what each event's fold reads is found beforehand, and nothing is kept.
// Prints microseconds an event as JSON. Called as: <script> <events>.
import { readEvent, type RecordedEvent } from '../../events/envelope.ts';
import { views } from '../../domain/views/all.ts';
import { isFirst, isThing } from '../../domain/views/facts.ts';
import { First } from '../../domain/views/first.ts';
import type { Place, View } from '../../domain/views/view.ts';
import { history } from '../history/generate.ts';

export interface FoldFigures {
  readonly views: readonly { readonly name: string; readonly microseconds: number }[];
  readonly all: number;
}

const SEED = 1;
const ROUNDS = 3;
/** Views fold the same batch one after another, as they do in an archive. */
const BATCH = 2_048;
const [, , given] = process.argv;
const entries = [...history(SEED, Number(given))];
const begun = new Map(
  entries.filter(({ event }) => isFirst(event)).map(({ event, bytes }) => [event.subject, bytes]),
);

/** As they are read: each that is about a thing comes with the first event of it. */
function batchAt(from: number): (readonly [RecordedEvent, Place])[] {
  const firsts = new Map<string, First>();
  const firstOf = (event: RecordedEvent): First => {
    const { subject } = event;
    const read = () => (isFirst(event) ? event : readEvent(begun.get(subject) ?? new Uint8Array()));
    const first = firsts.get(subject) ?? new First(read());
    firsts.set(subject, first);
    return first;
  };
  return entries.slice(from, from + BATCH).map(({ position, bytes }) => {
    const event = readEvent(bytes);
    return [event, isThing(event) ? { position, first: firstOf(event) } : { position }];
  });
}

/** The bodies that the folds of these events read, in the order in which they read them. */
function readsOf(view: View): (object | undefined)[] {
  const rows = new Map<string, object>();
  const reads: (object | undefined)[] = [];
  const read = <B extends object>(partition: string, sort: string): B | undefined => {
    const body = rows.get(`${partition}\n${sort}`);
    reads.push(body);
    return body as B | undefined;
  };
  for (let from = 0; from < entries.length; from += BATCH) {
    for (const [event, place] of batchAt(from)) {
      for (const { partition, sort, body } of view.fold(event, read, place)) {
        if (body) rows.set(`${partition}\n${sort}`, body);
        else rows.delete(`${partition}\n${sort}`);
      }
    }
  }
  return reads;
}

const reads = new Map(views.map((view) => [view, readsOf(view)]));
const spent = new Map(views.map((view) => [view, 0]));

function round(): void {
  const next = new Map(views.map((view) => [view, 0]));
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = batchAt(from);
    for (const view of views) {
      const known = reads.get(view) ?? [];
      let at = next.get(view) ?? 0;
      const read = <B extends object>(): B | undefined => known[at++] as B | undefined;
      const began = performance.now();
      for (const [event, place] of batch) view.fold(event, read, place);
      spent.set(view, (spent.get(view) ?? 0) + performance.now() - began);
      next.set(view, at);
    }
  }
}

// The first is for the compiler.
for (let n = 0; n <= ROUNDS; n++) {
  if (n === 1) for (const view of views) spent.set(view, 0);
  round();
}
const figures = views.map((view) => ({
  name: view.name,
  microseconds: ((spent.get(view) ?? 0) * 1_000) / ROUNDS / entries.length,
}));
const all = figures.reduce((sum, { microseconds }) => sum + microseconds, 0);
process.stdout.write(`${JSON.stringify({ views: figures, all } satisfies FoldFigures)}\n`);
