// Events of an archived article. Its text is stored outside the events, under the SHA-256 digest of its bytes.
import { z } from 'zod';
import { changes } from './lifecycle-events.ts';
import { articleId, date, isVisible, language, line, text } from './shared-pieces.ts';

const url = z
  .httpUrl('must be a full http(s) address')
  .max(2_000)
  .refine(
    (value) => value.isWellFormed() && !/\p{Cc}/u.test(value),
    'has a lone surrogate or a control character: send a URL without them',
  );

/** A transcript prints speech word for word. A document is a communiqué, a letter or a delivered speech. */
export const genre = z.enum(['report', 'transcript', 'document']);

/** Metadata of an article, without its text. */
export const articleFields = {
  title: line(500),
  publisher: line(200),
  url: url.exactOptional(),
  byline: line(300).exactOptional(),
  publishedOn: date.exactOptional(),
  language,
  /** Absent means `report`. The schema sets no default, so that stored events keep their bytes. */
  genre: genre
    .describe(
      'What kind of text it is; absent means report. A transcript is word for word; a document is a communiqué, a letter or a delivered speech',
    )
    .exactOptional(),
  versionOf: articleId.exactOptional(),
  derivedFrom: articleId.exactOptional(),
};

export const articleInput = z.strictObject({
  text: z
    .string()
    .refine((value) => value.isWellFormed(), 'has a lone surrogate: send well-formed Unicode')
    .refine(isVisible, 'is blank: send the text of the article'),
  ...articleFields,
});

export const appearance = z.strictObject({
  publisher: line(200),
  title: line(500).exactOptional(),
  url: url.exactOptional(),
  byline: line(300).exactOptional(),
  publishedOn: date.exactOptional(),
});

export const articleCorrection = z.strictObject({ reason: text(2_000), changes: changes(articleFields) });
export const articleWithdrawal = z.strictObject({
  reason: text(2_000),
  authority: line(300).exactOptional(),
});

export const articleEvents = {
  ArticleArchived: z.strictObject({
    ...articleFields,
    /** SHA-256 of the UTF-8 bytes of the text, in hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().min(1),
    /** Length in Unicode code points. */
    characters: z.int().min(1),
  }),
  AppearanceAdded: appearance,
  ArticleCorrected: articleCorrection,
  ArticleWithdrawn: articleWithdrawal,
};
