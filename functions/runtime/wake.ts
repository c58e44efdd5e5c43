// Starts the state machine of rebuilds if there is a rebuild to run.
import { sfnClient, startExecution } from '../../adapters/stepfunctions/start.ts';
import type { Alarm } from './alarm.ts';
import { settingsIn, type Environment } from '../settings/settings.ts';

/**
 * Returns a function that starts an execution of the state machine CHANCERY_REBUILDS. It never rejects: a failure alarms
 * the operator, and the projector's next check starts the state machine.
 */
export function wakerOf(environment: Environment, alarm: Alarm): () => Promise<void> {
  const { CHANCERY_REBUILDS: machine } = settingsIn(environment);
  const client = sfnClient();
  return async () => {
    try {
      if (machine === undefined) throw new Error('CHANCERY_REBUILDS names no state machine');
      await startExecution(client, machine, {});
    } catch (error) {
      alarm(
        'the state machine of rebuilds could not be started; the projector tries again within minutes',
        error,
      );
    }
  };
}
