// Freezes the process of a bundled function during its requests and thaws it later, as Lambda may do. Its pending
// requests then take effect, after the requests that other processes sent meanwhile.
import type { Invoked } from '../bundles.ts';
import type { Deployed, FunctionName } from '../archives/deployed.ts';
import type { ProxyCall } from '../servers/fault-proxy.ts';

export interface Frozen {
  /** Requests to DynamoDB that had not taken effect when the process stopped. */
  readonly held: () => number;
  /**
   * Resumes the process, and resolves when its invocations have ended and its requests have taken effect. `last` requests
   * take effect only after the process timed out on them, sent them again and ended.
   */
  readonly thaw: (requests: 'first' | 'last') => Promise<void>;
}

export interface Freezable extends Invoked {
  /** Runs invocations, and freezes the process at the first request to DynamoDB for which `isMoment` returns true. */
  readonly frozen: (
    run: (invoked: Invoked) => Promise<unknown>,
    isMoment: (call: ProxyCall) => boolean,
  ) => Promise<Frozen>;
}

/** Starts a process of its own. */
export async function freezable(
  deployed: Deployed,
  name: FunctionName,
  environment?: Record<string, string>,
): Promise<Freezable> {
  let plan: (call: ProxyCall) => Promise<void> | undefined = () => undefined;
  let release = (): void => {};
  const invoked = await deployed.start(name, environment, (call) => plan(call));

  const frozen: Freezable['frozen'] = async (run, isMoment) => {
    const thawed = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    release = thawed.resolve;
    let held = 0;
    plan = (call) => {
      if (held === 0 && !isMoment(call)) return undefined;
      if (held === 0) invoked.freeze();
      held++;
      stopped.resolve();
      return thawed.promise;
    };
    const result = run(invoked);
    await Promise.race([stopped.promise, result]);
    if (held === 0) throw new Error(`${name} ended before the moment at which it was to be frozen`);
    return {
      held: () => held,
      thaw: async (requests) => {
        plan = () => undefined;
        if (requests === 'first') thawed.resolve();
        invoked.thaw();
        try {
          await result;
        } finally {
          thawed.resolve();
          await deployed.landed();
        }
      },
    };
  };

  return {
    ...invoked,
    frozen,
    /** A test that failed may have left it frozen. */
    stop: async () => {
      release();
      invoked.thaw();
      await invoked.stop();
    },
  };
}
