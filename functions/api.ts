// Lambda function `api`: the HTTP API behind API Gateway, which has authenticated the caller.
import type { Context } from 'hono';
import { setTimeout } from 'node:timers/promises';
import { ids, sha256 } from '../adapters/node/ids.ts';
import { openReadings } from '../domain/queries/open-readings.ts';
import { historyOf } from '../domain/recording/handle-command.ts';
import { articleTextReader } from '../domain/recording/resolve-references.ts';
import { readSwept } from '../domain/log/unsequenced-sweep.ts';
import { alarm } from './runtime/alarm.ts';
import { createApi } from './api/create-api.ts';
import { rememberedHistory, shortMemory } from './api/support/short-cache.ts';
import { gatewayHandler, type GatewayEvent } from './runtime/gateway.ts';
import { rollbackRetentionIn } from './settings/retention.ts';
import { openStores } from './runtime/open-stores.ts';
import { wakerOf } from './runtime/wake.ts';

const stores = openStores(process.env);

/** For 2 seconds after an article is withdrawn, other instances may still accept quotations of it. */
const memory = shortMemory(Date.now, 2_000);

const api = createApi({
  ...stores,
  open: openReadings(stores),
  history: rememberedHistory(historyOf(stores.store), memory),
  remember: memory.remember,
  ids,
  sha256,
  source: articleTextReader({ articles: stores.articles, sha256 }),
  clock: Date.now,
  sleep: async (ms) => setTimeout(ms),
  // The stream of table `events` starts the sequencer.
  hint: memory.forget,
  wake: wakerOf(process.env, alarm),
  rollbackRetentionMs: rollbackRetentionIn(process.env),
  unsequenced: () => readSwept(stores.state),
  identify,
  streams: false,
  report: alarm,
});

export const handler = gatewayHandler(api, alarm);

/** Returns the token's subject, else the ARN of the principal that signed the request. */
function identify(c: Context): string {
  const { authorizer } = (c.env as { event: GatewayEvent }).event.requestContext;
  const subject = authorizer?.jwt?.claims.sub ?? authorizer?.iam?.userArn;
  return typeof subject === 'string' ? subject : 'anonymous';
}
