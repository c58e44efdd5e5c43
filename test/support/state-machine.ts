// Runs a state machine as Step Functions does (Amazon States Language), as far as this archive's own goes: tasks with
// retries and catches, maps, choices, and the few paths that they use. What it does not know, it refuses.

import type { Resources } from './grants.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Parameters?: unknown;
  readonly Result?: unknown;
  readonly Retry?: readonly { readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly ItemsPath?: string;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: Machine;
  readonly Choices?: readonly {
    Variable: string;
    BooleanEquals?: boolean;
    IsPresent?: boolean;
    Next: string;
  }[];
  readonly Default?: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The one state machine of a stack; which function its tasks call is left open. */
export function machineIn(resources: Resources): Machine {
  const machine = Object.values(resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  if (!machine) throw new Error('the stack has no state machine');
  const [, parts] = machine.Properties.DefinitionString['Fn::Join'] as [string, unknown[]];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'function')).join('')) as Machine;
}

export interface Execution {
  readonly status: 'succeeded' | 'failed';
  /** Tasks that were run, tries included. */
  readonly tasks: number;
}

/** Every task goes to `invoke`; intervals are not waited for. */
export async function execute(
  machine: Machine,
  name: string,
  input: unknown,
  invoke: (payload: unknown) => Promise<unknown>,
): Promise<Execution> {
  let tasks = 0;
  let failed = false;
  await run(machine, input, {});
  return { status: failed ? 'failed' : 'succeeded', tasks };

  async function run({ StartAt, States }: Machine, given: unknown, item: object): Promise<unknown> {
    let data = given;
    for (let at: string | undefined = StartAt; at !== undefined;) {
      const state: State | undefined = States[at];
      if (!state) throw new Error(`there is no state ${at}`);
      at = state.Next;
      const context = { Execution: { Name: name }, ...item };
      if (state.Type === 'Task') {
        const outcome = await attempt(state, selected(state.Parameters ?? undefined, data, context));
        if ('error' in outcome && !state.Catch?.[0]) throw outcome.error;
        if ('error' in outcome) at = state.Catch?.[0]?.Next;
        else data = outcome.result;
      } else if (state.Type === 'Pass') {
        data = state.Result ?? selected(state.Parameters, data, context);
      } else if (state.Type === 'Choice') {
        at = state.Choices?.find((choice) => holds(choice, data))?.Next ?? state.Default;
      } else if (state.Type === 'Map') {
        const items = pathIn(state.ItemsPath ?? '$', data, context) as readonly unknown[];
        const each = (Value: unknown) => {
          const map = { Map: { Item: { Value } } };
          const processor = state.ItemProcessor ?? { StartAt: '', States: {} };
          return run(processor, selected(state.ItemSelector, data, { ...context, ...map }), map);
        };
        data = await Promise.all(items.map(each));
      } else if (state.Type === 'Fail') {
        failed = true;
      } else if (state.Type !== 'Succeed') throw new Error(`${state.Type} is no state that is known here`);
    }
    return data;
  }

  async function attempt(
    { Retry }: State,
    payload: unknown,
  ): Promise<{ result: unknown } | { error: unknown }> {
    const tries = 1 + (Retry?.[0]?.MaxAttempts ?? 0);
    for (let left = tries; ; left--) {
      tasks++;
      try {
        return { result: await invoke(payload) };
      } catch (error) {
        if (left === 1) return { error };
      }
    }
  }
}

function holds(
  { Variable, BooleanEquals, IsPresent }: NonNullable<State['Choices']>[number],
  data: unknown,
): boolean {
  const value = pathIn(Variable, data, {});
  if (IsPresent !== undefined) return (value !== undefined) === IsPresent;
  return value === BooleanEquals;
}

/** A template whose members that end in `.$` are paths. */
function selected(template: unknown, data: unknown, context: object): unknown {
  if (template === undefined) return data;
  return Object.fromEntries(
    Object.entries(template as object).map(([name, value]) =>
      name.endsWith('.$') ? [name.slice(0, -2), pathIn(value as string, data, context)] : [name, value],
    ),
  );
}

function pathIn(path: string, data: unknown, context: object): unknown {
  if (path === '$[?(@.failed == true)]')
    return (data as readonly { failed?: boolean }[]).filter(({ failed }) => failed === true);
  const [root, steps] = path.startsWith('$$') ? [context, path.slice(2)] : [data, path.slice(1)];
  if (!/^(?:\.\w+|\[\d+\])*$/.test(steps)) throw new Error(`${path} is no path that is known here`);
  return [...steps.matchAll(/\w+/g)].reduce<unknown>(
    (value, [step]) => (value as Record<string, unknown> | undefined)?.[step],
    root,
  );
}
