// Tells the state machine of rebuilds that there is something to do.
import { sfnClient, startExecution } from '../../adapters/stepfunctions/start.ts';
import type { Alarm } from './alarm.ts';
import { settingsIn, type Environment } from '../settings/settings.ts';

/**
 * Gives a function that starts an execution of the state machine which CHANCERY_REBUILDS names. It only tells: where
 * that fails somebody is alarmed, and the projector's next look finds what there is to do.
 */
export function wakerOf(environment: Environment, alarm: Alarm): () => Promise<void> {
  const { CHANCERY_REBUILDS: machine } = settingsIn(environment);
  const client = sfnClient();
  return async () => {
    try {
      if (machine === undefined) throw new Error('CHANCERY_REBUILDS names no state machine');
      await startExecution(client, machine, {});
    } catch (error) {
      alarm('rebuilds could not be told to go on, and are found in some minutes', error);
    }
  };
}
