// The hosts that mean this machine.
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Returns whether a host, as written in a URL or by a socket, is this machine. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);
