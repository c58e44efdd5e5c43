// Makes random histories as commits. Some commits have several events. The clocks of the servers that record them
// differ by minutes.
import { canonicalBytes, commitBytes, readEvent } from '../../../events/envelope.ts';
import { schemas, type NewEvent } from '../../../events/vocabulary.ts';
import type { Commit } from '../../../domain/ports.ts';
import { uuid } from './written-history.ts';
import { happening, nextOf, nothingYet, type Happening } from './random-history.ts';

/** Returns commits in log order with at least `length` events in total. */
export function randomCommits(seed: number, length: number): Commit[] {
  const archive = nothingYet(seed);
  const { random, things } = archive;
  const revisions = new Map<string, number>();
  const commits: Commit[] = [];
  for (let n = 0; n < length;) {
    const all: Happening[] = [happening(archive, n)];
    const [[stream] = ['']] = all;
    const thing = things.find(({ id }) => id === stream);
    const more = random.pick([0, 0, 0, 0, 1, 1, 2, 3]);
    if (thing) all.push(...Array.from({ length: more }, () => nextOf(archive, thing)));
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    const time = new Date(Date.UTC(2023, 2, 4) + n * 61_000 - random.below(300_000)).toISOString();
    const recordedBy = random.pick(['editor:priya', 'editor:tomas']);
    const events = all.map(([, type, data]) => ({ type, data: schemas[type].parse(data) }) as NewEvent);
    const ids = events.map((_, index) => `${stream}_${uuid(n + index)}`);
    commits.push({
      stream,
      revision,
      events: commitBytes({ stream, revision, time, recordedBy }, events, ids),
    });
    n += events.length;
  }
  return commits;
}

/** Returns the commits with the first `size` events. The last commit may be truncated. */
export function firstOf(commits: readonly Commit[], size: number): Commit[] {
  const first: Commit[] = [];
  let left = size;
  for (const commit of commits) {
    if (left <= 0) break;
    first.push(left < commit.events.length ? begun(commit, left) : commit);
    left -= commit.events.length;
  }
  return first;
}

const begun = ({ events, ...commit }: Commit, count: number): Commit => ({
  ...commit,
  events: events.slice(0, count).map((bytes) => canonicalBytes({ ...readEvent(bytes), of: count })),
});
