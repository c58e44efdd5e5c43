// Reads an Atom feed with a strict XML parser, and checks the rules of RFC 4287.
import { SaxesParser, type SaxesTagNS } from 'saxes';

const ATOM = 'http://www.w3.org/2005/Atom';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

export interface ReadEntry {
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  readonly published: string;
  readonly author: string;
  readonly summary: string;
  /** Each as `scheme term`, with the last part of the scheme only. */
  readonly categories: readonly string[];
  readonly links: readonly Readonly<Record<string, string>>[];
}

export interface ReadFeed extends Pick<ReadEntry, 'id' | 'title' | 'updated' | 'links'> {
  readonly entries: readonly ReadEntry[];
}

/** Parses a feed. @throws Error if it is not well-formed, or not a feed by RFC 4287 section 4.1. */
export function readAtom(xml: string): ReadFeed {
  const feed = parse(xml);
  if (feed.name !== 'feed') throw new Error(`the root element is ${feed.name} instead of feed`);
  const entries = feed.children.filter(({ name }) => name === 'entry').map(entryOf);
  const ids = entries.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Error('two entries have the same id');
  one(feed, 'author');
  return { ...common(feed), entries };
}

function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri, attributes }: SaxesTagNS) => {
    if (uri !== ATOM) throw new Error(`${local} is in the namespace ${uri} instead of Atom's`);
    const values = Object.entries(attributes).map(([name, { value }]) => [name, value]);
    const element = { name: local, attributes: Object.fromEntries(values), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  const [feed] = root.children;
  if (!feed) throw new Error('the feed has no root element');
  return feed;
}

function one({ name: parent, children }: Element, name: string): Element {
  const [child, ...others] = children.filter((each) => each.name === name);
  if (child && others.length === 0) return child;
  throw new Error(`${parent} has ${child ? others.length + 1 : 0} elements ${name} instead of one`);
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function common(element: Element) {
  const [id, title, updated] = ['id', 'title', 'updated'].map((name) => one(element, name).text.trim());
  if (!/^[a-z][a-z0-9+.-]*:\S+$/.test(id ?? '')) throw new Error(`the id ${id} is not an IRI`);
  if (!DATE.test(updated ?? '')) throw new Error(`updated is ${updated}, which is not a date and time`);
  const links = element.children.filter(({ name }) => name === 'link').map(({ attributes }) => attributes);
  for (const { href, rel } of links) {
    if (!URL.canParse(href ?? '')) throw new Error(`the href ${href} is not a URL`);
    if (rel === undefined) throw new Error(`the link to ${href} has no rel`);
  }
  const alternates = links.filter(({ rel }) => rel === 'alternate').map(({ type }) => type);
  if (new Set(alternates).size !== alternates.length)
    throw new Error(`${id} has two alternate links of one type`);
  return { id: id ?? '', title: title ?? '', updated: updated ?? '', links };
}

function entryOf(entry: Element): ReadEntry {
  const shared = common(entry);
  if (!shared.links.some(({ rel }) => rel === 'alternate'))
    throw new Error(`${shared.id} has no alternate link`);
  const categories = entry.children
    .filter(({ name }) => name === 'category')
    .map(
      ({ attributes: { scheme = '', term = '' } }) => `${scheme.slice(scheme.lastIndexOf(':') + 1)} ${term}`,
    );
  return {
    ...shared,
    published: one(entry, 'published').text,
    author: one(one(entry, 'author'), 'name').text,
    summary: one(entry, 'summary').text,
    categories,
  };
}
