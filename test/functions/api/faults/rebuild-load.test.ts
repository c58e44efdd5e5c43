// Repeated rebuilds, promotions and rollbacks during writes and reads: no read fails, no list loses an item, and no
// position decreases.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  articleBody,
  openTestArchive,
  statementBody,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 300_000 });

const REBUILDS = 3;
const WRITERS = 3;
const READERS = 6;
/** Records before the first rebuild, enough for several steps. */
const RECORDED = 600;
/** Statements per speaker, few enough to read a list in one request. */
const OF_A_SPEAKER = 25;

let archive: TestArchive;
let article: string;

const speakerOf = (n: number): string => `actor-speaker-${Math.floor(n / OF_A_SPEAKER)}`;

async function introduce(id: string): Promise<void> {
  expect((await archive.post('/actors', { id, kind: 'person', name: id })).status).toBe(201);
}

beforeAll(async () => {
  archive = await openTestArchive();
  article = (await archive.post('/articles', articleBody)).body.id;
  for (let n = 0; n < RECORDED; n += OF_A_SPEAKER) await introduce(speakerOf(n));
  for (let batch = 0; batch < RECORDED; batch += 200) {
    const records = Array.from({ length: 200 }, (_, n) => ({
      kind: 'statement',
      key: `${batch + n}`,
      body: statementBody({ article, anna: speakerOf(batch + n) }),
    }));
    const { body } = await archive.post(`/articles/${article}/records`, { records });
    expect(body.records.filter(({ status }: any) => status !== 201)).toEqual([]);
  }
  await archive.settled();
});
afterAll(() => archive.close());

test('readers do not notice rebuilds, promotions and rollbacks during writes', async () => {
  const over = new AbortController();
  const counts = { writes: 0, reads: 0 };
  let said = RECORDED;
  /** Items that a list has shown, and the highest position of all answers: later requests must not see fewer. */
  const shown = new Map<string, Set<string>>();
  const shownOf = (speaker: string): Set<string> => {
    const known = shown.get(speaker) ?? new Set();
    shown.set(speaker, known);
    return known;
  };
  let position = -1;

  async function writer(): Promise<void> {
    while (!over.signal.aborted) {
      const n = said++;
      const speaker = speakerOf(n);
      if (n % OF_A_SPEAKER === 0) await introduce(speaker);
      const wait: Record<string, string> = n % 5 === 0 ? { Prefer: 'wait=30' } : {};
      const statement = statementBody({ article, anna: speaker });
      const { status, body, headers } = await archive.post('/statements', statement, wait);
      // Another writer may introduce this speaker later.
      if (status === 422 && body.type === 'urn:chancery:problem:unknown-reference') continue;
      expect(status, JSON.stringify(body)).toBe(201);
      // After `Prefer: wait`, every list must have it.
      if (headers.get('preference-applied') !== null) shownOf(speaker).add(body.id);
      counts.writes++;
    }
  }

  async function reader(n: number): Promise<void> {
    for (let round = n; !over.signal.aborted; round++) {
      const speaker = speakerOf((round * 7) % said);
      const known = [...shownOf(speaker)];
      const [atLeast, listed] = [position, new Set<string>()];
      let path: string | undefined = `/statements?speaker=${speaker}&limit=15`;
      for (let first: number | undefined; path !== undefined;) {
        const { status, body, headers, text } = await archive.get(path);
        expect(status, text).toBe(200);
        first ??= body.position;
        // All pages of a list have one position, and positions never decrease.
        expect(body.position).toBe(first);
        expect(body.position).toBeGreaterThanOrEqual(atLeast);
        for (const { id } of body.items) listed.add(id);
        position = Math.max(position, body.position);
        path = /<([^>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
        counts.reads++;
      }
      expect(
        known.filter((id) => !listed.has(id)),
        `what ${speaker} said`,
      ).toEqual([]);
      for (const id of listed) shownOf(speaker).add(id);
    }
  }

  async function operator(): Promise<void> {
    for (let rebuild = 1; rebuild <= REBUILDS; rebuild++) {
      const { status, headers } = await archive.post('/projections/timeline/rebuilds', {});
      expect(status).toBe(202);
      const seen = () => archive.get(headers.get('location') ?? '');
      for (let { body } = await seen(); body.phase !== 'switched'; { body } = await seen()) {
        expect(body.phase).toMatch(/folding|comparing|switching/);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { body } = await archive.get('/projections/timeline');
      const back = await archive.post('/projections/timeline/rollbacks', { to: body.kept[0].generation });
      expect([back.status, back.body.generation], back.text).toEqual([200, body.kept[0].generation]);
    }
  }

  const others = [
    ...Array.from({ length: WRITERS }, writer),
    ...Array.from({ length: READERS }, (_, n) => reader(n)),
  ];
  try {
    await Promise.race([operator(), Promise.all(others)]);
  } finally {
    over.abort();
  }
  await Promise.all(others);
  console.log(`${REBUILDS} rebuilds during ${counts.writes} writes and ${counts.reads} reads`);
  expect(counts.writes).toBeGreaterThan(REBUILDS);
  expect(counts.reads).toBeGreaterThan(REBUILDS);
  expect(archive.alarms).toEqual([]);

  // The final rows equal those of a fold of the log.
  await archive.post('/projections/timeline/rebuilds', {});
  await archive.settled();
  const { body } = await archive.get('/projections/timeline/rebuilds?limit=1');
  expect(body.rebuilds[0]).toMatchObject({
    phase: 'switched',
    drift: { missing: 0, extra: 0, different: 0 },
  });
});
