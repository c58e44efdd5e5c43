// Rebuilds of read models: a state machine that calls function `rebuild` until no view needs anything more, however
// long that takes, and what starts it.
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
  Fail,
  JitterType,
  JsonPath,
  Map,
  Pass,
  Result,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  type IChainable,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Settings } from './settings.ts';

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
      definitionBody: DefinitionBody.fromChainable(this.definition(functions, settings)),
      comment: 'Folds read models anew beside those that are read, compares and switches them',
    });
    for (const each of [functions.api, functions.projector]) {
      this.machine.grantStartExecution(each);
      each.addEnvironment('CHANCERY_REBUILDS', this.machine.stateMachineArn);
    }

    if (settings.rebuild.schedule !== undefined)
      new Schedule(this, 'Regularly', {
        schedule: ScheduleExpression.expression(settings.rebuild.schedule),
        target: new StepFunctionsStartExecution(this.machine, {
          input: ScheduleTargetInput.fromObject({ reason: 'scheduled' }),
        }),
        description: 'Rebuilds every read model, and so compares it with its history',
      });
    new Schedule(this, 'Look', {
      schedule: ScheduleExpression.rate(settings.look),
      target: new StartFunction(functions.projector, {
        input: ScheduleTargetInput.fromObject({ look: true }),
      }),
      description: 'Tries stopped read models again, and finds what a rebuild has to do that nobody runs',
    });
    // The next look finds what this one would have.
    functions.projector.configureAsyncInvoke({ maxEventAge: Duration.minutes(1), retryAttempts: 0 });
  }

  /** Each view goes on alone: one that fails for good leaves the others be. */
  private definition({ rebuild }: Functions, { rebuild: { viewsAtOnce } }: Settings): IChainable {
    const plan = new LambdaInvoke(this, 'Plan', {
      comment: 'Which views need something that nobody does?',
      lambdaFunction: rebuild,
      payload: TaskInput.fromObject({ plan: JsonPath.objectAt('$') }),
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
    const chunk = new LambdaInvoke(this, 'Chunk', {
      comment: 'As much of a view as one call of the function can do',
      lambdaFunction: rebuild,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
    const failed = new Pass(this, 'Failed', { result: Result.fromObject({ failed: true }) });
    const done = new Pass(this, 'Done');
    const more = new Choice(this, 'More')
      .when(Condition.booleanEquals('$.more', true), chunk)
      .otherwise(done);
    const views = new Map(this, 'Views', {
      itemsPath: '$.views',
      itemSelector: {
        view: JsonPath.stringAt('$$.Map.Item.Value'),
        runner: JsonPath.stringAt('$$.Execution.Name'),
        round: 0,
      },
      maxConcurrency: viewsAtOnce,
    });
    views.itemProcessor(chunk.addRetry(RETRY).addCatch(failed).next(more));
    const outcome = new Pass(this, 'Outcome', {
      parameters: { failed: JsonPath.listAt('$[?(@.failed == true)]') },
    });
    const all = new Choice(this, 'All')
      .when(Condition.isPresent('$.failed[0]'), new Fail(this, 'NotAll', { cause: 'Not every view went on' }))
      .otherwise(new Succeed(this, 'Every'));
    return plan.addRetry(RETRY).next(views).next(outcome).next(all);
  }
}
