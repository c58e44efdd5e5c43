// The connection settings of all AWS clients: timeouts, so that a hanging request is retried, and enough sockets for
// concurrent requests.

/** With 2 s or more, the SDK sets no timer of its own for an open socket. */
const CONNECTION_MS = 2_000;
const MAX_SOCKETS = 64;

/** Returns the settings of the SDK's HTTP handler. A request fails if its socket is silent for `silentMs` ms. */
export const connections = (silentMs: number) => ({
  connectionTimeout: CONNECTION_MS,
  socketTimeout: silentMs,
  httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
  httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
});
