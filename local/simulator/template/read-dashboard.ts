import { type Template, UnsupportedError } from '../../emulators/cloudwatch/index.ts';
import type { Dashboard } from './deployment.ts';
import { arnFor, physicalName, resolveText } from './resolve-text.ts';

/**
 * Reads which functions a dashboard's custom widgets invoke. Nothing else of a dashboard is simulated.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function readDashboard(template: Template, logicalId: string): Dashboard {
  const { widgets } = readBody(resolveText(template, template.Resources[logicalId]?.Properties?.DashboardBody));
  if (!Array.isArray(widgets)) throw new UnsupportedError('a dashboard has no widgets');
  const endpoints: readonly string[] = widgets.flatMap(({ type, properties }) =>
    type === 'custom' ? [String(properties?.endpoint)] : [],
  );
  return { logicalId, name: physicalName(template, logicalId), invokes: endpoints.map((arn) => nameOf(template, arn)) };
}

function readBody(text: string): { readonly widgets?: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnsupportedError('the body of a dashboard is not valid JSON');
  }
}

/** The name of the function; the ARN, if there is none. */
function nameOf(template: Template, arn: string): string {
  const id = Object.keys(template.Resources).find(
    (each) => template.Resources[each]?.Type === 'AWS::Lambda::Function' && arnFor(template, each) === arn,
  );
  return id === undefined ? arn : physicalName(template, id);
}
