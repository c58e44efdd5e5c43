// What every write has in common: who, which key, which revision, whether to wait; and how it is answered.
import { canonicalBytes } from '../../../events/envelope.ts';
import type { Kind } from '../../../events/shared-pieces.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { liveCheckpoints, readGenerations } from '../../../domain/projections/catalog.ts';
import type { Recorded, Request } from '../../../domain/recording/handle-command.ts';
import { positionOf } from '../../../domain/log/positions.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { applied, waitOf } from './prefer.ts';
import { Problem } from './problem.ts';
import type { Handled } from './define-route.ts';

/** Makes the request of a command from its headers; `sent` is the body as it came. */
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

/** A key names a command of one caller, method and path. */
export const scopedKey = (...parts: readonly string[]): string => parts.join('\n');

function keyOf(c: Handled): string | undefined {
  const key = c.req.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new Problem('invalid-request', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
}

/** An ETag of a thing begins with its revision. */
function expectedOf(c: Handled): number | undefined {
  const given = c.req.header('if-match');
  if (given === undefined || given === '*') return undefined;
  const revision = /^"(\d{1,12})(?:-[^"]*)?"$/.exec(given)?.[1];
  if (revision === undefined)
    throw new Problem('invalid-request', 'If-Match must be one ETag as this archive gave it, such as "3"');
  return Number(revision);
}

/** 201 with what was recorded, or 200 where there was nothing to record. A retry is answered like the first try. */
export async function answerWrite(
  c: Handled,
  archive: ApiContext,
  kind: Kind,
  id: string,
  recorded: Recorded,
  status: 200 | 201 = recorded.events.length > 0 ? 201 : 200,
  more: object = {},
): Promise<Response> {
  await waitFor(c, archive, [recorded]);
  c.header('Location', `/${kind}s/${id}`);
  if (recorded.replayed) c.header('Idempotency-Replayed', 'true');
  if (recorded.stream === id) c.header('ETag', `"${recorded.revision}"`);
  const { revision, events, similar, notes } = recorded;
  const hints = { ...(similar ? { similar } : {}), ...(notes ? { notes } : {}) };
  return c.json({ id, revision, events, ...hints, ...more }, status);
}

const POLL_MS = 20;

/**
 * `Prefer: wait=5` (RFC 7240): applied only if all read models show all of these commits by then. A stopped one is not
 * waited for.
 */
export async function waitFor(
  c: Handled,
  archive: ApiContext,
  recorded: readonly Pick<Recorded, 'stream' | 'revision'>[],
): Promise<void> {
  const seconds = waitOf(c);
  if (seconds === 0) return;
  for (const { stream } of recorded) archive.hint(stream);
  const deadline = archive.clock() + seconds * 1_000;
  let byAll = true;
  for (const { stream, revision } of recorded) {
    const shown = await shownSoon(archive, stream, revision, deadline);
    if (shown === 'not-yet') return;
    byAll &&= shown === 'all';
  }
  if (byAll) applied(c, seconds);
}

type Shown = 'all' | 'all-but-stopped' | 'not-yet';

/** Waits until they show a commit, or the deadline. */
async function shownSoon(
  archive: ApiContext,
  stream: string,
  revision: number,
  deadline: number,
): Promise<Shown> {
  for (;;) {
    const left = deadline - archive.clock();
    // Asked for before the look, so that nothing that is folded meanwhile is missed.
    const folded = left > 0 ? archive.folded?.(left) : undefined;
    const shown = await shownBy(archive, stream, revision);
    if (shown !== 'not-yet' || left <= 0) return shown;
    await (folded ?? archive.sleep(POLL_MS));
  }
}

async function shownBy(archive: ApiContext, stream: string, revision: number): Promise<Shown> {
  const position = await positionOf(archive.state, stream, revision);
  if (position === undefined || (await readHead(archive.state)).published <= position) return 'not-yet';
  const checkpoints = liveCheckpoints(await readGenerations(archive.catalog)) ?? {};
  const behind = readModels
    .map(({ name }) => checkpoints[name])
    .filter((checkpoint) => (checkpoint?.next ?? 0) <= position);
  if (behind.length === 0) return 'all';
  return behind.every((checkpoint) => checkpoint?.stopped) ? 'all-but-stopped' : 'not-yet';
}
