// Writes Atom feeds (RFC 4287). The template escapes all text, because it comes from articles and clients.
// Characters that XML cannot contain are replaced in the whole document.
import { html } from 'hono/html';

export interface AtomLink {
  readonly rel: 'alternate' | 'next' | 'related' | 'self' | 'via';
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
}

export interface AtomEntry {
  readonly id: string;
  readonly title: string;
  /** RFC 3339, in UTC. */
  readonly updated: string;
  readonly published: string;
  readonly author: string;
  readonly categories: readonly { readonly scheme: string; readonly term: string }[];
  readonly links: readonly AtomLink[];
  readonly summary: string;
}

export interface AtomFeed {
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  readonly links: readonly AtomLink[];
  readonly entries: readonly AtomEntry[];
}

export async function atomText({ id, title, updated, links, entries }: AtomFeed): Promise<string> {
  const feed: string = await html`<feed xmlns="http://www.w3.org/2005/Atom">
    <id>${id}</id>
    <title>${title}</title>
    <updated>${updated}</updated>
    <author><name>Chancery</name></author>
    ${links.map(linkOf)} ${entries.map(entryOf)}
  </feed> `;
  return `<?xml version="1.0" encoding="utf-8"?>\n${feed.replace(FORBIDDEN, '\ufffd')}`;
}

/** Characters that XML 1.0 does not allow, escaped or not (section 2.2). */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entryOf = ({ id, title, updated, published, author, categories, links, summary }: AtomEntry) =>
  html`<entry>
    <id>${id}</id>
    <title>${title}</title>
    <updated>${updated}</updated>
    <published>${published}</published>
    <author><name>${author}</name></author>
    ${categories.map(({ scheme, term }) => html`<category scheme="${scheme}" term="${term}" /> `)}${links.map(linkOf)}
    <summary>${summary}</summary>
  </entry> `;

const linkOf = ({ rel, href, type, title }: AtomLink) =>
  html`<link rel="${rel}" href="${href}" ${attribute('type', type)}${attribute('title', title)} /> `;

const attribute = (name: 'title' | 'type', value: string | undefined) =>
  value === undefined ? '' : html` ${name}="${value}"`;
