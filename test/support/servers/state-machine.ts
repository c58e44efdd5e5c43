// Runs a state machine of the Amazon States Language as Step Functions does. It supports tasks with retries and
// choices, as the archive's state machine uses them, and rejects other states.

import type { Resources } from '../grants.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Parameters?: unknown;
  readonly Retry?: readonly { readonly MaxAttempts: number }[];
  readonly Choices?: readonly { Variable: string; BooleanEquals: boolean; Next: string }[];
  readonly Default?: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Returns the state machine of a stack, with a placeholder for the function of its tasks. */
export function machineIn(resources: Resources): Machine {
  const machine = Object.values(resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  if (!machine) throw new Error('the stack has no state machine');
  const [, parts] = machine.Properties.DefinitionString['Fn::Join'] as [string, unknown[]];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'function')).join('')) as Machine;
}

export interface Execution {
  readonly status: 'succeeded' | 'failed';
  /** Number of task runs, retries included. */
  readonly tasks: number;
}

/** Runs the machine. Each task calls `invoke` with the result of the state before it. Retries follow at once. */
export async function execute(
  { StartAt, States }: Machine,
  input: unknown,
  invoke: (payload: unknown) => Promise<unknown>,
): Promise<Execution> {
  let tasks = 0;
  let data = input;
  for (let at: string | undefined = StartAt; at !== undefined;) {
    const state: State | undefined = States[at];
    if (state?.Type === 'Task' && state.Parameters === undefined) {
      const outcome = await attempt(state, data);
      if (!outcome) return { status: 'failed', tasks };
      data = outcome.result;
      at = state.Next;
    } else if (state?.Type === 'Choice') {
      at = state.Choices?.find((choice) => holds(choice, data))?.Next ?? state.Default;
    } else if (state?.Type === 'Succeed') {
      at = undefined;
    } else throw new Error(`state ${at} is not supported here: ${JSON.stringify(state)}`);
  }
  return { status: 'succeeded', tasks };

  /** Returns the result; undefined if the task and all its retries failed. */
  async function attempt({ Retry }: State, payload: unknown): Promise<{ result: unknown } | undefined> {
    for (let left = 1 + (Retry?.[0]?.MaxAttempts ?? 0); left > 0; left--) {
      tasks++;
      try {
        return { result: await invoke(payload) };
      } catch {
        // The loop retries.
      }
    }
    return undefined;
  }
}

function holds({ Variable, BooleanEquals }: NonNullable<State['Choices']>[number], data: unknown): boolean {
  const [, name] = /^\$\.(\w+)$/.exec(Variable) ?? [];
  if (name === undefined) throw new Error(`the path ${Variable} is not supported here`);
  return (data as Record<string, unknown>)[name] === BooleanEquals;
}
