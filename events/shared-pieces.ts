// The pieces that events share: ids, text, parties, evidence, words, dates, places (VOCABULARY's "Shared pieces").
// Every schema here is checked when an event is written and again when it is read.
import countries from 'i18n-iso-countries';
import { z } from 'zod';
import { parseDate } from './date.ts';

/** Has it anything to see? White space, control and zero-width characters alone are nothing. */
export const isVisible = (value: string): boolean => /[^\s\p{Cc}\p{Cf}\p{DI}]/u.test(value);

/** Text of 1 to `max` Unicode code points, not blank, without lone surrogates. HTML in it is text. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed(), 'has a lone surrogate: send well-formed Unicode')
    .refine(isVisible, 'is blank: leave the field out or say something');

/** As `text`, on one line and without control characters. */
export const line = (max: number) =>
  text(max).refine(
    (value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value),
    'has a control character or a line break',
  );

const SLUG = '[a-z0-9]+(?:-[a-z0-9]+)*';

export type Kind = 'article' | 'meeting' | 'statement' | 'opinion' | 'actor';

/** The id of a thing, which is the id of its stream: `meeting-` and a slug, at most 64 characters (an article's, 72). */
const id = (kind: string) =>
  z
    .string()
    .max(kind.startsWith('article') ? 72 : 64)
    .regex(
      new RegExp(`^(?:${kind})-${SLUG}$`),
      `must be an id such as ${kind.split('|')[0]}-… of a-z, 0-9 and single hyphens`,
    );

/** All merges of actors live in one stream, so that they can't race into a loop. */
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
/** Any stream, that of merges included. */
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

/** An EDTF date, local to where it happened; a value that is not in EDTF's normal form is refused. */
export const date = z
  .string()
  .superRefine((value, context) => {
    const parsed = parseDate(value);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
  })
  .describe('EDTF, local to where it happened: 2023-03-03, 2023-03, 2023-03-02/2023-03-03, [..2023-03-03]');

/** Languages that were found canonical: to ask again costs more than all other checks of a statement. */
const known = new Set<string>();
const MAX_KNOWN = 500;

/** BCP 47, in the form that RFC 5646 section 4.5 calls canonical. */
export const language = z
  .string()
  .max(35)
  .superRefine((value, context) => {
    if (known.has(value)) return;
    const canonical = canonicalLanguage(value);
    if (canonical === value) {
      if (known.size < MAX_KNOWN) known.add(value);
      return;
    }
    const message = canonical
      ? `write this language as ${canonical}`
      : 'must be a BCP 47 language tag such as en or pt-BR';
    context.addIssue({ code: 'custom', message });
  })
  .describe('BCP 47, in its canonical form');

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** The canonical form; undefined where it is no tag, or its language is none of ISO 639's. */
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

/** ISO 3166-1 alpha-2. */
export const country = z
  .string()
  .refine((value) => ALPHA_2.has(value), 'must be an ISO 3166-1 alpha-2 code such as IN')
  .describe('ISO 3166-1 alpha-2');

/** Somebody, wherever they stand: an actor of the archive, or somebody whom the source only describes. */
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
/** Where in an article a passage stands: in its text, unless it says its title. */
export const part = z.enum(['text', 'title']);

/** How an article sets spoken words off without quotation marks. */
export const setOff = z
  .enum(['post', 'block', 'list', 'headline'])
  .describe('The article sets these words off as speech, without quotation marks');

/** Evidence as given: a W3C Web Annotation TextQuoteSelector into an article. */
export const evidenceGiven = z.strictObject({
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
export type EvidenceGiven = z.infer<typeof evidenceGiven>;

/** Evidence as recorded, with its TextPositionSelector: Unicode code points of the archived text, `end` exclusive. */
export const evidence = evidenceGiven.extend({ start: z.int().min(0), end: z.int().min(1) });
export type Evidence = z.infer<typeof evidence>;

export type EvidenceSchema = typeof evidenceGiven | typeof evidence;

/** The most that one list of an event may hold. With the bounds on text it keeps every row of a view under 32 KB. */
export const MOST = {
  participants: 100,
  parties: 40,
  topics: 20,
  about: 40,
  regarding: 20,
  attributedBy: 10,
  evidence: 50,
  aliases: 100,
} as const;

export const parties = z.array(party).max(MOST.parties);
export const atLeastTwoParties = z
  .array(party)
  .max(MOST.participants)
  .min(2, 'a meeting has two parties or more, named or described');
export const topics = z.array(topic).max(MOST.topics);
export const about = z.array(actorId).max(MOST.about);
export const attributedBy = z.array(party).max(MOST.attributedBy);
export const regardings = z.array(regarding).max(MOST.regarding);

/** One supporting piece of evidence or more. */
export const evidenceList = <E extends EvidenceSchema>(of: E) =>
  z
    .array(of)
    .min(1, 'at least one passage of an archived article must support this')
    .max(MOST.evidence)
    .refine(
      (list) => list.some(supports),
      'at least one piece of evidence must support this, not dispute it',
    );

export const supports = (piece: { stance?: 'supports' | 'disputes' }): boolean => piece.stance !== 'disputes';

/** The words of a statement or an opinion: `content` is the source's own, `summary` a paraphrase that nothing verifies. */
export const words = <E extends EvidenceSchema>(of: E) => ({
  content: text(20_000),
  form: z.enum(['direct', 'mixed', 'indirect']),
  language,
  summary: text(2_000).describe('A paraphrase in the archive’s own words; not checked').exactOptional(),
  translatedFrom: language.exactOptional(),
  original: z.strictObject({ content: text(20_000), language, evidence: of }).exactOptional(),
});

/** What speaks against these attributions, or undefined: hearsay and guesses must name whom they come from. */
export function attributionProblem(value: {
  certainty: Certainty;
  attributedBy: Party[];
}): string | undefined {
  if (value.attributedBy.length > 0) return undefined;
  if (value.certainty === 'attributed')
    return 'certainty "attributed" needs attributedBy: to whom does the source attribute it?';
  if (value.certainty === 'speculated') return 'certainty "speculated" needs attributedBy: who is guessing?';
  return undefined;
}
