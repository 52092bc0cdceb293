import { checkAccess } from "../core/access";
import { type RequestReader, requestReader } from "../core/certification-request";
import { Problems } from "../core/checks";
import { throwProblems } from "../core/errors";
import { checkGroups, checkUsername } from "../core/identity";
import { checkLifetime } from "../core/lifetime";
import { checkPublish } from "../core/publication";
import { checkPolicy } from "../core/policy";
import { titleOf } from "../core/title";
import { checkRequest, checkSignerName } from "../core/user-options";
import { enforceUserPolicy } from "../core/user-policy";
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
  const problems = new Problems();
  checkScope(problems, scope);
  const given = withLifetime(problems.object("", props, userProps) ?? {});
  const { username, groups, request, signerName, expirationSeconds, publish, access, policy } = given;
  checkUsername(problems, "username", username);
  checkGroups(problems, "groups", groups);
  checkSignerName(problems, "signerName", signerName);
  checkLifetime(problems, { expirationSeconds });
  if (request === undefined) {
    problems.add(
      "request",
      `expected a PEM PKCS#10 request, got nothing. Manifests hold no private key, so the user makes both: "openssl req -new".`,
    );
  }
  checkRequest(problems, { username, groups, request }, read);
  checkPublish(problems, { publish, request });
  const named = withRoleNamesUnchecked(access);
  checkAccess(problems, "access", named);
  checkRoleReferences(problems, access);
  checkGivenNames(problems, scope, access);
  checkPolicy(problems, "policy", policy);
  checkDeclaredRequest(problems, scope, { request, signerName, expirationSeconds }, read);
  throwProblems(titleOf(id), problems.all);
  enforceUserPolicy(policy, { username, groups, request, expirationSeconds, access: named }, read);
}
