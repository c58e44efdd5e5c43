// What a thing rests on follows from the order of its sources and from its evidence.
import { expect, test } from 'vitest';
import { history } from '../../../bench/history/generate.ts';
import { groundsOf } from '../../../domain/projections/sources.ts';
import { evolve, stateName, type StreamState } from '../../../domain/projections/stream.ts';
import { isThing } from '../../../domain/projections/thing.ts';
import { grounds, type Grounds } from '../../../domain/views/grounds.ts';
import { readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { randomCommits } from '../../support/random-commits.ts';

const HISTORIES: [string, () => RecordedEvent[]][] = [
  ...[1, 2, 3, 4].map((seed): [string, () => RecordedEvent[]] => [
    `random history ${seed}`,
    () => randomCommits(seed, 600).flatMap(({ events }) => events.map(readEvent)),
  ]),
  ['the history of a desk of editors', () => [...history(3, 3_000)].map(({ event }) => event)],
];

test.each(HISTORIES)(
  'passages by article are those that are folded event by event, in the same order: %s',
  (_what, events) => {
    const states = new Map<string, StreamState>();
    const expected = new Map<string, Grounds>();
    let compared = 0;
    for (const event of events()) {
      const name = stateName(event);
      const state = evolve(states.get(name), event);
      states.set(name, state);
      if (!isThing(state)) continue;
      const folded = grounds(expected.get(name), event);
      expected.set(name, folded);
      expect(JSON.stringify(groundsOf(state.sources, state.life.evidence))).toBe(JSON.stringify(folded));
      compared++;
    }
    expect(compared).toBeGreaterThan(300);
  },
);
