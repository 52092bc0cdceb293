import fc from "fast-check";
import { type KubernetesUserError } from "../../../components/core/errors";
import { checkUser } from "../../../components/core/options/user-options";
import { errorOf } from "./errors";
import { kubeconfigYaml } from "./secrets";
import { requestOf } from "./test-authority";

export const subject = 'KubernetesUser "jane"';

export const request = requestOf({ username: "jane", groups: ["a", "b"] });

export function refusalOf(options: unknown): KubernetesUserError {
  return errorOf(() => {
    checkUser(subject, options);
  });
}

export const everyOption = {
  username: "jane",
  groups: ["developers", "oncall"],
  kubeconfig: kubeconfigYaml,
  context: "prod",
  signerName: "kubernetes.io/kube-apiserver-client",
  expirationSeconds: 86400,
  renewBeforeSeconds: 28800,
  accessUntil: "2027-01-31T00:00:00Z",
  privateKey: { algorithm: "ECDSA", ecdsaCurve: "P256" },
  rotation: "2026-11",
  approval: {
    mode: "manual",
    hook: () => undefined,
    policy: { maxExpirationSeconds: 86400, allowedGroups: ["*"], allowedKeyAlgorithms: ["ECDSA"], minRsaBits: 2048 },
    timeoutSeconds: 0,
  },
  access: [{ namespaces: ["dev"], clusterRole: "view" }],
  namespace: "dev",
  verify: true,
};

/** Policies that forbid nothing: what they forbid is judged elsewhere. */
export const policy = fc.record(
  {
    maxExpirationSeconds: fc.constant(2 ** 31 - 1),
    allowedGroups: fc.constantFrom(["*"], ["team-*", "*"]),
    allowedUsernames: fc.constantFrom(["*"], ["jane", "*"]),
    allowedKeyAlgorithms: fc.constant(["RSA", "ECDSA", "ED25519"]),
    minRsaBits: fc.integer({ min: 1, max: 2048 }),
  },
  { requiredKeys: [] },
);

export const approval = fc.oneof(
  fc.record({ mode: fc.constant("manual"), timeoutSeconds: fc.nat(), policy }, { requiredKeys: ["mode"] }),
  fc.record(
    { mode: fc.constant("automatic"), timeoutSeconds: fc.integer({ min: 1 }), policy, hook: fc.func(fc.boolean()) },
    { requiredKeys: [] },
  ),
);
