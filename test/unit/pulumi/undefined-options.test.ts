import { type AccessGrant, type KubernetesUserProps } from "../../../components/cdk8s/kubernetes-user-props";
import { type Policy } from "../../../components/core/options/policy";
import { checkUser } from "../../../components/core/options/user-options";
import { type AccessGrantArgs, type PolicyRuleArgs } from "../../../components/pulumi/access-args";
import {
  type AdoptArgs,
  type ApprovalArgs,
  type KubernetesUserArgs,
  type PrivateKeyArgs,
  type PublishArgs,
} from "../../../components/pulumi/kubernetes-user-args";

/*
 * Programs compute their options, and under exactOptionalPropertyTypes, which this repository is compiled with, `undefined`
 * is another thing than nothing: each option has to allow it. What does not, does not compile here.
 */

const policy: Policy = {
  maxExpirationSeconds: undefined,
  allowedGroups: undefined,
  allowedUsernames: undefined,
  allowedKeyAlgorithms: undefined,
  minRsaBits: undefined,
  access: undefined,
};
const approval: ApprovalArgs = {
  mode: undefined,
  hook: undefined,
  policy: undefined,
  timeoutSeconds: undefined,
  issuanceTimeoutSeconds: undefined,
  whenPending: undefined,
};
const privateKey: PrivateKeyArgs = { algorithm: undefined, ecdsaCurve: undefined, rsaBits: undefined };
const rule: PolicyRuleArgs = {
  apiGroups: [""],
  resources: ["pods"],
  resourceNames: undefined,
  nonResourceURLs: undefined,
  verbs: ["get"],
};
const grant: AccessGrantArgs = {
  namespaces: ["dev"],
  clusterWide: undefined,
  rules: [rule],
  role: undefined,
  clusterRole: undefined,
  name: undefined,
};
const everything: Required<{ [Option in keyof KubernetesUserArgs]: undefined }> & KubernetesUserArgs = {
  username: undefined,
  groups: undefined,
  kubeconfig: undefined,
  context: undefined,
  clusterName: undefined,
  contextName: undefined,
  signerName: undefined,
  expirationSeconds: undefined,
  renewBeforeSeconds: undefined,
  accessUntil: undefined,
  privateKey: undefined,
  rotation: undefined,
  request: undefined,
  adopt: undefined,
  publish: undefined,
  approval: undefined,
  access: undefined,
  namespace: undefined,
  verify: undefined,
};
const adopt: AdoptArgs = { certificate: "PEM", privateKey: undefined };
const publish: PublishArgs = { namespace: undefined, anonymous: undefined };
const cdk8sGrant: AccessGrant = {
  namespaces: ["dev"],
  clusterWide: undefined,
  rules: undefined,
  role: undefined,
  clusterRole: "view",
  name: undefined,
};
const props: KubernetesUserProps = {
  request: "",
  username: undefined,
  groups: undefined,
  signerName: undefined,
  expirationSeconds: undefined,
  access: [cdk8sGrant],
  policy: undefined,
};

describe("an option that is undefined", () => {
  it.each<[string, KubernetesUserArgs]>([
    ["every option", everything],
    ["what is in approval", { approval }],
    ["what is in a policy", { approval: { policy } }],
    ["what is in privateKey", { privateKey }],
    ["what is in a grant and a rule", { access: [grant] }],
  ])("counts as not given: %s", (_, options) => {
    expect(() => {
      checkUser("jane", {
        username: "jane",
        ...Object.fromEntries(Object.entries(options).filter(([, value]) => value)),
      });
    }).not.toThrow();
  });

  it("is allowed in the types of what is not checked here", () => {
    expect([adopt, publish, props]).toHaveLength(3);
  });
});
