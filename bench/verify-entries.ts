// Verifies the log in a folder, and articles next to it, as `chancery verify` does. Prints the figures as JSON.
// Fails if the log has faults. Called as: <script> <folder>.
import { openArticles } from '../bin/cli/input/article-files.ts';
import { openLog } from '../bin/cli/input/log-source.ts';
import { progressBar } from '../bin/cli/text/progress.ts';
import { verifySource } from '../bin/cli/commands/verify.ts';

export interface VerifyFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly streams: number;
  readonly articles: number;
  readonly passages: number;
  readonly contents: number;
}

const [, , folder = ''] = process.argv;
const began = performance.now();
const source = await openLog(folder);
const articles = await openArticles(source, undefined);
const verdict = await verifySource(source, {}, progressBar(), articles ? { evidence: { articles } } : {});
const { faults, streams, evidence, findings } = verdict;
if (faults > 0) throw new Error(`the log has ${faults} faults: ${JSON.stringify(findings[0])}`);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const figures: VerifyFigures = {
  seconds: (performance.now() - began) / 1_000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
  megabytes: maxRSS / 1_024,
  streams,
  articles: evidence?.articles.checked ?? 0,
  passages: evidence?.articles.passages ?? 0,
  contents: evidence?.contents.checked ?? 0,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
