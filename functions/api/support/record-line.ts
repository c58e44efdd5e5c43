// Understands one record of a batch: its command, and the ids that its "@key"s stand for. If it is not right, all its
// faults are found at once: fields, "@key"s, references and passages.
import type { z } from 'zod';
import { streamId, type Evidence } from '../../../events/shared-pieces.ts';
import { faultsOf, sentencesFor } from '../../../events/problem-sentences.ts';
import { didYouMean } from '../../../events/similar-word.ts';
import { commands, type Command } from '../../../domain/recording/commands.ts';
import { Refusal, type RefusalCode } from '../../../domain/errors.ts';
import type { CommandContext } from '../../../domain/recording/handle-command.ts';
import { checkWords, type CommonFields } from '../../../domain/recording/invariants.ts';
import { mapEvidence, mapReferences } from '../../../domain/recording/references.ts';
import { resolve } from '../../../domain/recording/resolve-references.ts';

export interface Line {
  readonly kind: string;
  readonly key: string;
  readonly of?: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The records of a batch by their keys. */
export interface RecordBatch {
  readonly article: string;
  /** Ids of earlier records; null if the record was refused. */
  readonly earlier: ReadonlyMap<string, string | null>;
  /** All its keys, and what is recorded under them. */
  readonly kinds: ReadonlyMap<string, string>;
}

export interface Understood {
  readonly command: Command;
  /** The thing that it happens to. */
  readonly id?: string;
  readonly body: unknown;
}

interface Fault {
  readonly code: RefusalCode;
  readonly detail: string;
  readonly pointer: string;
  readonly [more: string]: unknown;
}

/** Throws Refusal with the first fault, and the others in `details.others`. */
export async function understand(world: CommandContext, line: Line, batch: RecordBatch): Promise<Understood> {
  const faults: Fault[] = [];
  const named = (reference: string, pointer: string): string => {
    if (!reference.startsWith('@')) return reference;
    const key = reference.slice(1);
    const id = batch.earlier.get(key);
    if (typeof id === 'string') return id;
    const detail = `${pointer}: ${reference} ${whyUnknown(key, batch)}`;
    faults.push({ code: 'unknown-reference', detail, pointer, id: reference });
    return reference;
  };
  const id = thingOf(line, named, faults);
  const command = commandFor(line, id, batch, faults);
  const placed = mapEvidence(line.body, (piece) => ({ articleId: batch.article, ...piece }));
  const filled =
    command?.path === 'evidence/withdrawals' ? { articleId: batch.article, ...(placed as object) } : placed;
  const body = mapReferences(filled, named);
  const checked = command?.body.safeParse(body, { error: sentencesFor('field') });
  if (command && checked?.success && faults.length === 0)
    return { command, ...(id === undefined ? {} : { id }), body: checked.data };
  const all = [...(checked?.error ? schemaFaults(checked.error, faults) : []), ...faults];
  throw combined([...all, ...(await sourceFaults(world, { command, id, body }, all))]);
}

function whyUnknown(key: string, { earlier, kinds }: RecordBatch): string {
  if (earlier.has(key)) return 'was refused';
  if (kinds.has(key)) return 'is the key of a later record: move that one before this';
  return `is no key of an earlier record${didYouMean(key, earlier.keys(), '@')}`;
}

function thingOf(
  { of }: Line,
  named: (reference: string, pointer: string) => string,
  faults: Fault[],
): string | undefined {
  if (of === undefined) return undefined;
  const id = named(of, '/of');
  const { error } = streamId.safeParse(id, { error: sentencesFor('field') });
  if (error && faults.length === 0) faults.push(...schemaFaults(error, [], '/of'));
  return id;
}

/** A group of schema faults is one fault, whose `errors` name each field. */
function schemaFaults(error: z.core.$ZodError, unresolved: readonly Fault[], at = ''): Fault[] {
  // An "@key" that stands for nothing is no id either.
  const known = new Set(unresolved.map(({ pointer }) => pointer));
  const errors = faultsOf(error)
    .map(({ pointer, detail }) => ({ pointer: at + pointer, detail }))
    .filter(({ pointer }) => !known.has(pointer));
  const [first] = errors;
  if (!first) return [];
  const detail = `${first.pointer || 'the body'}: ${first.detail}`;
  return [{ code: 'invalid', detail, pointer: first.pointer, errors }];
}

/** Of a thing that is not known, its kind may be. */
function commandFor(
  { kind: name, of }: Line,
  id: string | undefined,
  { kinds }: RecordBatch,
  faults: Fault[],
): Command | undefined {
  const isNew = of === undefined;
  const kind = of?.startsWith('@') && id === of ? kinds.get(of.slice(1)) : id?.slice(0, id.indexOf('-'));
  const named = commands.filter((each) => each.name === name && (each.path === undefined) === isNew);
  const [command, ...others] =
    isNew || kind === undefined ? named : named.filter((each) => each.kind === kind);
  if (command && others.length === 0) return command;
  if (faults.length > 0) return undefined;
  const detail = isNew
    ? `say what the ${name} is "of": an id, or "@key"`
    : named.length === 0
      ? `a ${name} is new: leave "of" out`
      : `${id} takes no ${name}`;
  faults.push({ code: 'invalid', detail, pointer: '/of' });
  return undefined;
}

/** What the archive and the article say against the rest of a line whose faults so far are these. */
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
    await resolve(rest, stream, events, history, source);
    if (command && id === undefined) checkContent(rest);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { others = [], ...details } = error.details as { others?: Fault[] };
    return [{ pointer: '', ...details, code: error.code, detail: error.message }, ...others];
  }
}

/** Throws Refusal if the passages lack the content; both must be right in themselves. */
function checkContent(body: unknown): void {
  const { content, evidence = [] } = body as { readonly content?: unknown; readonly evidence?: unknown[] };
  const isWhole = Array.isArray(evidence) && evidence.length > 0 && !evidence.includes(undefined);
  if (typeof content === 'string' && isWhole) checkWords({ content } as CommonFields, evidence as Evidence[]);
}

/** A copy without the values at these pointers, and without pieces of evidence that are wrong anywhere. */
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
