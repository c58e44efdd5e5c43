// Finds the passage most similar to a quotation that its source does not contain, and the words that differ.
// One pass finds candidates by shared letter sequences; the expensive word comparison runs on candidates only.

import { commonSequences } from './common-sequences.ts';
import { normalizeText, type NormalizedText, lowered } from '../normalization/normalize-text.ts';
import { offsetOfLongestRun } from './longest-run.ts';
import { eachOccurrence, type CountSteps } from '../occurrences.ts';
import { isBoundary, type Nearest, type Passage, passageAt, sliceOf } from '../text-offsets.ts';
import { onOneLine, sameLetters } from './spelling.ts';
import { trimmed } from '../normalization/units.ts';
import { align, type Alignment, isSamePair, WORD_COST, sharedEnds } from './word-alignment.ts';
import { wholeWords } from '../boundaries/whole-words.ts';
import { MAX_WORD_LENGTH, type Words, wordsOf } from '../boundaries/words.ts';

const MAX_CANDIDATES = 4;
const MAX_DIFFERENCES = 5;

/** Returns the most similar passage and its differences; undefined if no passage is similar. */
export function nearestPassage(
  source: NormalizedText,
  quoted: NormalizedText,
  spend: CountSteps,
): Nearest | undefined {
  const best = bestAlignment(source, quoted, spend);
  if (best !== undefined && isSimilar(best)) return describe(best);
  // A few words are not enough for an alignment: all their letters must match.
  spend(source.units.length + quoted.units.length);
  const passage = sameLetters(source, quoted);
  return passage && { passage, differences: [{ quoted: quoted.text.trim(), source: passage.exact }] };
}

/** Returns the most similar form of a name in the source, regardless of case; undefined if no form is similar. */
export function nearestName(source: NormalizedText, value: string): string | undefined {
  const [text, name] = [lowered(source), lowered(normalizeText(value))];
  const pattern = trimmed(name.units);
  let partOfWord: Passage | undefined;
  eachOccurrence(text, pattern, ignore, (at) => {
    partOfWord ??= wholeWords(text, at, at + pattern.length, 'divide').passage;
  });
  const passage =
    partOfWord ?? sameLetters(text, name, 'divide') ?? nearestPassage(text, name, ignore)?.passage;
  return passage && onOneLine(passage.exact);
}
const ignore: CountSteps = () => {};

/** Returns the first alignment that differs in at most one word; otherwise the cheapest of all. */
function bestAlignment(
  source: NormalizedText,
  quoted: NormalizedText,
  spend: CountSteps,
): Alignment | undefined {
  const ids = new Map<string, number>();
  const quote = wordsOf(quoted, 0, quoted.units.length, ids);
  const { length } = quoted.units;
  const margin = length + MAX_WORD_LENGTH;
  let best: Alignment | undefined;
  for (const start of candidates(source, quoted.units, spend)) {
    const words = wordsOf(source, Math.max(0, start - margin), start + length + margin, ids);
    const first = words.to.findIndex((to) => to > start);
    spend(length + 2 * margin);
    // The candidate's start is exact in ordinary text. In repetitive text, the longest common run aligns it.
    for (const offset of [Math.max(0, first), offsetOfLongestRun(quote.ids, words.ids, spend)]) {
      const alignment = align(quote, words, offset, spend);
      if (best === undefined || alignment.cost < best.cost) best = alignment;
      if (best.cost <= WORD_COST) return best;
    }
  }
  return best;
}

/** Returns the starts of the windows that share most letter sequences with the pattern, best first. */
function candidates(source: NormalizedText, pattern: Uint16Array, spend: CountSteps): number[] {
  const ranked: { at: number; score: number }[] = [];
  let block = { index: -1, at: 0, score: 0 };
  const settle = () => {
    if (block.score === 0) return;
    const rank = ranked.findIndex(({ score }) => score < block.score);
    ranked.splice(rank === -1 ? ranked.length : rank, 0, { at: block.at, score: block.score });
    if (ranked.length > MAX_CANDIDATES) ranked.pop();
  };
  commonSequences(source.units, pattern, spend, (end, score) => {
    const index = Math.floor(end / pattern.length);
    if (index !== block.index) {
      settle();
      block = { index, at: 0, score: 0 };
    }
    if (score > block.score) {
      block.at = Math.max(0, end - pattern.length);
      block.score = score;
    }
  });
  settle();
  return ranked.map(({ at }) => at);
}

/** Returns true if both share two words or eight letters, and at least a fifth of the quotation. */
function isSimilar(alignment: Alignment): boolean {
  const { quote, source, pairs } = alignment;
  let letters = 0;
  let wholeWords = 0;
  for (const pair of pairs) {
    const [left = '', right = ''] = [quote.normalizes[pair.quoted], source.normalizes[pair.source]];
    if (isSamePair(alignment, pair)) {
      letters += left.length;
      if (quote.isWord[pair.quoted] === true) wholeWords += 1;
    } else {
      const shared = sharedEnds(left, right);
      if (shared >= 4) letters += shared;
    }
  }
  return (letters >= 8 || wholeWords >= 2) && letters * 5 >= quote.normalized.units.length;
}

function describe(alignment: Alignment): Nearest | undefined {
  const passage = passageOf(alignment);
  if (passage === undefined) return undefined;
  const differences = differencesOf(alignment);
  if (differences.length === 0) differences.push(spacing(alignment) ?? whole(alignment, passage));
  return { passage, differences };
}

/** Returns the first pair of words with a space between them in only one of the two texts. */
function spacing({ quote, source, pairs }: Alignment): Nearest['differences'][number] | undefined {
  const both = pairs.find(
    ({ quoted, source: at }, index) =>
      index > 0 && quoted > 0 && at > 0 && isSpaced(quote, quoted) !== isSpaced(source, at),
  );
  if (both === undefined) return undefined;
  return {
    quoted: textOf(quote, [both.quoted - 1, both.quoted]),
    source: textOf(source, [both.source - 1, both.source]),
  };
}

const isSpaced = (words: Words, at: number): boolean => (words.from[at] ?? 0) > (words.to[at - 1] ?? 0);

const whole = ({ quote }: Alignment, { exact }: Passage) => ({
  quoted: quote.normalized.text.trim(),
  source: exact,
});

/** Returns the passage from the first to the last aligned word of the source. */
function passageOf(alignment: Alignment): Passage | undefined {
  const { quote, source, pairs } = alignment;
  const covered = pairs.filter((pair) => pair.source >= 0);
  const [first, last] = [covered.at(0), covered.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  let from = source.from[first.source] ?? 0;
  let to = source.to[last.source] ?? 0;
  // The passage begins or ends inside a word if the script allows that for the quotation.
  if (first.quoted === 0 && isSamePair(alignment, first)) {
    from = Math.max(from, (source.to[first.source] ?? 0) - (quote.normalizes[0] ?? '').length);
  }
  if (last.quoted > 0 && last.quoted === quote.normalizes.length - 1 && isSamePair(alignment, last)) {
    to = Math.min(to, (source.from[last.source] ?? 0) + (quote.normalizes.at(-1) ?? '').length);
  }
  while (!isBoundary(source.normalized, from)) from -= 1;
  while (!isBoundary(source.normalized, to)) to += 1;
  return passageAt(source.normalized, from, to);
}

/** Returns one difference for each run of unequal pairs. */
function differencesOf(alignment: Alignment): Nearest['differences'] {
  const { quote, source, pairs } = alignment;
  const differences: Nearest['differences'] = [];
  let from = 0;
  for (let at = 0; at <= pairs.length && differences.length < MAX_DIFFERENCES; at += 1) {
    const pair = pairs[at];
    if (pair !== undefined && !isSamePair(alignment, pair)) continue;
    const differing = pairs.slice(from, at);
    if (differing.length > 0) {
      differences.push({
        quoted: textOf(
          quote,
          differing.map(({ quoted }) => quoted),
        ),
        source: textOf(
          source,
          differing.map(({ source }) => source),
        ),
      });
    }
    from = at + 1;
  }
  return differences;
}

/** Returns the text from the first to the last of the words at these indexes. */
function textOf(words: Words, indexes: readonly number[]): string {
  const chosen = indexes.filter((at) => at >= 0);
  const [first, last] = [chosen.at(0), chosen.at(-1)];
  if (first === undefined || last === undefined) return '';
  return sliceOf(words.normalized, words.from[first] ?? 0, words.to[last] ?? 0);
}
