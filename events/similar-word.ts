// Suggests the intended word for a mistyped key, field or name.

/** Returns the candidate with the smallest edit distance: at most one edit in three characters, otherwise undefined. */
export function similarWord(word: string, candidates: Iterable<string>): string | undefined {
  const maxDistance = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let minDistance = maxDistance + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= minDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= minDistance) continue;
    [nearest, minDistance] = [candidate, distance];
  }
  return nearest;
}

/** Counts the insertions, deletions, replacements and swaps of neighbours between two words. */
export function editDistance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  let before = last;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, (before[j - 2] ?? 0) + 1);
      row.push(distance);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Returns a suggestion to append to a message; empty if no candidate is similar. */
export function didYouMean(word: string, candidates: Iterable<string>, sign = ''): string {
  const meant = similarWord(word, candidates);
  return meant === undefined ? '' : `; did you mean ${sign}${meant}?`;
}
