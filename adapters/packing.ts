// Packs the events of a commit into one value, separated by newlines. Canonical JSON has no raw newline, so unpacking
// restores the exact bytes.

const NEWLINE = 0x0a;

/** Packs events into one value. @throws TypeError if the list is empty or an event contains a raw newline */
export function packEvents(events: readonly Uint8Array[]): Uint8Array {
  if (events.length === 0)
    throw new TypeError('a commit without events cannot be stored: give at least one event');
  if (events.some((event) => event.includes(NEWLINE)))
    throw new TypeError('an event with a raw newline cannot be stored: give canonical bytes');
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

/** Unpacks events. They are views of the packed bytes, not copies. */
export function unpackEvents(packed: Uint8Array): Uint8Array[] {
  const events: Uint8Array[] = [];
  for (let from = 0; ;) {
    const end = packed.indexOf(NEWLINE, from);
    if (end === -1) return [...events, packed.subarray(from)];
    events.push(packed.subarray(from, end));
    from = end + 1;
  }
}
