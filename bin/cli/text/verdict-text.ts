// Formats the result of `chancery verify`, as text and as JSON.
import { toBase64 } from '../../../events/log/base64.ts';
import { COSIGNATURE } from '../../../events/log/keys.ts';
import type { EvidenceVerdict } from '../../../domain/log/verify/verify-archive.ts';
import type { Finding } from '../../../domain/log/verify/foreign-files.ts';
import { plain } from './print.ts';
import type { Verified } from '../commands/verify.ts';

/** Returns the verdict as text. `logOnly` is the reason why articles were not checked, if they were not. */
export function verdictText(verified: Verified, place: string, logOnly?: string): string {
  const { checkpoint, signatures, streams, findings, faults } = verified;
  const signers = signatures.map(
    ({ name, keyId, type, time }) =>
      `${type === COSIGNATURE ? 'cosigned' : 'signed'} by ${name}+${keyId}${time === undefined ? '' : ` at ${new Date(time * 1_000).toISOString()}`}`,
  );
  const lines = [
    ...findings.map(findingLine),
    ...(faults > findings.length ? [`and ${faults - findings.length} more`] : []),
    faults > 0
      ? `NOT VERIFIED: ${place}: ${faults} ${faults === 1 ? 'fault' : 'faults'}; docs/log.md says what to do`
      : `verified: ${place}: ${checkpoint?.size} events in ${streams} streams`,
    ...(checkpoint ? [`origin ${checkpoint.origin}, root ${toBase64(checkpoint.root)}`] : []),
    ...signers,
    ...(verified.trusted ? [] : [UNTRUSTED]),
    ...(logOnly === undefined ? evidenceLines(verified) : [`articles not checked: ${logOnly}`]),
  ];
  return lines.map(plain).join('\n');
}

export const UNTRUSTED = 'verified with the key next to the log: pass --vkey to authenticate its owner';

function evidenceLines({ evidence, articlesAt }: Verified): string[] {
  if (!evidence) return ['articles not checked: the log has no checkpoint'];
  return [
    articlesAt === undefined
      ? 'articles not checked: no articles are next to the log; pass their folder or archive with --articles'
      : articlesLine(evidence),
    passagesLine(evidence),
    contentsLine(evidence),
    ...recordsLine(evidence),
  ];
}

function articlesLine({ articles: { checked, withdrawn, withdrawnWithoutBytes } }: EvidenceVerdict): string {
  const gone = withdrawnWithoutBytes > 0 ? `, ${withdrawnWithoutBytes} of them without bytes` : '';
  return `articles: ${checked} checked; ${withdrawn} withdrawn${gone}`;
}

function passagesLine({ articles: { passages, passagesNotChecked } }: EvidenceVerdict): string {
  const others =
    passagesNotChecked > 0 ? `; ${passagesNotChecked} not checked: their article was not read` : '';
  return `passages: ${passages} checked at their offsets${others}`;
}

function contentsLine({ contents: { checked, earlierRules } }: EvidenceVerdict): string {
  const earlier = earlierRules > 0 ? `; ${earlierRules} of them recorded under earlier rules` : '';
  return `contents: ${checked} checked within their passages${earlier}`;
}

function recordsLine({ records }: EvidenceVerdict): string[] {
  if (!records) return [];
  const { checked, earlierRules, notChecked } = records;
  const earlier = earlierRules > 0 ? `; ${earlierRules} of them recorded under earlier rules` : '';
  const others = notChecked > 0 ? `; ${notChecked} not checked: their article or actor was not read` : '';
  return [`records: ${checked} checked against their sources${earlier}${others}`];
}

export function verdictJson({ note: _, checkpoint, articlesAt, ...verdict }: Verified): object {
  return {
    ...verdict,
    articlesAt: articlesAt ?? null,
    ...(checkpoint ? { checkpoint: { ...checkpoint, root: toBase64(checkpoint.root) } } : {}),
  };
}

function findingLine({ position, path, what }: Finding): string {
  const where = [position === undefined ? '' : `position ${position}`, path ?? ''].filter(Boolean).join(', ');
  return where === '' ? what : `${where}: ${what}`;
}
