// The state machine of rebuilds, which calls function `rebuild` until there is no work left, and its triggers.
import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import {
  LambdaInvoke as StartFunction,
  StepFunctionsStartExecution,
} from 'aws-cdk-lib/aws-scheduler-targets';
import {
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  JitterType,
  StateMachine,
  StateMachineType,
  Succeed,
  type IChainable,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Settings } from './function-settings.ts';

/** Retries for some minutes with exponential backoff and jitter: for throttled stores and during deployments. */
const RETRY = {
  errors: [Errors.ALL],
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

export class Rebuilds extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, functions: Functions, settings: Settings) {
    super(scope, 'Rebuilds');
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: `${settings.name}-rebuilds`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(this.definition(functions)),
      comment: 'Folds new generations of read models, compares them with the live ones, and promotes them',
    });
    for (const each of [functions.api, functions.projector]) {
      this.machine.grantStartExecution(each);
      each.addEnvironment('CHANCERY_REBUILDS', this.machine.stateMachineArn);
    }

    if (settings.rebuild.schedule !== 'off')
      new Schedule(this, 'Regularly', {
        schedule: ScheduleExpression.expression(settings.rebuild.schedule),
        target: new StepFunctionsStartExecution(this.machine, {
          input: ScheduleTargetInput.fromObject({ reason: 'scheduled' }),
        }),
        description: 'Compares the read models with the log',
      });
    new Schedule(this, 'Look', {
      schedule: ScheduleExpression.rate(settings.look),
      target: new StartFunction(functions.projector, {
        input: ScheduleTargetInput.fromObject({ look: true }),
      }),
      description: 'Retries stopped read models, and starts the state machine for rebuilds without a runner',
    });
    // No retries, because the next scheduled check does the same work.
    functions.projector.configureAsyncInvoke({ maxEventAge: Duration.minutes(1), retryAttempts: 0 });
  }

  /**
   * Returns the loop over function `rebuild`. Its first input is that of the execution (`{reason}` or `{}`), then its own
   * answer `{round, more}`. If an execution ends before the rebuild does, the projector's next check starts another.
   */
  private definition({ rebuild }: Functions): IChainable {
    const step = new LambdaInvoke(this, 'Step', {
      comment: 'Advances the rebuild as far as one call of the function can',
      lambdaFunction: rebuild,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
    const more = new Choice(this, 'More')
      .when(Condition.booleanEquals('$.more', true), step)
      .otherwise(new Succeed(this, 'Done'));
    return step.addRetry(RETRY).next(more);
  }
}
