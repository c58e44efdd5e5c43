// The Host header of a request: one, and readable.
import { Problem } from './problem.ts';

/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Throws Problem unless there is exactly one Host header, and it names a host (RFC 9112, section 3.2). */
export function checkHost(hosts: readonly string[]): void {
  const [host = '', ...others] = hosts;
  if (others.length > 0)
    throw new Problem('invalid-request', `the request has ${hosts.length} Host headers: send one`);
  if (HOST.test(host) && URL.canParse(`http://${host}`)) return;
  throw new Problem(
    'invalid-request',
    host === ''
      ? 'the request has no Host header: send one'
      : `the Host header is ${JSON.stringify(host)}: it must be a host name or an IP address, and perhaps a port`,
  );
}
