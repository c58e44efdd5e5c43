// Reads an Atom feed with a strict XML parser, and checks what RFC 4287 asks of one.
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
  /** As `scheme term`, the schemes without their beginning. */
  readonly categories: readonly string[];
  readonly links: readonly Readonly<Record<string, string>>[];
}

export interface ReadFeed extends Pick<ReadEntry, 'id' | 'title' | 'updated' | 'links'> {
  readonly entries: readonly ReadEntry[];
}

/** Throws where it is not well-formed, or no feed as RFC 4287 section 4.1 has it. */
export function readAtom(xml: string): ReadFeed {
  const feed = parse(xml);
  if (feed.name !== 'feed') throw new Error(`the root is ${feed.name}`);
  const entries = feed.children.filter(({ name }) => name === 'entry').map(entryOf);
  const ids = entries.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Error('an entry is there twice');
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
    if (uri !== ATOM) throw new Error(`${local} is in the namespace ${uri}`);
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
  if (!feed) throw new Error('there is no root');
  return feed;
}

function one({ name: of, children }: Element, name: string): Element {
  const found = children.filter((child) => child.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${of} has ${found.length} ${name} instead of one`);
  return found[0];
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function common(element: Element) {
  const [id, title, updated] = ['id', 'title', 'updated'].map((name) => one(element, name).text.trim());
  if (!/^[a-z][a-z0-9+.-]*:\S+$/.test(id ?? '')) throw new Error(`${id} is no IRI`);
  if (!DATE.test(updated ?? '')) throw new Error(`${updated} is no date`);
  const links = element.children.filter(({ name }) => name === 'link').map(({ attributes }) => attributes);
  for (const { href, rel } of links) {
    if (!URL.canParse(href ?? '')) throw new Error(`${href} is no address`);
    if (rel === undefined) throw new Error(`${href} has no relation`);
  }
  const alternates = links.filter(({ rel }) => rel === 'alternate').map(({ type }) => type);
  if (new Set(alternates).size !== alternates.length) throw new Error(`${id} has two links of one type`);
  return { id: id ?? '', title: title ?? '', updated: updated ?? '', links };
}

function entryOf(entry: Element): ReadEntry {
  const shared = common(entry);
  if (!shared.links.some(({ rel }) => rel === 'alternate')) throw new Error(`${shared.id} leads nowhere`);
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
