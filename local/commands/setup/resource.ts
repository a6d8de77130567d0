import type { Redacted } from '../../../functions/model/redacted.ts';
import type { Difference, Json } from './json.ts';
import type { OktaApi } from './okta-api.ts';
import type { SecretStore } from './secret-store.ts';
import type { Settings } from './settings.ts';

/** Something that exists already. */
export interface Found {
  readonly id: string;
  /** It has the mark of this deployment and org, or belongs to something that has. */
  readonly isOwn: boolean;
  /** Its state, without secrets. */
  readonly body: Json;
  /** The members of a secret. They cannot be printed by accident. */
  readonly secret?: Redacted<Json>;
}

/** The context in which a resource is made. */
export interface Context {
  readonly settings: Settings;
  readonly okta: OktaApi;
  readonly store: SecretStore;
  /** Makes a private key. */
  readonly makeKey: () => Promise<Json>;
  /** What exists, by the id of its resource. */
  readonly found: Map<string, Found>;
  /** The resources that exist or will, by id: those that Okta refuses are not among them. */
  readonly available: Set<string>;
  /** The resources that this call has created, by id. */
  readonly created: Set<string>;
}

/**
 * One thing that the set-up makes: the definition from which plan, set-up and removal come.
 *
 * Everything here may be stopped at any request and called again. So `find` must find what `create` made, even if no one
 * read the answer.
 */
export interface Resource {
  readonly id: string;
  /** Its kind, for people: `service application`. */
  readonly kind: string;
  /** The name that it has in Okta, AWS or the configuration. */
  readonly name: string;
  /** Its purpose. */
  readonly purpose: string;
  /** What works if it cannot be made, as a sentence. */
  readonly without: string;
  /** The resources without which it makes no sense. */
  readonly needs: readonly string[];
  /** The resources that it is part of: their marks are its own. */
  readonly within?: readonly string[];
  /** It is added to what others wrote, so that it needs no mark. */
  readonly isMerged?: boolean;
  /** Where it is in Okta. Absent for secrets and the configuration. */
  readonly okta?: { readonly type: string };
  find(context: Context): Promise<Found | undefined>;
  /** The desired state, without secrets. Ids that are not known yet are `knownLater`. */
  desired(context: Context, found?: Found): Json;
  /** Where it is not as it must be. */
  differences(context: Context, found: Found): readonly Difference[];
  /**
   * Looks again at what has a mark of its own, right before it or a part of it is changed or deleted. Returns false if it is
   * gone, and throws `CannotMake` if it lost its mark or its name meanwhile.
   */
  verify?(context: Context, found: Found): Promise<boolean>;
  create(context: Context): Promise<Found>;
  update(context: Context, found: Found): Promise<Found>;
  /** Absent if it goes with something else. */
  remove?(context: Context, found: Found): Promise<void>;
  /** What `remove` does beyond deleting, for the plan. */
  readonly removal?: string;
}

/** A reason why a resource cannot be made, found by looking. */
export class CannotMake extends Error {
  override readonly name = 'CannotMake';
  readonly reason: string;
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(`${reason} ${remedy}`);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** Thrown if a resource has changed since the plan was shown. It is left alone. */
export function changedMeanwhile(what: string): CannotMake {
  return new CannotMake(
    `It changed after it was looked at: ${what}. So it is not touched.`,
    'Look at what it is now, and run it again.',
  );
}
