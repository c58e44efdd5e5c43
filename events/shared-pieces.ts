// Schemas that events share: ids, text, parties, evidence, words, dates, places ("Shared pieces" in the vocabulary).
// Events are validated when they are written and again when they are read.
import countries from 'i18n-iso-countries';
import { z } from 'zod';
import { parseDate } from './date.ts';

/** Returns true if a text contains more than white space, control and zero-width characters. */
export const isVisible = (value: string): boolean => /[^\s\p{Cc}\p{Cf}\p{DI}]/u.test(value);

/** Returns a schema for visible text of 1 to `max` Unicode code points without lone surrogates. HTML is not parsed. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed(), 'has a lone surrogate: send well-formed Unicode')
    .refine(isVisible, 'is blank: omit the field or send visible text');

/** Returns a schema like `text`, for one line without control characters. */
export const line = (max: number) =>
  text(max).refine(
    (value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value),
    'has a control character or a line break: send one line of text',
  );

const SLUG = '[a-z0-9]+(?:-[a-z0-9]+)*';

export type Kind = 'article' | 'meeting' | 'statement' | 'opinion' | 'actor';

/** Returns a schema for ids, which also name streams: `meeting-` and a slug, at most 64 characters (articles: 72). */
const id = (kind: string) =>
  z
    .string()
    .max(kind.startsWith('article') ? 72 : 64)
    .regex(
      new RegExp(`^(?:${kind})-${SLUG}$`),
      `must be an id such as ${kind.split('|')[0]}-… of a-z, 0-9 and single hyphens`,
    );

/** One stream contains all merges of actors, so that concurrent merges cannot create a cycle. */
export const ACTOR_MERGES = 'actor-merges';

export const articleId = id('article');
export const meetingId = id('meeting');
export const statementId = id('statement');
export const opinionId = id('opinion');
export const actorId = id('actor').refine(
  (value) => value !== ACTOR_MERGES,
  `${ACTOR_MERGES} is a reserved name`,
);
export const recordId = id('meeting|statement|opinion');
/** A stream, including the stream of merges. */
export const stream = id('article|actor|meeting|statement|opinion').refine(
  (value) => value.startsWith('article-') || value.length <= 64,
  'has more than 64 characters',
);
export const streamId = stream.refine(
  (value) => value !== ACTOR_MERGES,
  `${ACTOR_MERGES} is a reserved name`,
);

export const topic = z
  .string()
  .max(64)
  .regex(new RegExp(`^${SLUG}$`), 'must be a slug: a-z, 0-9 and single hyphens');

/** An EDTF date in normal form, local to the place of the event. */
export const date = z
  .string()
  .superRefine((value, context) => {
    const parsed = parseDate(value);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
  })
  .describe('EDTF, local to where it happened: 2023-03-03, 2023-03, 2023-03-02/2023-03-03, [..2023-03-03]');

/** Cache of canonical languages, because canonicalizing costs more than all other checks of a statement. */
const canonicalLanguages = new Set<string>();
const MAX_CANONICAL_LANGUAGES = 500;

/** A BCP 47 tag in the canonical form of RFC 5646 section 4.5. */
export const language = z
  .string()
  .max(35)
  .superRefine((value, context) => {
    if (canonicalLanguages.has(value)) return;
    const canonical = canonicalLanguage(value);
    if (canonical === value) {
      if (canonicalLanguages.size < MAX_CANONICAL_LANGUAGES) canonicalLanguages.add(value);
      return;
    }
    const message = canonical
      ? `write this language as ${canonical}`
      : 'must be a BCP 47 language tag such as en or pt-BR';
    context.addIssue({ code: 'custom', message });
  })
  .describe('BCP 47, in its canonical form');

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Returns the canonical form of a tag; undefined if the tag is malformed or ISO 639 lacks its language. */
function canonicalLanguage(value: string): string | undefined {
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(value);
    const [primary = ''] = canonical.split('-');
    if (primary.length > 3 || (primary.length === 2 && LANGUAGE_NAMES.of(primary) === undefined))
      return undefined;
    return canonical;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const ALPHA_2 = new Set(Object.keys(countries.getAlpha2Codes()));

/** An ISO 3166-1 alpha-2 code. */
export const country = z
  .string()
  .refine((value) => ALPHA_2.has(value), 'must be an ISO 3166-1 alpha-2 code such as IN')
  .describe('ISO 3166-1 alpha-2');

/** A speaker, participant or author: an actor of the archive, or a person or body that the source only describes. */
export const party = z
  .strictObject({
    actor: actorId.exactOptional(),
    description: line(300).exactOptional(),
    printed: line(300).exactOptional(),
    capacity: line(300).exactOptional(),
    for: actorId.exactOptional(),
  })
  .refine(
    (value) => (value.actor === undefined) !== (value.description === undefined),
    'must have exactly one of actor (an id) or description (as the source describes them)',
  )
  .describe('Either actor (an id) or description (as the source describes them), never both');
export type Party = z.infer<typeof party>;

export const place = z.strictObject({ printed: line(300), country: country.exactOptional() });

export const regarding = z.strictObject({
  id: recordId,
  relation: z.enum(['about', 'answers', 'confirms', 'denies', 'rejects', 'repeats']),
});

export const certainty = z.enum(['asserted', 'attributed', 'reported', 'alleged', 'speculated']);
export type Certainty = z.infer<typeof certainty>;

export const stance = z.enum(['supports', 'disputes']);
/** The part of an article that contains a passage. Absent means its text. */
export const part = z.enum(['text', 'title']);

/** The typography by which an article marks speech without quotation marks. */
export const setOff = z
  .enum(['post', 'block', 'list', 'headline'])
  .describe('The article marks these words as speech by other means than quotation marks');

/** Evidence as input: a W3C Web Annotation TextQuoteSelector into an article. */
export const evidenceInput = z.strictObject({
  articleId,
  exact: text(20_000),
  prefix: text(1_000).exactOptional(),
  suffix: text(1_000).exactOptional(),
  in: part.exactOptional(),
  for: z
    .array(
      z
        .string()
        .max(40)
        .regex(/^[a-zA-Z]+$/),
    )
    .min(1)
    .max(20)
    .exactOptional(),
  stance: stance.exactOptional(),
  setOff: setOff.exactOptional(),
});
export type EvidenceInput = z.infer<typeof evidenceInput>;

/** Recorded evidence with its TextPositionSelector, in Unicode code points of the archived text. `end` is exclusive. */
export const evidence = evidenceInput.extend({ start: z.int().min(0), end: z.int().min(1) });
export type Evidence = z.infer<typeof evidence>;

export type EvidenceSchema = typeof evidenceInput | typeof evidence;

/** Maximum lengths of lists in an event. With the limits on text, they keep each row of a read model below 32 KB. */
export const MAX = {
  participants: 100,
  parties: 40,
  topics: 20,
  about: 40,
  regarding: 20,
  attributedBy: 10,
  evidence: 50,
  aliases: 100,
} as const;

export const parties = z.array(party).max(MAX.parties);
export const atLeastTwoParties = z
  .array(party)
  .max(MAX.participants)
  .min(2, 'a meeting needs at least two parties: name or describe each');
export const topics = z.array(topic).max(MAX.topics);
export const about = z.array(actorId).max(MAX.about);
export const attributedBy = z.array(party).max(MAX.attributedBy);
export const regardings = z.array(regarding).max(MAX.regarding);

/** Returns a schema for a list with at least one supporting piece of evidence. */
export const evidenceList = <E extends EvidenceSchema>(of: E) =>
  z
    .array(of)
    .min(1, 'is empty: send at least one passage of an archived article that supports this')
    .max(MAX.evidence)
    .refine(
      (list) => list.some(supports),
      'no piece of evidence supports this: send at least one that does not dispute it',
    );

export const supports = (piece: { stance?: 'supports' | 'disputes' }): boolean => piece.stance !== 'disputes';

/** Returns the fields for the words of a statement or an opinion: `content` is verbatim, `summary` is not verified. */
export const words = <E extends EvidenceSchema>(of: E) => ({
  content: text(20_000),
  form: z.enum(['direct', 'mixed', 'indirect']),
  language,
  summary: text(2_000).describe('A paraphrase in the archive’s own words; not checked').exactOptional(),
  translatedFrom: language.exactOptional(),
  original: z.strictObject({ content: text(20_000), language, evidence: of }).exactOptional(),
});

/** Returns the fault of an attribution, or undefined. Attributed and speculated claims must name their origin. */
export function attributionProblem(value: {
  certainty: Certainty;
  attributedBy: Party[];
}): string | undefined {
  if (value.attributedBy.length > 0) return undefined;
  if (value.certainty === 'attributed')
    return 'certainty "attributed" needs attributedBy: name the party to which the source attributes it';
  if (value.certainty === 'speculated')
    return 'certainty "speculated" needs attributedBy: name the party that speculates';
  return undefined;
}
