import { checkAccess } from "../core/rbac/grants";
import { type RequestReader, requestReader } from "../core/csr/certification-request";
import { ValidationErrors } from "../core/options/validation-errors";
import { throwErrors, titleOf } from "../core/errors";
import { checkGroups, checkUsername } from "../core/options/identity";
import { checkLifetime } from "../core/options/lifetime";
import { checkPublish } from "../core/rbac/publication";
import { checkPolicy } from "../core/options/policy";
import { checkRequest, checkSignerName } from "../core/options/user-options";
import { enforceUserPolicy } from "../core/options/user-policy";
import { checkScope } from "./chart-objects";
import { checkDeclaredRequest, withLifetime } from "./declared-request";
import { checkGivenNames } from "./given-names";
import { checkRoleReferences, withRoleNamesUnchecked } from "./role-references";

const userProps = ["username", "groups", "request", "signerName", "expirationSeconds", "publish", "access", "policy"];

/**
 * Checks a user's properties before anything is added to the tree, by the rules of the Pulumi component, and what they
 * make against what the chart has already.
 *
 * @throws KubernetesUserError `invalid-arguments` with everything that is wrong, `policy-violated`
 */
export function checkProps(scope: unknown, id: string, props: unknown, read: RequestReader = requestReader()): void {
  const errors = new ValidationErrors();
  checkScope(errors, scope);
  const given = withLifetime(errors.object("", props, userProps) ?? {});
  const { username, groups, request, signerName, expirationSeconds, publish, access, policy } = given;
  checkUsername(errors, "username", username);
  checkGroups(errors, "groups", groups);
  checkSignerName(errors, "signerName", signerName);
  checkLifetime(errors, { expirationSeconds });
  if (request === undefined) {
    errors.add(
      "request",
      `expected a PEM PKCS#10 request, got nothing. Manifests hold no private key, so the user makes both: "openssl req -new".`,
    );
  }
  checkRequest(errors, { username, groups, request }, read);
  checkPublish(errors, { publish, request });
  const named = withRoleNamesUnchecked(access);
  checkAccess(errors, "access", named);
  checkRoleReferences(errors, access);
  checkGivenNames(errors, scope, access);
  checkPolicy(errors, "policy", policy);
  checkDeclaredRequest(errors, scope, { request, signerName, expirationSeconds }, read);
  throwErrors(titleOf(id), errors.all);
  enforceUserPolicy(policy, { username, groups, request, expirationSeconds, access: named }, read);
}
