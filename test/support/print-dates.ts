// Prints what the archive makes of each date that it is given, one line of JSON: run as a process of its own, since
// a process has the time zone that it was started in.
import { parseDate } from '../../events/date.ts';

const dates = process.argv.slice(2);
const zone = new Date(2023, 2, 3).getTimezoneOffset();
console.log(JSON.stringify({ zone, parsed: dates.map(parseDate) }));
