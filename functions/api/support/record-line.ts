// Parses one record of a bulk request: finds its command and resolves its "@key" references.
// An invalid record is refused with all its faults: fields, keys, references and passages.
import type { z } from 'zod';
import { streamId, type Evidence } from '../../../events/shared-pieces.ts';
import { faultsOf, sentencesFor } from '../../../events/problem-sentences.ts';
import { didYouMean } from '../../../events/similar-word.ts';
import { commands, type Command } from '../../../domain/recording/commands.ts';
import { Refusal, type RefusalCode } from '../../../domain/errors.ts';
import type { CommandContext } from '../../../domain/recording/handle-command.ts';
import { checkContentWords, type CommonFields } from '../../../domain/recording/invariants.ts';
import { mapEvidence, mapReferences } from '../../../domain/recording/references.ts';
import { resolveReferences } from '../../../domain/recording/resolve-references.ts';

export interface Line {
  readonly kind: string;
  readonly key: string;
  readonly of?: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The article of a bulk request, and its records by key. */
export interface BulkRequest {
  readonly article: string;
  /** Ids of earlier records; null if the record was refused. */
  readonly earlier: ReadonlyMap<string, string | null>;
  /** The kinds of all records of the request, by key. */
  readonly kinds: ReadonlyMap<string, string>;
}

interface ParsedRecord {
  readonly command: Command;
  /** The id that the command applies to; absent if it creates something. */
  readonly id?: string;
  readonly body: unknown;
}

interface Fault {
  readonly code: RefusalCode;
  readonly detail: string;
  readonly pointer: string;
  readonly [more: string]: unknown;
}

/**
 * Returns the command of a record, with its references resolved.
 *
 * @throws Refusal with the first fault, and the others in `details.others`
 */
export async function parseRecord(
  context: CommandContext,
  line: Line,
  bulk: BulkRequest,
): Promise<ParsedRecord> {
  const faults: Fault[] = [];
  const idOf = (reference: string, pointer: string): string => {
    if (!reference.startsWith('@')) return reference;
    const key = reference.slice(1);
    const id = bulk.earlier.get(key);
    if (typeof id === 'string') return id;
    const detail = `${pointer}: ${reference} ${whyUnknown(key, bulk)}`;
    faults.push({ code: 'unknown-reference', detail, pointer, id: reference });
    return reference;
  };
  const id = targetOf(line, idOf, faults);
  const command = commandFor(line, id, bulk, faults);
  const evident = mapEvidence(line.body, (piece) => ({ articleId: bulk.article, ...piece }));
  const filled =
    command?.path === 'evidence/withdrawals' ? { articleId: bulk.article, ...(evident as object) } : evident;
  const body = mapReferences(filled, idOf);
  const checked = command?.body.safeParse(body, { error: sentencesFor('field') });
  if (command && checked?.success && faults.length === 0)
    return { command, ...(id === undefined ? {} : { id }), body: checked.data };
  const all = [...(checked?.error ? schemaFaults(checked.error, faults) : []), ...faults];
  throw combined([...all, ...(await sourceFaults(context, { command, id, body }, all))]);
}

function whyUnknown(key: string, { earlier, kinds }: BulkRequest): string {
  if (earlier.has(key)) return 'was refused';
  if (kinds.has(key)) return 'is the key of a later record: move that record before this one';
  return `is not the key of an earlier record${didYouMean(key, earlier.keys(), '@')}`;
}

function targetOf(
  { of }: Line,
  idOf: (reference: string, pointer: string) => string,
  faults: Fault[],
): string | undefined {
  if (of === undefined) return undefined;
  const id = idOf(of, '/of');
  const { error } = streamId.safeParse(id, { error: sentencesFor('field') });
  if (error && faults.length === 0) faults.push(...schemaFaults(error, [], '/of'));
  return id;
}

/** Returns the schema's errors as one fault, whose `errors` name each field. */
function schemaFaults(error: z.core.$ZodError, unresolved: readonly Fault[], at = ''): Fault[] {
  // An unresolved "@key" also fails the schema of ids; it is reported once.
  const reported = new Set(unresolved.map(({ pointer }) => pointer));
  const errors = faultsOf(error)
    .map(({ pointer, detail }) => ({ pointer: at + pointer, detail }))
    .filter(({ pointer }) => !reported.has(pointer));
  const [first] = errors;
  if (!first) return [];
  const detail = `${first.pointer || 'the body'}: ${first.detail}`;
  return [{ code: 'invalid', detail, pointer: first.pointer, errors }];
}

/** Returns the command of a record. The kind of an unresolved target may still be known from its key. */
function commandFor(
  { kind: name, of }: Line,
  id: string | undefined,
  { kinds }: BulkRequest,
  faults: Fault[],
): Command | undefined {
  const isNew = of === undefined;
  const kind = of?.startsWith('@') && id === of ? kinds.get(of.slice(1)) : id?.slice(0, id.indexOf('-'));
  const candidates = commands.filter((each) => each.name === name && (each.path === undefined) === isNew);
  const [command, ...others] =
    isNew || kind === undefined ? candidates : candidates.filter((each) => each.kind === kind);
  if (command && others.length === 0) return command;
  if (faults.length > 0) return undefined;
  const detail = isNew
    ? `"of" is missing: name what the ${name} applies to, by id or "@key"`
    : candidates.length === 0
      ? `a ${name} is created without a target: leave "of" out`
      : `${id} does not accept a ${name}: see GET /openapi.json`;
  faults.push({ code: 'invalid', detail, pointer: '/of' });
  return undefined;
}

/** Checks the parts of a record without known faults against the archive and the article, and returns their faults. */
async function sourceFaults(
  { history, source }: CommandContext,
  {
    command,
    id,
    body,
  }: { readonly command?: Command | undefined; readonly id?: string | undefined; readonly body: unknown },
  faults: readonly Fault[],
): Promise<Fault[]> {
  const pointers = faults.flatMap(({ pointer, errors = [] }) => [
    pointer,
    ...(errors as readonly { readonly pointer: string }[]).map((each) => each.pointer),
  ]);
  const rest = without(body, new Set(pointers), '');
  const stream = id ?? `${command?.kind ?? 'none'}-new`;
  try {
    const events = id === undefined || !command ? [] : await history(id);
    await resolveReferences(rest, stream, events, history, source);
    if (command && id === undefined) checkContent(rest);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { others = [], ...details } = error.details as { others?: Fault[] };
    return [{ pointer: '', ...details, code: error.code, detail: error.message }, ...others];
  }
}

/**
 * Checks that the passages contain the content, if both are valid.
 *
 * @throws Refusal
 */
function checkContent(body: unknown): void {
  const { content, evidence = [] } = body as { readonly content?: unknown; readonly evidence?: unknown[] };
  const isWhole = Array.isArray(evidence) && evidence.length > 0 && !evidence.includes(undefined);
  if (typeof content === 'string' && isWhole)
    checkContentWords({ content } as CommonFields, evidence as Evidence[]);
}

/** Returns a copy without the values at these pointers, and without evidence that has any fault. */
function without(value: unknown, pointers: ReadonlySet<string>, at: string): unknown {
  if (at !== '' && pointers.has(at)) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  const isPiece = !Array.isArray(value) && /\/evidence(?:\/\d+)?$/.test(at);
  if (isPiece && pointers.values().some((each) => each.startsWith(`${at}/`))) return undefined;
  if (Array.isArray(value)) return value.map((each, index) => without(each, pointers, `${at}/${index}`));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, without(each, pointers, `${at}/${name}`)]),
  );
}

function combined([first, ...others]: readonly Fault[]): Refusal {
  if (!first) throw new Error('a refused record has a fault');
  const { code, detail, ...details } = first;
  return new Refusal(code, detail, { ...details, ...(others.length > 0 ? { others } : {}) });
}
