// The CDK app: one stack, its settings from the context (cdk deploy -c name=… -c alarmEmail=…).
import { App, Tags } from 'aws-cdk-lib';
import { defaults, settingsFrom } from './settings.ts';
import { ChanceryStack } from './stack.ts';

const app = new App();
const settings = settingsFrom((key) => app.node.tryGetContext(key) as unknown);
const stack = new ChanceryStack(app, settings.name, settings);
Tags.of(stack).add('application', defaults.name);
Tags.of(stack).add('archive', settings.name);
