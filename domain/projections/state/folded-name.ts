// Names of actors for sorting and comparing.

const MAX_NAME = 200;

/**
 * Marks without which a name is still the same, as one would type it: accents, and the points of Hebrew and Arabic. In
 * scripts of India and of Thailand marks are vowels, and in kana they make another syllable.
 */
const ACCENTS =
  /[[\p{M}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]/gv;

/** A name for sorting and comparing: without case, accents and points; decomposed, it may be long, and is cut. */
export const foldName = (name: string): string =>
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
