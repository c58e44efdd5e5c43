// Shared parts of all writes: subject, idempotency key, expected revision, waiting, and the response.
import { canonicalBytes } from '../../../events/envelope.ts';
import type { Kind } from '../../../events/shared-pieces.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { liveCheckpoints, readGenerations } from '../../../domain/projections/catalog.ts';
import type { CommandResult, Request } from '../../../domain/recording/handle-command.ts';
import { positionOf } from '../../../domain/log/positions.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { applied, waitOf } from './prefer.ts';
import { Problem } from './problem.ts';
import type { Handled } from './define-route.ts';

/** Returns the request of a command. `sent` is the body before validation. */
export function requestOf(c: Handled, archive: ApiContext, sent: unknown): Request {
  const key = keyOf(c);
  const expected = expectedOf(c);
  return {
    by: c.get('subject'),
    digest: digestOf(archive, sent),
    ...(key === undefined ? {} : { key: scopedKey(c.get('subject'), c.req.method, c.req.path, key) }),
    ...(expected === undefined ? {} : { expected }),
  };
}

export const digestOf = (archive: ApiContext, sent: unknown): string => archive.sha256(canonicalBytes(sent));

/** Returns the idempotency key within the scope of one subject, method and path. */
export const scopedKey = (...parts: readonly string[]): string => parts.join('\n');

function keyOf(c: Handled): string | undefined {
  const key = c.req.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new Problem('invalid-request', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
}

/** Returns the revision that If-Match expects: an ETag begins with the revision. */
function expectedOf(c: Handled): number | undefined {
  const etag = c.req.header('if-match');
  if (etag === undefined || etag === '*') return undefined;
  const revision = /^"(\d{1,12})(?:-[^"]*)?"$/.exec(etag)?.[1];
  if (revision === undefined)
    throw new Problem('invalid-request', 'If-Match must be one ETag of this archive, such as "3"');
  return Number(revision);
}

/** Answers 201 with the recorded events, or 200 if there were no events to record. A replay has the same answer. */
export async function respondToWrite(
  c: Handled,
  archive: ApiContext,
  kind: Kind,
  id: string,
  recorded: CommandResult,
  status: 200 | 201 = recorded.events.length > 0 ? 201 : 200,
  more: object = {},
): Promise<Response> {
  await waitFor(c, archive, [recorded]);
  c.header('Location', `/${kind}s/${id}`);
  if (recorded.replayed) c.header('Idempotency-Replayed', 'true');
  if (recorded.stream === id) c.header('ETag', `"${recorded.revision}"`);
  const { revision, events, similar, notes } = recorded;
  const advice = { ...(similar ? { similar } : {}), ...(notes ? { notes } : {}) };
  return c.json({ id, revision, events, ...advice, ...more }, status);
}

const POLL_MS = 20;

/**
 * Waits as `Prefer: wait=5` asks (RFC 7240), until all read models have these commits. Does not wait for a stopped read
 * model. Sets Preference-Applied only if every read model has every commit. A failure is reported and ends the wait,
 * because the commits are durable: an error would invite the client to record them again.
 */
export async function waitFor(
  c: Handled,
  archive: ApiContext,
  recorded: readonly Pick<CommandResult, 'stream' | 'revision'>[],
): Promise<void> {
  const seconds = waitOf(c);
  if (seconds === 0) return;
  for (const { stream } of recorded) archive.hint(stream);
  const deadline = archive.clock() + seconds * 1_000;
  let inAll = true;
  try {
    for (const { stream, revision } of recorded) {
      const folded = await waitForFold(archive, stream, revision, deadline);
      if (folded === 'not-yet') return;
      inAll &&= folded === 'all';
    }
  } catch (error) {
    archive.report('the wait for the read models failed; what was recorded is durable', error);
    return;
  }
  if (inAll) applied(c, seconds);
}

type FoldState = 'all' | 'all-but-stopped' | 'not-yet';

/** Waits until all read models that are not stopped have a commit, or until the deadline. */
async function waitForFold(
  archive: ApiContext,
  stream: string,
  revision: number,
  deadline: number,
): Promise<FoldState> {
  for (;;) {
    const left = deadline - archive.clock();
    // Subscribes before the check, so that a fold during the check is not missed.
    const nextFold = left > 0 ? archive.folded?.(left) : undefined;
    const folded = await foldStateOf(archive, stream, revision);
    if (folded !== 'not-yet' || left <= 0) return folded;
    await (nextFold ?? archive.sleep(POLL_MS));
  }
}

async function foldStateOf(archive: ApiContext, stream: string, revision: number): Promise<FoldState> {
  const position = await positionOf(archive.state, stream, revision);
  if (position === undefined || (await readHead(archive.state)).published <= position) return 'not-yet';
  const checkpoints = liveCheckpoints(await readGenerations(archive.catalog)) ?? {};
  const behind = readModels
    .map(({ name }) => checkpoints[name])
    .filter((checkpoint) => (checkpoint?.next ?? 0) <= position);
  if (behind.length === 0) return 'all';
  return behind.every((checkpoint) => checkpoint?.stopped) ? 'all-but-stopped' : 'not-yet';
}
