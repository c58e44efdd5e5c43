// Tells whoever operates the archive: one JSON line on standard error, which the log of a function keeps.
import { pino } from 'pino';

const destination = pino.destination({ dest: 2, sync: true });
// Standard error that is closed or full takes no alarm, and must not end the archive.
destination.on('error', () => {});
const log = pino({ name: 'chancery' }, destination);

export type Alarm = (what: string, error?: unknown) => void;

export const alarm: Alarm = (what, error) => log.error({ err: error }, what);
