// Synthesises the template of the stack for tests, without bundling the functions.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { defaults } from '../../infra/function-settings.ts';
import { ChanceryStack } from '../../infra/stack.ts';
import type { Resources } from '../support/grants.ts';

export function synthesised(settings = defaults): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new ChanceryStack(app, settings.name, settings));
}

export const resourcesOf = (template: Template): Resources => template.toJSON()['Resources'] as Resources;
