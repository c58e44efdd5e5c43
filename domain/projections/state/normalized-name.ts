// Normalizes names of actors to sort and compare them.

const MAX_NAME = 200;

/**
 * Marks that users often do not type: accents, and the points of Hebrew and Arabic. Marks of other scripts stay, because
 * they are vowels (India, Thailand) or make another syllable (kana).
 */
const ACCENTS =
  /[[\p{M}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]/gv;

/** Returns a name without case, accents, points and punctuation, of at most 200 code points. */
export const normalizeName = (name: string): string =>
  Array.from(
    name
      .normalize('NFKD')
      .replace(ACCENTS, '')
      .replace(/[.’'-]/g, '')
      .toLowerCase()
      .trim(),
  )
    .slice(0, MAX_NAME)
    .join('');
