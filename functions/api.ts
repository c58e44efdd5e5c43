// Lambda function `api`: the HTTP API behind API Gateway, which has checked who calls.
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import type { Context } from 'hono';
import { setTimeout } from 'node:timers/promises';
import { ids, sha256 } from '../adapters/node/ids.ts';
import { historyOf } from '../domain/record.ts';
import { sourceReader } from '../domain/resolve.ts';
import { readSwept } from '../domain/sweeping.ts';
import { alarm } from './alarm.ts';
import { createApi } from './api/app.ts';
import { rememberedHistory, shortMemory } from './api/memory.ts';
import { graceIn } from './grace.ts';
import { openStores } from './stores.ts';
import { wakerOf } from './wake.ts';

const stores = openStores(process.env);

/** An article that was withdrawn a moment ago may still be quoted through another instance. */
const memory = shortMemory(Date.now, 2_000);

const api = createApi({
  ...stores,
  history: rememberedHistory(historyOf(stores.store), memory),
  remember: memory.remember,
  ids,
  sha256,
  source: sourceReader(stores.articles),
  clock: Date.now,
  sleep: async (ms) => setTimeout(ms),
  // The stream of table `events` tells the sequencer.
  hint: memory.forget,
  wake: wakerOf(process.env, alarm),
  graceMs: graceIn(process.env),
  unsequenced: () => readSwept(stores.state),
  identify,
  streams: false,
  report: (error, c) => alarm(`${c.req.method} ${c.req.path} failed`, error),
});

/** Sent as base64, so that no text is escaped past the 6 MB that a function may answer. */
export const handler = handle(api, { isContentTypeBinary: () => true });

/** The token's subject, or the ARN of whoever signed the request. */
function identify(c: Context): string {
  const { event } = c.env as { event: LambdaEvent };
  const { authorizer } = event.requestContext as {
    authorizer?: { jwt?: { claims: { sub?: unknown } }; iam?: { userArn?: string } };
  };
  const subject = authorizer?.jwt?.claims.sub ?? authorizer?.iam?.userArn;
  return typeof subject === 'string' ? subject : 'anonymous';
}
