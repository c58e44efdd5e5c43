// API Gateway in front of function `api`: authorisation and throttling.
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from './function-settings.ts';

export class Api extends Construct {
  readonly url: string;

  constructor(scope: Construct, handler: IFunction, settings: Settings) {
    super(scope, 'Api');
    const integration = new HttpLambdaIntegration('Handler', handler);
    const api = new HttpApi(this, 'Http', { apiName: settings.name, createDefaultStage: true });
    const authorizer = authorizerOf(settings);
    api.addRoutes({ path: '/{path+}', methods: [HttpMethod.ANY], integration, authorizer });
    // Liveness needs no authorisation.
    api.addRoutes({
      path: '/health',
      methods: [HttpMethod.GET],
      integration,
      authorizer: new HttpNoneAuthorizer(),
    });
    const stage = api.defaultStage?.node.defaultChild;
    if (stage instanceof CfnStage) {
      const { requestsPerSecond, burst } = settings.api;
      stage.defaultRouteSettings = { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: burst };
    }
    this.url = api.apiEndpoint;
  }
}

function authorizerOf({ identity }: Settings): IHttpRouteAuthorizer {
  if (!identity) return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer('Identity', identity.issuer, { jwtAudience: [...identity.audience] });
}
