// Rebuilds of read models: a state machine that calls function `rebuild` until there is nothing more to do, however long
// that takes, and what starts it.
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

/** A store that is throttled, or a function that was deployed anew: some minutes at growing, random intervals. */
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
      comment: 'Folds read models anew, compares them with those that are read, and switches',
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
        description: 'Compares the read models with their history',
      });
    new Schedule(this, 'Look', {
      schedule: ScheduleExpression.rate(settings.look),
      target: new StartFunction(functions.projector, {
        input: ScheduleTargetInput.fromObject({ look: true }),
      }),
      description: 'Tries stopped read models again, and starts rebuilds that no execution runs',
    });
    // The next look finds what this one would have.
    functions.projector.configureAsyncInvoke({ maxEventAge: Duration.minutes(1), retryAttempts: 0 });
  }

  /**
   * The function gets the input of the execution, and then its own answer: `{reason, round}`, both of which may be absent
   * at first, to `{round, more}`. An execution that ends before a rebuild does is followed by another, as soon as the
   * projector looks.
   */
  private definition({ rebuild }: Functions): IChainable {
    const step = new LambdaInvoke(this, 'Step', {
      comment: 'As much of a rebuild as one call of the function can do',
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
