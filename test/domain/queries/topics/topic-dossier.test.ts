// The dossier of a topic on which more speak than it lists: who is merged into one of those it lists speaks there too.
import { describe, expect, test } from 'vitest';
import { archiveOf } from '../../../support/archives/archive-of.ts';
import { merged, person, said, type Entry } from '../../../support/entries.ts';

const MAX_LISTED = 50;
const name = (n: number): string => `actor-s${String(n).padStart(3, '0')}`;

/** So many speak in 2020, and a last one in 2025. */
const spoken = (count: number): Entry[] => {
  const ids = Array.from({ length: count }, (_, n) => name(n));
  return ids.flatMap((id, n) => {
    const madeOn = n < count - 1 ? '2020-01-01' : '2025-01-01';
    return [person(id), said(`statement-${n}`, { speakers: [{ actor: id }], madeOn, topics: ['many'] })];
  });
};

async function dossierAfter(...entries: Entry[]) {
  const ask = await archiveOf(entries);
  const { speakers, moreSpeakers } = (await ask('/topics/many')).body;
  const { items } = (await ask('/actors?topic=many&limit=500')).body;
  return {
    speakers: speakers as { actor: string; last: string }[],
    moreSpeakers: moreSpeakers as true | undefined,
    /** What the directory of actors says of each. */
    seen: new Map<string, string>(items.map(({ id, lastSeen }: any) => [id, lastSeen])),
  };
}

describe('of a topic with more speakers than are listed', () => {
  const last = name(MAX_LISTED + 4);

  test('one beyond those listed who is merged into one of them speaks there', async () => {
    const { speakers, moreSpeakers, seen } = await dossierAfter(
      ...spoken(MAX_LISTED + 5),
      merged(last, name(0)),
    );
    expect(speakers[0]).toEqual({ actor: name(0), last: '2025-01-01' });
    expect(speakers.map(({ actor, last }) => [actor, last])).toEqual([...seen].slice(0, MAX_LISTED));
    expect(moreSpeakers).toBe(true);
  });

  test('so does one into whom one of those listed is merged', async () => {
    const { speakers } = await dossierAfter(...spoken(MAX_LISTED + 5), merged(name(0), last));
    expect(speakers.at(-1)).toEqual({ actor: last, last: '2025-01-01' });
  });

  test('there are no more, where those beyond are merged into those listed', async () => {
    const { speakers, moreSpeakers, seen } = await dossierAfter(
      ...spoken(MAX_LISTED + 1),
      merged(name(MAX_LISTED), name(7)),
    );
    expect(speakers.map(({ actor }) => actor)).toEqual([...seen.keys()]);
    expect(speakers[7]).toEqual({ actor: name(7), last: '2025-01-01' });
    expect(moreSpeakers).toBeUndefined();
  });
});
