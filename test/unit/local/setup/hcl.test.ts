import { describe, expect, it } from 'vitest';
import { Expression, hclBlock, NestedBlock } from '../../../../local/setup/hcl.ts';
import { parseHcl, terraformProblems } from '../../../support/terraform-schema.ts';

describe('a block of HCL', () => {
  it('is as terraform fmt writes it', () => {
    const body = {
      ...{ name: 'x', group_id: new Expression('okta_group.group.id'), priority: 1, tags: ['a', 'b'] },
      jwks: new NestedBlock({ kid: 'k' }),
    };
    expect(hclBlock('resource "a" "b"', body)).toBe(
      [
        'resource "a" "b" {',
        '  name     = "x"',
        '  group_id = okta_group.group.id',
        '  priority = 1',
        '  tags     = ["a", "b"]',
        '',
        '  jwks {',
        '    kid = "k"',
        '  }',
        '}',
      ].join('\n'),
    );
  });

  it('has no template in a text', () => {
    expect(hclBlock('locals', { text: `\${var.secret} %{if} "quoted"\n` })).toContain(
      `text = "$\${var.secret} %%{if} \\"quoted\\"\\n"`,
    );
  });
});

describe('the schema of the Terraform provider', () => {
  it('finds arguments and blocks that it does not have, wrong kinds, and what is missing', () => {
    const text = hclBlock('resource "okta_app_oauth" "app"', {
      ...{ type: 'service', pkce_required: 'yes', grant_types: 'all', dpop: true },
      jwks: new NestedBlock({ kid: 'k', d: 'private' }),
      key: new NestedBlock({}),
    });
    expect(parseHcl(text).flatMap(terraformProblems)).toEqual([
      'okta_app_oauth.pkce_required: "yes" is not a Boolean',
      'okta_app_oauth.grant_types: "all" is not a Set of String',
      'okta_app_oauth.dpop: not an argument',
      'okta_app_oauth.jwks.d: not an argument',
      'okta_app_oauth.jwks.kty: required',
      'okta_app_oauth.key: not a block',
      'okta_app_oauth.label: required',
    ]);
  });
});
