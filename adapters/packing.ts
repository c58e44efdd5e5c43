// How every store keeps the events of a commit in one value: side by side, a newline between them. Canonical JSON has
// no raw newline, so what is unpacked are the very bytes that went in.

const NEWLINE = 0x0a;

/** Throws TypeError where there is no event, or one that could not be told apart from two. */
export function packEvents(events: readonly Uint8Array[]): Uint8Array {
  if (events.length === 0) throw new TypeError('a commit holds at least one event');
  if (events.some((event) => event.includes(NEWLINE)))
    throw new TypeError('canonical bytes have no raw newline');
  const [only] = events;
  if (only !== undefined && events.length === 1) return only;
  const packed = new Uint8Array(events.reduce((size, event) => size + event.length + 1, -1)).fill(NEWLINE);
  let at = 0;
  for (const event of events) {
    packed.set(event, at);
    at += event.length + 1;
  }
  return packed;
}

/** Views of the packed bytes, not copies. */
export function unpackEvents(packed: Uint8Array): Uint8Array[] {
  const events: Uint8Array[] = [];
  for (let from = 0; ;) {
    const end = packed.indexOf(NEWLINE, from);
    if (end === -1) return [...events, packed.subarray(from)];
    events.push(packed.subarray(from, end));
    from = end + 1;
  }
}
