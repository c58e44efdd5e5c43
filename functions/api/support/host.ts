// Checks the Host header of a request.
import { Problem } from './problem.ts';

/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/**
 * Checks the Host header (RFC 9112, section 3.2). Repeated headers arrive joined with commas.
 *
 * @throws Problem unless there is exactly one, and it names a host
 */
export function checkHost(host: string): void {
  const count = host.split(',').length;
  if (count > 1)
    throw new Problem('invalid-request', `the request has ${count} Host headers: send exactly one`);
  if (HOST.test(host) && URL.canParse(`http://${host}`)) return;
  throw new Problem(
    'invalid-request',
    host === ''
      ? 'the request has no Host header: send one'
      : `the Host header is ${JSON.stringify(host)}: send a host name or an IP address, with an optional port`,
  );
}
