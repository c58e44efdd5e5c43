// Reads the permissions of the functions' roles from a synthesized template, for tests of the stack and to compare them with
// the calls that running functions make.

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: any;
}
export type Resources = Readonly<Record<string, Resource>>;

export interface Grant {
  readonly action: string;
  /** JSON of the template; it contains the logical id of a table or bucket. */
  readonly resource: string;
  readonly condition: unknown;
}

/** Returns the permissions of a function's role. @throws Error if the role has no policy. */
export function grantsOf(resources: Resources, name: string): Grant[] {
  const policies = Object.entries(resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`Functions${name}`),
  );
  if (policies.length === 0) throw new Error(`the role of ${name} has no policy`);
  return policies.flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument.Statement as Statement[]).flatMap(grantsIn),
  );
}

function grantsIn({ Action, Resource, Condition }: Statement): Grant[] {
  const resources = [Resource].flat().map((resource) => JSON.stringify(resource));
  return [Action]
    .flat()
    .flatMap((action) => resources.map((resource) => ({ action, resource, condition: Condition })));
}

/** Returns the actions on a store such as `Events` or `Articles`, sorted. */
export const actionsOn = (grants: readonly Grant[], store: string): string[] =>
  grants
    .filter(({ resource }) => resource.includes(`Stores${store}`) && !resource.includes('StreamArn'))
    .map(({ action }) => action)
    .toSorted();

/** Returns the actions on tables that are created at run time, or on their alarms, sorted. */
export const actionsOnRows = (grants: readonly Grant[], kind: 'table' | 'alarm'): string[] =>
  grants
    .filter(({ resource }) => new RegExp(`:${kind}[/:]chancery-rows-\\*"`).test(resource))
    .map(({ action }) => action)
    .toSorted();

/** Returns all statements with the effect Allow of roles, keys, buckets and topics, with the id of their resource. */
export function allowances(resources: Resources): [id: string, Statement][] {
  return Object.entries(resources).flatMap(([id, { Properties = {} }]) => {
    const { PolicyDocument, KeyPolicy, AssumeRolePolicyDocument, Policies = [] } = Properties;
    const documents = [PolicyDocument, KeyPolicy, AssumeRolePolicyDocument, ...inline(Policies)];
    return documents
      .flatMap((document) => (document?.Statement ?? []) as Statement[])
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement): [string, Statement] => [id, statement]);
  });
}

const inline = (policies: { PolicyDocument: unknown }[]): any[] =>
  policies.map(({ PolicyDocument }) => PolicyDocument);
