// Which hosts are this very machine, and nobody else's.
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** A host as a URL has it, or as a socket does. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);
