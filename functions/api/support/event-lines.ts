// Events as lines of text, each with the event's own canonical bytes in it; and streams of them that are written only
// as fast as they are read.
import { readPlace } from '../../../events/envelope.ts';
import type { LogEntry } from '../../../domain/log/replay.ts';

export type Passes = (entry: LogEntry) => boolean;

/** Undefined where everything passes. */
export function filterOf(
  types: readonly string[] | undefined,
  stream: string | undefined,
): Passes | undefined {
  if (types === undefined && stream === undefined) return undefined;
  return ({ bytes }) => {
    const { type, subject } = readPlace(bytes);
    return (types?.includes(type) ?? true) && (stream === undefined || subject === stream);
  };
}

/** A line of NDJSON. Canonical bytes, not a copy that another serialiser has been through. */
export const lineOf = ({ position, bytes }: LogEntry): string =>
  `{"position":${position},"event":${new TextDecoder().decode(bytes)}}\n`;

/** A message of an event stream (HTML, server-sent events): its id is the position. */
export const messageOf = (entry: LogEntry): string => `id: ${entry.position}\ndata: ${lineOf(entry)}\n`;

/** Leaves `Last-Event-ID` at this position and is no event for whoever listens. */
export const markOf = (next: number): string => `: up to here\n${next === 0 ? '' : `id: ${next - 1}\n`}\n`;

const CHUNK_CHARACTERS = 65_536;

/** What passes, in chunks of about 64 KB. Ends early once the reader is gone, also where nothing passes. */
export async function* chunksOf(
  entries: AsyncIterable<LogEntry>,
  passes: Passes | undefined,
  textOf: (entry: LogEntry) => string,
  gone: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for await (const entry of entries) {
    if (gone.aborted) return;
    if (passes?.(entry) ?? true) text += textOf(entry);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

/**
 * Makes the next chunk only once the one before has been taken: a slow reader holds up nothing but itself. `gone` is
 * aborted when the reader leaves. What fails is reported, because the answer's status has been sent by then.
 */
export function streamed(
  make: (gone: AbortSignal) => AsyncGenerator<Uint8Array>,
  report: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const leaving = new AbortController();
  const chunks = make(leaving.signal);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await chunks.next();
          if (leaving.signal.aborted) return;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (!leaving.signal.aborted) report(error);
          throw error;
        }
      },
      cancel: async () => {
        leaving.abort();
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
