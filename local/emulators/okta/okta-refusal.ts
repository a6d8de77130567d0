import { errors } from 'oidc-provider';
import { type OktaError, type OktaErrorCode, oktaError } from './okta-errors.ts';

/** Thrown by our own policies from inside the provider, which treats it like an error of its own. */
export class OktaRefusal extends errors.CustomOIDCProviderError {
  readonly refusal: OktaError;

  constructor(code: OktaErrorCode, detail?: string) {
    const refusal = oktaError(code, detail);
    super(refusal.error, refusal.description);
    this.refusal = refusal;
  }
}
