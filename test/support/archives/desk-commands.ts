// Commands for a desk: an article, two actors, their meeting, and later changes of it.
import { sha256 } from '../../../adapters/node/ids.ts';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { commands } from '../../../domain/recording/commands.ts';
import {
  handleCommand,
  type Change,
  type CommandResult,
  type Request,
} from '../../../domain/recording/handle-command.ts';
import { canonicalBytes } from '../../../events/envelope.ts';
import type { Kind } from '../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { desk, type Desk } from './desk.ts';
import { event } from './written-history.ts';

/** A command: kind of resource, path below the resource, id of the resource, and the body as sent. */
export type Given = readonly [kind: Kind, path: string | undefined, id: string, body: unknown];

/** Returns the change of a command, from the table of commands. */
export function changeOf(kind: Kind, path: string | undefined, id: string, body: unknown): Change {
  const command = commands.find((each) => each.kind === kind && each.path === path);
  if (!command) throw new Error(`the table of commands has no ${kind} ${path}`);
  return {
    stream: command.stream ?? id,
    body: command.body.parse(body),
    decide: (history, resolved) => command.decide(history, resolved, id),
  };
}

export const digestOf = (body: unknown): string => sha256(canonicalBytes(body));

/** Returns a request of an editor, with the digest of this body. */
export const requestOf = (body: unknown, more: Partial<Request> = {}): Request => ({
  by: 'editor:priya',
  digest: digestOf(body),
  ...more,
});

/** Executes one command at the desk. */
export function give(
  at: Desk,
  [kind, path, id, body]: Given,
  more: Partial<Request> = {},
): Promise<CommandResult> {
  return handleCommand(at, changeOf(kind, path, id, body), requestOf(body, more));
}

export const TEXT =
  'The ministers met in Geneva. “We agreed”, one of them said. They will meet again. The talks ended.';

/** Returns a desk with an article and two actors, and the article's id. */
export async function furnished(): Promise<{ at: Desk; articleId: string }> {
  const at = desk();
  const article = { title: 'Two ministers', publisher: 'The Sampler', language: 'en', text: TEXT };
  const { stream: articleId } = await archiveArticle(at, article, requestOf(article));
  for (const id of ['actor-a', 'actor-b']) {
    await give(at, ['actor', undefined, id, { kind: 'person', name: id }]);
  }
  return { at, articleId };
}

/** Returns the body of a command that records the meeting of that article. */
export const meetingBody = (articleId: string, more: object = {}): object => ({
  title: 'Two ministers',
  participants: [{ actor: 'actor-a' }, { actor: 'actor-b' }],
  heldOn: '2023-03-03',
  format: 'in-person',
  certainty: 'asserted',
  evidence: [{ articleId, exact: 'The ministers met in Geneva.' }],
  ...more,
});

export const MEETING = 'meeting-geneva';
export const KEY = { key: 'editor:priya\nPOST\n/meetings\nkey-1' };

export const correction = (title: string): Given => [
  'meeting',
  'corrections',
  MEETING,
  { cause: 'coding-error', reason: 'misread', changes: { title } },
];
export const retraction: Given = ['meeting', 'retractions', MEETING, { reason: 'a hoax' }];
/** A concurrent correction of the meeting by another editor. */
export const rival: NewEvent = event('MeetingCorrected', {
  cause: 'coding-error',
  reason: 'x',
  changes: { format: 'video' },
});
