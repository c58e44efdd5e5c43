// Tells whoever operates the archive: one JSON line on standard error, which the log of a function keeps.
import { pino } from 'pino';

const log = pino({ name: 'chancery' }, pino.destination({ dest: 2, sync: true }));

export const alarm = (what: string, error?: unknown): void => log.error({ err: error }, what);
