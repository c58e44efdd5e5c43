// Every filter of every list and dossier matches a naive search over all records, in random histories with corrections,
// retractions, speculation, merges and unmerges.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Commit } from '../../../../domain/ports.ts';
import { normalizeName } from '../../../../domain/projections/state/normalized-name.ts';
import { span } from '../../../../events/date.ts';
import { memoryArchive, type MemoryArchive } from '../../../support/stores/memory-archive.ts';
import { memoryBlobs } from '../../../support/stores/memory-blobs.ts';
import {
  articlesOf,
  attendeesOf,
  partiesNamedIn,
  naiveArchive,
  speakersOf,
  type NaiveArchive,
  type NaiveFilter,
  type NaiveThing,
} from '../../../support/archives/naive-archive.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import { seeded } from '../../../support/seeded.ts';

const TOPICS = ['peace', 'trade', 'g20'];
const KINDS = ['meeting', 'statement', 'opinion'] as const;

describe.each([1, 2, 3, 4, 5])('in history %i', (seed) => {
  let archive: MemoryArchive;
  let naive: NaiveArchive;
  let commits: readonly Commit[];
  let articles: string[];
  const random = seeded(seed);

  beforeAll(async () => {
    commits = randomCommits(seed, 200);
    naive = naiveArchive(commits);
    articles = [...new Set(commits.map(({ stream }) => stream))].filter((id) => id.startsWith('article-'));
    const texts = memoryBlobs();
    for (const id of articles) await texts.create(id.slice('article-'.length), Buffer.from('A text.'));
    archive = memoryArchive(texts);
    await archive.feed(commits);
    await archive.project();
    expect(naive.actors.some(({ id }) => naive.shown(id) !== id)).toBe(true);
  });

  const ask = async (path: string): Promise<any> => JSON.parse((await archive.get(path)).text);
  const idsOf = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);
  const actor = (): string => random.pick(naive.actors).id;
  const topic = (): string => random.pick(TOPICS);

  const some = (): NaiveFilter => {
    const maybe = <T>(value: () => T): T | undefined => (random.chance(0.3) ? value() : undefined);
    const filter = {
      kind: maybe(() => random.pick(KINDS)),
      actor: maybe(() => (random.chance(0.7) ? [actor()] : [actor(), actor()])),
      speaker: maybe(actor),
      addressee: random.chance(0.1) ? actor() : undefined,
      about: random.chance(0.1) ? actor() : undefined,
      topic: maybe(topic),
      certainty: maybe(() => random.pick(['asserted', 'reported', 'speculated'])),
      recordedBy: random.chance(0.1) ? 'editor:priya' : undefined,
      from: maybe(() =>
        random.pick(['2023-03-02', '2023-01', '2023-04', '[..2023-03-03]', '2022', '2022-12-02', '1960']),
      ),
      to: maybe(() => random.pick(['2023-03-02', '2023-02', '2022-12-01', '2023', '1969'])),
    };
    const { to, ...others } = JSON.parse(JSON.stringify(filter)) as NaiveFilter;
    // Reversed windows are refused.
    const begins = others.from === undefined ? undefined : span(others.from).earliest;
    return to === undefined || (begins ?? '') > (span(to).latest ?? '') ? others : { ...others, to };
  };
  const queryOf = (filter: NaiveFilter): string => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter))
      for (const each of [value].flat()) query.append(name, each);
    return query.toString();
  };

  test('the timeline has all matching records, by date', async () => {
    let found = 0;
    for (let run = 0; run < 60; run++) {
      const filter = some();
      const expected = idsOf(naive.list(filter));
      found += expected.length;
      expect(idsOf((await ask(`/timeline?${queryOf(filter)}`)).items), queryOf(filter)).toEqual(expected);
      const { items } = await ask(`/timeline?order=desc&${queryOf(filter)}`);
      expect(idsOf(items), queryOf(filter)).toEqual(expected.toReversed());
    }
    expect(found).toBeGreaterThan(100);
  });

  const shownOf = (ids: readonly string[]): Set<string> => new Set(ids.map(naive.shown));
  const countOf = (things: readonly NaiveThing[]) => {
    const kinds = Map.groupBy(
      things.filter(({ retracted }) => !retracted),
      ({ kind }) => `${kind}s`,
    );
    return Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]));
  };
  /** Removes counts of 0, which are equal to absent ones. */
  const nonzero = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  const lastOf = (things: readonly NaiveThing[]): string | undefined => {
    const seen = things.filter(
      ({ retracted, status }) => !retracted && !['announced', 'called-off'].includes(status),
    );
    return seen
      .map(({ date }) => span(date).sort)
      .toSorted()
      .at(-1);
  };
  const sortOf = (date: string | undefined) => (date === undefined ? undefined : span(date).sort);

  test('the directory of actors has each visible actor, with the counts of all actors merged into it', async () => {
    const { items } = await ask('/actors?limit=500');
    const expected = naive.actors
      .filter(({ id }) => naive.shown(id) === id)
      .toSorted((a, b) =>
        Buffer.compare(
          Buffer.from(`${normalizeName(a.name)}\t${a.id}`),
          Buffer.from(`${normalizeName(b.name)}\t${b.id}`),
        ),
      );
    expect(idsOf(items)).toEqual(idsOf(expected));
    for (const { id, counts, lastSeen, mergedFrom = [] } of items) {
      const part = naive.things.filter((thing) => shownOf(partiesNamedIn(thing)).has(id));
      expect(nonzero(counts), id).toEqual(countOf(part));
      const group = naive.actors.filter((each) => naive.shown(each.id) === id).map((each) => each.id);
      expect(sortOf(lastSeen), id).toBe(lastOf(part));
      expect(idsOf(mergedFrom).toSorted()).toEqual(group.filter((member) => member !== id).toSorted());
    }
  });

  test('the directory of actors is filtered by kind, topic and date', async () => {
    for (let run = 0; run < 20; run++) {
      const on = random.chance(0.6) ? topic() : undefined;
      const kind = random.chance(0.3) ? 'person' : undefined;
      const from = random.chance(0.5) ? random.pick(['2023-03-02', '2023-04']) : undefined;
      const query = queryOf(JSON.parse(JSON.stringify({ topic: on, kind, from })) as NaiveFilter);
      const within = naive
        .list({ ...(on ? { topic: on } : {}), ...(from ? { from } : {}) })
        .filter(({ retracted, status }) => !retracted && !['announced', 'called-off'].includes(status));
      const expected = naive.actors.filter(({ id, kind: own }) => {
        if (naive.shown(id) !== id || (kind !== undefined && own !== kind)) return false;
        const speaks = (thing: NaiveThing) =>
          thing.fields.certainty !== 'speculated' && shownOf(speakersOf(thing)).has(id);
        if (on !== undefined) return within.some(speaks);
        return from === undefined || within.some((thing) => shownOf(partiesNamedIn(thing)).has(id));
      });
      const { items } = await ask(`/actors?limit=500&${query}`);
      expect(idsOf(items).toSorted(), query).toEqual(idsOf(expected).toSorted());
    }
  });

  test('the directory of topics counts the records of each, and is filtered by speaker, kind and date', async () => {
    const { items } = await ask('/topics');
    const on = (name: string) => naive.list({ topic: name });
    expect(items.map(({ topic }: any) => topic)).toEqual(
      TOPICS.filter((name) => on(name).length > 0).toSorted(),
    );
    for (const { topic: name, counts, lastSeen } of items) {
      expect(nonzero(counts)).toEqual(countOf(on(name)));
      expect(sortOf(lastSeen)).toBe(lastOf(on(name)));
    }
    for (let run = 0; run < 20; run++) {
      const [speaker, kind] = [actor(), random.pick(KINDS)];
      const filter = { kind, ...(random.chance(0.5) ? { from: '2023-04' } : {}) };
      const spoken = TOPICS.filter((name) =>
        naive.list({ ...filter, topic: name, speaker }).some(({ retracted }) => !retracted),
      );
      const answer = await ask(`/topics?actor=${speaker}&${queryOf(filter)}`);
      expect(
        answer.items.map((each: any) => each.topic),
        `${speaker} ${queryOf(filter)}`,
      ).toEqual(spoken.toSorted());
    }
  });

  /** Returns the pairs that met, with counts, first and last dates; the smaller id is first. */
  const edgesWithin = (
    filter: NaiveFilter,
  ): Map<string, { meetings: number; first: string; last: string }> => {
    const edges = new Map<string, { meetings: number; first: string; last: string }>();
    for (const thing of naive.list(filter)) {
      const there = attendeesOf(thing, naive.shown);
      for (const [index, a] of there.entries()) {
        for (const b of there.slice(index + 1)) {
          const { meetings = 0, first = thing.date } = edges.get(`${a} ${b}`) ?? {};
          edges.set(`${a} ${b}`, { meetings: meetings + 1, first, last: thing.date });
        }
      }
    }
    return edges;
  };
  const edgesIn = ({ items }: any) =>
    new Map(
      items.map(({ between: [a, b], meetings, first, last }: any) => [
        `${a} ${b}`,
        { meetings, first, last },
      ]),
    );

  test('the network has all pairs that met, with merged actors as one, and is filtered by actor, topic and date', async () => {
    const filters: NaiveFilter[] = [
      {},
      { topic: topic() },
      { from: '2023-03-02', to: '2023-03-02' },
      { to: '2022-12' },
    ];
    for (const filter of filters) {
      const expected = edgesWithin(filter);
      expect(edgesIn(await ask(`/network?limit=500&${queryOf(filter)}`))).toEqual(expected);
      for (const { id } of naive.actors) {
        const own = [...expected].filter(([pair]) => pair.split(' ').includes(naive.shown(id)));
        const answer = await ask(`/network?limit=500&actor=${id}&${queryOf(filter)}`);
        expect(edgesIn(answer), id).toEqual(new Map(own));
      }
    }
  });

  test('the dossier of an actor has its counterparts, the most frequent first, and its latest records on each topic', async () => {
    for (const { id } of naive.actors) {
      const { actor: head, items, counterparts, stances } = await ask(`/actors/${id}/dossier?limit=500`);
      const root = naive.shown(id);
      expect(head.id).toBe(root);
      expect(idsOf(items)).toEqual(idsOf(naive.list({ actor: [id] })));
      const met = [...edgesWithin({})]
        .filter(([pair]) => pair.split(' ').includes(root))
        .map(([pair, edge]) => ({ actor: pair.split(' ').find((each) => each !== root) ?? '', ...edge }))
        .toSorted((a, b) => b.meetings - a.meetings || (a.actor < b.actor ? -1 : 1));
      expect(counterparts).toEqual(met);
      const lines = TOPICS.toSorted().map(
        (name) => [name, idsOf(naive.list({ topic: name, speaker: id }))] as const,
      );
      expect(stances.map((each: any) => [each.topic, idsOf(each.items), each.more ?? false])).toEqual(
        lines
          .filter(([, line]) => line.length > 0)
          .map(([name, line]) => [name, line.slice(-3), line.length > 3]),
      );
      const filter = { kind: random.pick(KINDS), topic: topic(), to: '2023-03-01' };
      const narrowed = await ask(`/actors/${id}/dossier?limit=500&${queryOf(filter)}`);
      expect(idsOf(narrowed.items)).toEqual(idsOf(naive.list({ ...filter, actor: [id] })));
    }
  });

  test('the dossier of a topic has its speakers, and the line of each', async () => {
    for (const name of TOPICS) {
      const { items, speakers, counts } = await ask(`/topics/${name}?limit=500`);
      expect(idsOf(items)).toEqual(idsOf(naive.list({ topic: name })));
      expect(nonzero(counts)).toEqual(countOf(naive.list({ topic: name })));
      const shown = naive.actors.map(({ id }) => id).filter((id) => naive.shown(id) === id);
      const expected = shown
        .map((id) => [id, naive.list({ topic: name, speaker: id })] as const)
        .filter(([, line]) => line.length > 0)
        .map(([id, line]) => [id, lastOf(line)]);
      expect(speakers.map((each: any) => [each.actor, sortOf(each.last)])).toEqual(
        expected.toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)),
      );
      const filter = { kind: random.pick(KINDS), actor: [actor()], from: '2023-03-02' };
      const narrowed = await ask(`/topics/${name}?limit=500&${queryOf(filter)}`);
      expect(idsOf(narrowed.items)).toEqual(idsOf(naive.list({ ...filter, topic: name })));
      const speaker = actor();
      const line = await ask(`/topics/${name}?limit=500&speaker=${speaker}&from=2023-01`);
      expect(idsOf(line.items)).toEqual(idsOf(naive.list({ topic: name, speaker, from: '2023-01' })));
    }
  });

  test('the dependents of an article are all records that cite it, or only those that cite no other article', async () => {
    for (const id of articles) {
      const resting = naive.things.filter((thing) => articlesOf(thing).has(id));
      const sole = resting.filter((thing) => articlesOf(thing).size === 1);
      expect(idsOf((await ask(`/articles/${id}/dependents`)).items)).toEqual(idsOf(resting).toSorted());
      expect(idsOf((await ask(`/articles/${id}/dependents?sole=true`)).items)).toEqual(
        idsOf(sole).toSorted(),
      );
    }
  });
});
