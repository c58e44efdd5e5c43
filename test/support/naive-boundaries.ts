// A second implementation of the rules of word boundaries, to check the archive's. It matches patterns in a text with a mark
// at the cut. It is slow, and shares no code with the archive.
const CUT = '\uE000';
const W = '[\\p{L}\\p{N}\\p{M}]';
const UNSPACED =
  /(?!\p{Nd})[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\p{sc=Java}\u3001-\u3029\u3030-\u303F\u309B\u309C\u30FC\uFF70\uFF9E\uFF9F]/u;
const APOSTROPHE = "['’‘‚‛‹›′‵`´ʹʻʼʽˊˋ՚׳＇｀]";
const QUOTE = `(?:["“”„‟«»″‶〃ʺˮ״＂]|${APOSTROPHE}{2})`;
const ACRONYM = `(?:["״”＂]|['’׳]{2})`;
const HYPHEN = '(?:[-‐‑\uFE63\uFF0D֊־](?:[^\\S\\r\\n]*[\\r\\n]\\s*)?)';
const MULTIPLIER = '[十百千万萬亿億兆만억조천백십]';
const MULTIPLIED = `\\p{Nd}(?:${MULTIPLIER}*${CUT}${MULTIPLIER}|${MULTIPLIER}+${CUT}\\p{Nd})`;

/** Returns a pattern with the cut before or after `joint`, between `left` and `right`. */
const around = (left: string, joint: string, right: string) =>
  new RegExp(`${left}(?:${CUT}${joint}|${joint}${CUT})${right}`, 'u');

const joints = (hyphens: 'join' | 'divide'): RegExp[] => [
  around('\\p{Nd}', `(?:[,.:/，．：／·\u066B\u066C]|${APOSTROPHE})`, '\\p{Nd}'),
  new RegExp(`(?<!${W})\\p{Nd}{1,3}(?:${CUT}\\s+|\\s+${CUT})\\p{Nd}{3}(?!\\p{Nd})`, 'u'),
  around('[nN]', APOSTROPHE, `[tT](?!${W})`),
  around('\\p{sc=Cyrl}', APOSTROPHE, '\\p{sc=Cyrl}'),
  around(
    '[\u0591-\u05BD\u05BF\u05C1-\u05C7\u05D0-\u05F2\uFB1D-\uFB4F]',
    `(?:${APOSTROPHE}|${ACRONYM})`,
    '[\u0591-\u05BD\u05BF\u05C1-\u05C7\u05D0-\u05F2\uFB1D-\uFB4F]',
  ),
  new RegExp(
    `[\u0591-\u05BD\u05BF\u05C1-\u05C7\u05D0-\u05F2\uFB1D-\uFB4F]['’׳]${CUT}['’׳][\u0591-\u05BD\u05BF\u05C1-\u05C7\u05D0-\u05F2\uFB1D-\uFB4F]`,
    'u',
  ),
  new RegExp(MULTIPLIED, 'u'),
  new RegExp(`(?:^|[^\\p{L}\\p{N}\\p{M}\\p{Pd}\u2212])[-‐‑−\uFE63\uFF0D]${CUT}\\p{Nd}`, 'u'),
  ...(hyphens === 'join' ? [around(W, HYPHEN, W)] : []),
];

/** Gaps of words that a line end divides at a hyphen or a soft hyphen. */
const DIVIDED = [
  /(?<=[\p{L}\p{M}])(?<!\p{Lm})(?:\u00AD[^\S\r\n]*[\r\n][\s\u00AD]*|\s*[\r\n]\s*\u00AD)(?=[\p{L}\p{M}])(?!\p{Lm})/gu,
  /(?<=[\p{L}\p{M}])(?<![가-힣])[-‐]\s*[\r\n]\s*(?=\p{L})(?![가-힣])/gu,
];
const SIGN = UNSPACED.source;
/** A character of a script that separates words by spaces. */
const SPACED = `(?:(?!${SIGN})${W})`;
/** Line ends between characters of a script without spaces, or a digit among them. */
const BROKEN = '[\\s\\p{DI}]*[\\r\\n][\\s\\p{DI}]*';
const WRAPPED = new RegExp(`(?<=${SIGN})${BROKEN}(?=${SIGN}|\\p{Nd})|(?<=\\p{Nd})${BROKEN}(?=${SIGN})`, 'gu');
const isDivided = (text: string, at: number): boolean =>
  DIVIDED.some((gap) =>
    [...text.matchAll(gap)].some(
      ({ 0: { length }, index }) =>
        index <= at && at <= index + length && !UNSPACED.test(`${text[index - 1]}${text[index + length]}`),
    ),
  );

function isInside(text: string, at: number, hyphens: 'join' | 'divide'): string | undefined {
  const joined = [text.slice(0, at), text.slice(at)].map((part) =>
    [...DIVIDED, WRAPPED].reduce((left, gap) => left.replaceAll(gap, ''), part),
  );
  const cut = joined
    .join(CUT)
    .replace(/[\p{DI}\u0640]/gu, '')
    .replace(new RegExp(APOSTROPHE, 'gu'), "'")
    .replace(/[ʺˮ]/gu, '″')
    .replace(/[\uFB00-\uFB06\uFB13-\uFB17\uFB50-\uFDFF\uFE70-\uFEFC]/gu, (shaped) => {
      const letters = shaped.normalize('NFKC').replaceAll('\u0640', '');
      return /^\p{L}/u.test(letters) ? letters : shaped;
    })
    .normalize('NFC');
  if (isDivided(text, at)) return cut;
  const [, left = '', right = ''] = new RegExp(`(.)${CUT}(.)`, 'su').exec(cut) ?? [];
  const isWord = (one: string) => new RegExp(`^(?!${APOSTROPHE})${W}$`, 'u').test(one) && !UNSPACED.test(one);
  if (isWord(left) && isWord(right)) return cut;
  const isSigns = (pattern: RegExp) => {
    const found = pattern.exec(cut)?.[0] ?? '';
    return found !== '' && !UNSPACED.test(found.replace(new RegExp(`${MULTIPLIER}|${APOSTROPHE}`, 'gu'), ''));
  };
  return joints(hyphens).some(isSigns) ? cut : undefined;
}

const PARTICLES = [/^[وف]?(?:[بك]?(?:ال)?|س|لل?)$/u, /^ו?(?:ש|כש|לכש|מש)?[בכלמ]?ה?$/u];

export function naivelyBegins(text: string, at: number, hyphens: 'join' | 'divide' = 'join'): boolean {
  const cut = isInside(text, at, hyphens);
  if (cut === undefined) return true;
  const inHebrew = `(?<=[\u0591-\u05BD\u05BF\u05C1-\u05C7\u05D0-\u05F2\uFB1D-\uFB4F])(?:${APOSTROPHE}|${ACRONYM})`;
  const start =
    hyphens === 'join' ? `(?<!${SPACED}|${SPACED}${HYPHEN}|${inHebrew})` : `(?<!${SPACED}|${inHebrew})`;
  const word = new RegExp(
    `${start}((?:${SPACED}|${inHebrew})*)${HYPHEN}?${CUT}${APOSTROPHE}*${QUOTE}?(${SPACED}*)`,
    'u',
  ).exec(cut);
  const before = (word?.[1] ?? '').replace(/[^\p{L}\p{N}]/gu, '');
  const rest = word?.[2] ?? '';
  const isEnough = /^\p{Nd}/u.test(rest) || (rest.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 2;
  if (before === '' || !isEnough) return false;
  return PARTICLES.some((particles) => particles.test(before));
}

export function naivelyEnds(text: string, at: number, hyphens: 'join' | 'divide' = 'join'): boolean {
  const cut = isInside(text, at, hyphens);
  if (cut === undefined) return true;
  if (new RegExp(MULTIPLIED, 'u').test(cut)) return false;
  return new RegExp(`(?:\\p{sc=Hang}${CUT}${W}|${W}${CUT}\\p{sc=Hang})`, 'u').test(cut);
}
