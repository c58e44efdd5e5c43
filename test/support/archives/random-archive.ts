// Makes an archive from a random history, folded in batches of random lengths.
import { articleKey } from '../../../domain/recording/stored-article.ts';
import type { Commit } from '../../../domain/ports.ts';
import { madeUpText, memoryArchive, type MemoryArchive } from '../stores/memory-archive.ts';
import { memoryBlobs, type MemoryBlobs } from '../stores/memory-blobs.ts';
import type { Known } from '../questions.ts';
import { randomCommits } from './random-commits.ts';
import { seeded } from '../seeded.ts';

/** Events of a history. */
const LENGTH = 140;

export interface History {
  readonly commits: readonly Commit[];
  readonly size: number;
  readonly known: Known;
  readonly articles: MemoryBlobs;
  /** The archive with the whole history, folded in batches of random lengths. */
  readonly whole: MemoryArchive;
}

async function historyOf(seed: number): Promise<History> {
  const commits = randomCommits(seed, LENGTH);
  const random = seeded(seed);
  const ids = [...new Set(commits.map(({ stream }) => stream))].filter((id) => id !== 'actor-merges');
  const of = (kind: string) => ids.filter((id) => id.startsWith(`${kind}-`));
  const known = {
    actors: of('actor'),
    articles: of('article'),
    things: ['meeting', 'statement', 'opinion'].flatMap(of),
  };
  const articles = memoryBlobs();
  const text = Array.from({ length: 400 }, (_, n) => `Sentence ${n} was printed. `).join('');
  for (const id of known.articles) await articles.create(articleKey(id), madeUpText(text, articleKey(id)));
  const whole = memoryArchive(articles);
  for (let at = 0; at < commits.length;) {
    const next = at + 1 + random.below(40);
    await whole.feed(commits.slice(at, next));
    await whole.project();
    at = next;
  }
  const size = commits.reduce((sum, { events }) => sum + events.length, 0);
  return { commits, size, known, articles, whole };
}

const histories = new Map<number, Promise<History>>();
/** Returns the history of a seed, which is made once per test file. */
export const history = (seed: number): Promise<History> => {
  const made = histories.get(seed) ?? historyOf(seed);
  histories.set(seed, made);
  return made;
};
