// `changedSince` matches the lists themselves: an item entered or left the list exactly if it is in only one of the two
// states.
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isSameJson } from '../../../../domain/recording/aggregate.ts';
import type { MemoryArchive } from '../../../support/stores/memory-archive.ts';
import { listsOf, withQuery } from '../../../support/questions.ts';
import { history } from '../../../support/archives/random-archive.ts';
import { seeded } from '../../../support/seeded.ts';

// These tests fold many events.
vi.setConfig({ testTimeout: 300_000 });

type Counts = Partial<Record<'meetings' | 'statements' | 'opinions', number>>;

interface Item extends Counts {
  readonly changes: readonly string[];
  readonly counts?: Counts;
  readonly before?: Counts;
}

/** Returns all items on all pages of a list, by name. */
async function itemsOf(archive: MemoryArchive, path: string): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  for (let next: string | undefined = path; next !== undefined;) {
    const answer = await archive.get(next);
    expect(answer.status, `${next}: ${answer.text}`).toBe(200);
    const page = JSON.parse(answer.text) as { items: (Item & Record<string, unknown>)[] };
    for (const item of page.items) {
      const name = String(item['id'] ?? item['topic'] ?? item['between']);
      expect(items.has(name), `${name} comes twice in ${path}`).toBe(false);
      items.set(name, item);
    }
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return items;
}

const says = (item: Item | undefined, ...changes: string[]): boolean =>
  item?.changes.some((change) => changes.includes(change)) ?? false;

/** Returns whether the list selects actors by their records, which are not changes of the actors. */
const byParts = (path: string): boolean => path.startsWith('/actors') && /topic=|from=|to=/.test(path);

/** Returns whether the changes of the list are changes of counts. */
const isCounted = (path: string): boolean => path.startsWith('/network') || path.startsWith('/topics');
const NUMBERS = ['meetings', 'statements', 'opinions'] as const;
const numbersIn = (counts: Counts): number[] => NUMBERS.map((name) => counts[name] ?? 0);
/** Returns the counts of a pair or a topic. */
const numbersOf = (item: Item | undefined): number[] => numbersIn(item?.counts ?? item ?? {});

describe('changes of a list', () => {
  test('changedSince lists exactly the items that entered, left or changed between the two states', async () => {
    const seen = { came: 0, left: 0, moved: 0 };
    const cases = fc.record({ seed: fc.integer({ min: 1, max: 6 }), run: fc.integer() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, run }) => {
        const { whole, known, size } = await history(seed);
        const random = seeded(run);
        const [since, now] = [random.below(size), random.below(size)].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        for (const path of [...listsOf(random, known), '/actors?kind=person']) {
          if (byParts(path)) continue;
          const limit = `limit=${random.pick([1, 3, 50])}`;
          const before = await itemsOf(whole, withQuery(path, `asOf=${since}`));
          const after = await itemsOf(whole, withQuery(path, `asOf=${now}`));
          const changed = await itemsOf(whole, withQuery(path, `changedSince=${since}&asOf=${now}&${limit}`));
          for (const name of new Set([...before.keys(), ...after.keys(), ...changed.keys()])) {
            const why = `${name} in ${path} of ${seed} between ${since} and ${now}`;
            const [was, is, item] = [before.has(name), after.has(name), changed.get(name)];
            const [came, left] = [says(item, 'added', 'entered', 'unmerged'), says(item, 'left', 'merged')];
            if (was !== is) expect([came, left], why).toEqual([is, was]);
            else if (was) {
              expect(came || left, why).toBe(false);
              seen.moved += item ? 1 : 0;
            }
            seen.came += !was && is ? 1 : 0;
            seen.left += was && !is ? 1 : 0;
            if (!isCounted(path) || !was) continue;
            const [then, numbers] = [numbersOf(before.get(name)), numbersOf(after.get(name))];
            if (is) expect(item !== undefined, why).toBe(!isSameJson(then, numbers));
            if (item) expect(numbersIn(item.before ?? {}), why).toEqual(then);
          }
        }
      }),
      { numRuns: 40 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});
