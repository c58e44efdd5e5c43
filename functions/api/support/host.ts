// The Host header of a request: one, and readable.
import { Problem } from './problem.ts';

/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/**
 * Throws Problem unless there is exactly one Host header, and it names a host (RFC 9112, section 3.2). Several are given
 * joined with commas.
 */
export function checkHost(host: string): void {
  const count = host.split(',').length;
  if (count > 1) throw new Problem('invalid-request', `the request has ${count} hosts: send one Host header`);
  if (HOST.test(host) && URL.canParse(`http://${host}`)) return;
  throw new Problem(
    'invalid-request',
    host === ''
      ? 'the request has no Host header: send one'
      : `the Host header is ${JSON.stringify(host)}: it must be a host name or an IP address, and perhaps a port`,
  );
}
