// Prints one line of JSON with the parsed dates of its arguments. Tests run it as a process, because a process keeps the
// time zone that it was started with.
import { parseDate } from '../../events/date.ts';

const dates = process.argv.slice(2);
const zone = new Date(2023, 2, 3).getTimezoneOffset();
console.log(JSON.stringify({ zone, parsed: dates.map(parseDate) }));
