// How every client of an AWS service connects: bounded in time, so that a request that hangs is given up and tried
// again, and with sockets enough for many requests at once.

/** From 2 s on the SDK sets no timer of its own for a socket that is open already. */
const CONNECTION_MS = 2_000;
const MAX_SOCKETS = 64;

/**
 * Settings of the SDK's HTTP handler. A request whose socket stands still for `silentMs`, before an answer or within
 * one, fails; the SDK then tries again.
 */
export const connections = (silentMs: number) => ({
  connectionTimeout: CONNECTION_MS,
  socketTimeout: silentMs,
  httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
  httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
});
