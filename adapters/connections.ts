// How every client of an AWS service connects: bounded in time, so that a request that hangs is given up and tried
// again, and with sockets enough for many requests at once.

const CONNECTION_MS = 1_000;
const MAX_SOCKETS = 64;

/**
 * Settings of the SDK's HTTP handler. A request without an answer after `requestMs` fails, and so does an answer that
 * stands still for as long; the SDK then tries again.
 */
export const connections = (requestMs: number) => ({
  connectionTimeout: CONNECTION_MS,
  requestTimeout: requestMs,
  // Without this the SDK only warns, and waits on.
  throwOnRequestTimeout: true,
  socketTimeout: requestMs,
  httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
  httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
});
