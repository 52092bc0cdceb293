import { type RequestReader, requestReader } from "../core/csr/certification-request";
import { throwErrors, titleOf } from "../core/errors";
import { accessOption } from "../core/options/grant-options";
import { type Given, type TableOf, andAlso, checkOptions, option } from "../core/options/option-table";
import { approvalOptions, checkRequest, userOptions } from "../core/options/user-options";
import { enforceUserPolicy } from "../core/options/user-policy";
import { ValidationErrors, isRecord } from "../core/options/validation-errors";
import { checkScope } from "./chart-objects";
import { checkDeclaredRequest } from "./declared-request";
import { checkGivenNames } from "./given-names";
import { type AccessGrant, type KubernetesUserProps } from "./kubernetes-user-props";
import { checkRoleReferences, withRoleNamesUnchecked } from "./role-references";

/** The options of a user in a chart: the component's, as far as manifests have them. */
const userProps = {
  username: userOptions.username,
  groups: userOptions.groups,
  request: andAlso(userOptions.request, (errors, { path, value }) => {
    if (value === undefined) {
      errors.add(
        path,
        `expected a PEM PKCS#10 request, got nothing. Manifests hold no private key, so the user makes key and request: "openssl req -new".`,
      );
    }
  }),
  signerName: userOptions.signerName,
  expirationSeconds: userOptions.expirationSeconds,
  publish: userOptions.publish,
  // Constructs stand in for names of roles: they have been replaced by those.
  access: option<readonly AccessGrant[]>(accessOption.shape, accessOption.check),
  policy: approvalOptions.policy,
} satisfies TableOf<KubernetesUserProps>;

/**
 * Checks a user's properties before anything is added to the tree, by the rules of the Pulumi component, and what they
 * make against what the chart has already.
 *
 * @throws KubernetesUserError `invalid-arguments` with everything that is wrong, `policy-violated`
 */
export function checkProps(scope: unknown, id: string, props: unknown, read: RequestReader = requestReader()): void {
  const errors = new ValidationErrors();
  checkScope(errors, scope);
  const named = isRecord(props) ? { ...props, access: withRoleNamesUnchecked(props["access"]) } : props;
  const given: Given = checkOptions(errors, "", named, userProps) ?? {};
  checkRequest(errors, given, read);
  const access = isRecord(props) ? props["access"] : undefined;
  checkRoleReferences(errors, access);
  checkGivenNames(errors, scope, access);
  checkDeclaredRequest(errors, scope, given, read);
  throwErrors(titleOf(id), errors.all);
  enforceUserPolicy(given["policy"], given, read);
}
