// Tests the dossier of a topic with more speakers than it lists: a merged actor counts for a listed speaker.
import { describe, expect, test } from 'vitest';
import { archiveOf } from '../../../support/archives/archive-of.ts';
import { merged, person, said, type Entry } from '../../../support/entries.ts';

const MAX_LISTED = 50;
const name = (n: number): string => `actor-s${String(n).padStart(3, '0')}`;

/** Makes `count` speakers: the last one speaks in 2025, all others in 2020. */
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
    /** The date on which each was last seen, in the directory of actors. */
    seen: new Map<string, string>(items.map(({ id, lastSeen }: any) => [id, lastSeen])),
  };
}

describe('a topic with more speakers than its dossier lists', () => {
  const last = name(MAX_LISTED + 4);

  test('the dossier of a topic counts an unlisted speaker who is merged into a listed one for that one', async () => {
    const { speakers, moreSpeakers, seen } = await dossierAfter(
      ...spoken(MAX_LISTED + 5),
      merged(last, name(0)),
    );
    expect(speakers[0]).toEqual({ actor: name(0), last: '2025-01-01' });
    expect(speakers.map(({ actor, last }) => [actor, last])).toEqual([...seen].slice(0, MAX_LISTED));
    expect(moreSpeakers).toBe(true);
  });

  test('the dossier of a topic lists a speaker beyond its limit if a listed one is merged into that speaker', async () => {
    const { speakers } = await dossierAfter(...spoken(MAX_LISTED + 5), merged(name(0), last));
    expect(speakers.at(-1)).toEqual({ actor: last, last: '2025-01-01' });
  });

  test('the dossier of a topic has no further speakers if the unlisted ones are merged into listed ones', async () => {
    const { speakers, moreSpeakers, seen } = await dossierAfter(
      ...spoken(MAX_LISTED + 1),
      merged(name(MAX_LISTED), name(7)),
    );
    expect(speakers.map(({ actor }) => actor)).toEqual([...seen.keys()]);
    expect(speakers[7]).toEqual({ actor: name(7), last: '2025-01-01' });
    expect(moreSpeakers).toBeUndefined();
  });
});
