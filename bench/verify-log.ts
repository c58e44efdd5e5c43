// Verifies the log in a folder as `chancery verify` does, and prints what it took as JSON. Fails where the log does.
import { openLog } from '../bin/cli/log-source.ts';
import { progressBar } from '../bin/cli/progress.ts';
import { verifySource } from '../bin/cli/verify.ts';

export interface VerifyFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly things: number;
}

const [, , folder = ''] = process.argv;
const began = performance.now();
const { faults, streams } = await verifySource(await openLog(folder), {}, progressBar());
if (faults > 0) throw new Error(`the log has ${faults} faults`);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const figures: VerifyFigures = {
  seconds: (performance.now() - began) / 1_000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
  megabytes: maxRSS / 1_024,
  things: streams,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
