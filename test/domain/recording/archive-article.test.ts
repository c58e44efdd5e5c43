// Tests archiving: an article's bytes are durable before an event names them, and one text is one article.
import { beforeEach, expect, test } from 'vitest';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import { sha256 } from '../../../adapters/node/ids.ts';
import { give, KEY, requestOf } from '../../support/archives/desk-commands.ts';
import { desk, Outage, type Desk } from '../../support/archives/desk.ts';
import { refusalFrom, refusalWithoutTrace } from '../../support/refusals.ts';

let at: Desk;
beforeEach(() => {
  at = desk();
});

const printed = { title: 'Two ministers', publisher: 'The Sampler', language: 'en' };
const archive = (text: string, more: object = {}, request: object = {}) => {
  const body = { ...printed, text, ...more };
  return archiveArticle(at, body, requestOf(body, request));
};
const digestOf = (text: string) => sha256(new TextEncoder().encode(text));

test('an article is stored byte for byte before the event that names it', async () => {
  const { stream, revision } = await archive('They met.', {}, KEY);
  expect([stream, revision]).toEqual([`article-${digestOf('They met.')}`, 1]);
  expect(at.writes).toEqual([`bytes ${digestOf('They met.')}`, 'claim', `append ${stream} 1`]);
  const kept = await at.articles.get(digestOf('They met.'));
  expect(new TextDecoder().decode(kept?.bytes)).toBe('They met.');
});

test.each([
  ['a byte order mark and Windows line ends', '\ufeffThey\r\nmet.\r\n'],
  ['emoji, Arabic and a decomposed accent', '👨‍👩‍👧 التقى الوزيران cafe\u0301'],
])('archiving an article keeps %s and counts characters as code points', async (_what, text) => {
  const { stream } = await archive(text);
  const bytes = new TextEncoder().encode(text);
  const data = {
    ...printed,
    sha256: digestOf(text),
    bytes: bytes.length,
    characters: Array.from(text).length,
  };
  expect(await historyOf(at.store)(stream)).toMatchObject([{ type: 'ArticleArchived', data }]);
  expect((await at.articles.get(digestOf(text)))?.bytes).toEqual(bytes);
});

test('the same text of the same publisher records nothing, and of another publisher an appearance', async () => {
  const { stream } = await archive('They met.');
  expect(await archive('They met.', { title: 'Another title' })).toEqual({
    stream,
    revision: 1,
    events: [],
    differs: [{ field: 'title', archived: 'Two ministers', sent: 'Another title' }],
  });
  expect(await archive('They met.', { publisher: 'The Other Paper' })).toMatchObject({
    stream,
    revision: 2,
  });
  expect(at.writes.filter((write) => write.startsWith('bytes'))).toHaveLength(1);
});

test('archiving an article with a known key returns the first result, even after a correction', async () => {
  const { stream } = await archive('They met.', {}, KEY);
  await give(at, ['article', 'corrections', stream, { reason: 'x', changes: { title: 'Corrected' } }]);
  const again = await archive('They met.', {}, KEY);
  expect(again.replayed).toBe(true);
  expect(again).not.toHaveProperty('differs');
});

test('an article whose event was not persisted is archived by the next attempt', async () => {
  at.befall('not persisted');
  await expect(archive('They met.')).rejects.toThrow(Outage);
  expect(await archive('They met.')).toMatchObject({ revision: 1 });
  expect(at.writes).toEqual([`bytes ${digestOf('They met.')}`, `append article-${digestOf('They met.')} 1`]);
});

test('an article is not recorded if other bytes are stored under its digest', async () => {
  await at.articles.create(digestOf('They met.'), new TextEncoder().encode('They did not meet.'));
  await expect(archive('They met.')).rejects.toThrow('other bytes');
  expect(at.commits(`article-${digestOf('They met.')}`)).toEqual([]);
});

test('an article whose bytes could not be stored is not recorded', async () => {
  const broken = {
    ...at,
    articles: { ...at.articles, create: () => Promise.reject(new Outage('no disk')) },
  };
  const body = { ...printed, text: 'They met.' };
  await expect(archiveArticle(broken, body, requestOf(body))).rejects.toThrow(Outage);
  expect(at.writes).toEqual([]);
});

test('a repeated key returns the first result of archiving, even after the article was withdrawn', async () => {
  const first = await archive('They met.', {}, KEY);
  await give(at, ['article', 'withdrawals', first.stream, { reason: 'printed without leave' }]);
  expect(await archive('They met.', {}, KEY)).toEqual({ ...first, replayed: true });
  expect((await refusalWithoutTrace(at, () => archive('They met.'))).code).toBe('article-withdrawn');
});

test('the key of an archived article is refused for another text, and that text is not archived', async () => {
  await archive('They met.', {}, KEY);
  expect((await refusalFrom(archive('They parted.', {}, KEY))).code).toBe('idempotency-key-reused');
  expect(at.commits(`article-${digestOf('They parted.')}`)).toEqual([]);
});

test('the key of an article that was not persisted can be used for another text', async () => {
  at.befall('not persisted');
  await archive('They met.', {}, KEY).catch(() => undefined);
  expect(await archive('They parted.', {}, KEY)).toMatchObject({ revision: 1 });
  expect((await refusalFrom(archive('They met.', {}, KEY))).code).toBe('idempotency-key-reused');
});

test('a key also identifies the appearance that it recorded', async () => {
  await archive('They met.');
  const other = { publisher: 'The Other Paper' };
  const first = await archive('They met.', other, KEY);
  expect(first.revision).toBe(2);
  expect(await archive('They met.', other, KEY)).toEqual({ ...first, replayed: true });
});
