// Tells whoever operates the archive: one JSON line on standard error, which the log of a function keeps.
import { pino } from 'pino';

const log = pino({ name: 'chancery' }, pino.destination({ dest: 2, sync: true }));

export type Alarm = (what: string, error?: unknown) => void;

export const alarm: Alarm = (what, error) => log.error({ err: error }, what);
