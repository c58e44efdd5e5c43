// The CDK app: one stack, its settings from the context (cdk deploy -c name=… -c alarmEmail=…).
import { App } from 'aws-cdk-lib';
import { settingsFrom } from './function-settings.ts';
import { ChanceryStack } from './stack.ts';

const app = new App();
const settings = settingsFrom((key) => app.node.tryGetContext(key) as unknown);
new ChanceryStack(app, settings.name, settings);
