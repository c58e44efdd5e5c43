// Alarms the operator: one JSON line on standard error, which a function's log keeps.
import { pino } from 'pino';

const destination = pino.destination({ dest: 2, sync: true });
// If standard error is closed or full, the alarm is lost, but the process continues.
destination.on('error', () => {});
const log = pino({ name: 'chancery' }, destination);

export type Alarm = (what: string, error?: unknown) => void;

export const alarm: Alarm = (what, error) => log.error({ err: error }, what);
