import { type Place } from "../../../../../cli/status/access/holding";
import { type Risk, risksOf } from "../../../../../cli/status/access/risks";
import { type PolicyRule } from "../../../../../components/core/rbac/grants";

const cluster: Place = { kind: "cluster" };
const namespace: Place = { kind: "namespace", name: "dev" };

function rule(apiGroup: string, resource: string, ...verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources: [resource], verbs };
}

describe("the ways to more access", () => {
  it.each<[verb: string, apiGroup: string, resource: string, ...(readonly Risk[])]>([
    ["get", "", "secrets", "Secrets"],
    ["list", "", "secrets", "Secrets"],
    ["watch", "", "secrets", "Secrets"],
    ["create", "", "pods/exec", "commands in Pods"],
    ["get", "", "pods/attach", "commands in Pods"],
    ["get", "", "*/exec", "commands in Pods"],
    ["patch", "", "pods/ephemeralcontainers", "commands in Pods"],
    ["update", "", "pods/ephemeralcontainers", "commands in Pods"],
    ["create", "", "pods", "Pods"],
    ["create", "", "replicationcontrollers", "Pods"],
    ["create", "apps", "deployments", "Pods"],
    ["patch", "apps", "daemonsets", "Pods"],
    ["update", "apps", "statefulsets", "Pods"],
    ["create", "apps", "replicasets", "Pods"],
    ["create", "batch", "jobs", "Pods"],
    ["create", "batch", "cronjobs", "Pods"],
    ["escalate", "rbac.authorization.k8s.io", "roles", "escalation"],
    ["bind", "rbac.authorization.k8s.io", "clusterroles", "escalation"],
    ["impersonate", "", "users", "escalation"],
    ["impersonate", "", "groups", "escalation"],
    ["impersonate", "", "serviceaccounts", "escalation"],
    ["approve", "certificates.k8s.io", "signers", "escalation"],
    ["sign", "certificates.k8s.io", "signers", "escalation"],
    ["create", "", "serviceaccounts/token", "escalation"],
    ["patch", "", "namespaces", "escalation"],
    ["update", "", "namespaces", "escalation"],
  ])("%s of %j %s, in a namespace as well", (verb, apiGroup, resource, ...risks) => {
    expect(risksOf([rule(apiGroup, resource, verb)], namespace)).toEqual(risks);
    expect(risksOf([rule(apiGroup, resource, verb)], cluster)).toEqual(risks);
  });

  it.each<[verb: string, apiGroup: string, resource: string, ...(readonly Risk[])]>([
    ["get", "", "nodes/proxy", "commands in Pods", "escalation"],
    ["create", "", "nodes/proxy", "commands in Pods", "escalation"],
    ["create", "", "persistentvolumes", "escalation"],
    ["impersonate", "authentication.k8s.io", "userextras/scopes", "escalation"],
    ["impersonate", "authentication.k8s.io", "*/scopes", "escalation"],
    ["impersonate", "authentication.k8s.io", "uids", "escalation"],
    ["update", "certificates.k8s.io", "certificatesigningrequests/approval", "escalation"],
    ["patch", "certificates.k8s.io", "certificatesigningrequests/approval", "escalation"],
    ["create", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "escalation"],
    ["patch", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "escalation"],
    ["update", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "escalation"],
  ])("%s of %j %s, which is in no namespace", (verb, apiGroup, resource, ...risks) => {
    expect(risksOf([rule(apiGroup, resource, verb)], cluster)).toEqual(risks);
    expect(risksOf([rule(apiGroup, resource, verb)], { kind: "unknown" })).toEqual(risks);
    expect(risksOf([rule(apiGroup, resource, verb)], namespace)).toEqual([]);
  });

  it.each([
    ["delete", "", "secrets"],
    ["create", "", "secrets"],
    ["get", "", "pods"],
    ["delete", "", "pods"],
    ["get", "", "pods/ephemeralcontainers"],
    ["get", "apps", "deployments"],
    ["patch", "apps", "deployments/scale"],
    ["create", "apps", "pods"],
    ["get", "", "persistentvolumes"],
    ["create", "", "persistentvolumeclaims"],
    ["get", "", "nodes"],
    ["create", "certificates.k8s.io", "certificatesigningrequests"],
    ["update", "certificates.k8s.io", "certificatesigningrequests"],
    ["get", "authentication.k8s.io", "userextras/scopes"],
    ["create", "rbac.authorization.k8s.io", "rolebindings"],
    ["get", "", "namespaces"],
    ["list", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"],
  ])("are not %s of %j %s", (verb, apiGroup, resource) => {
    expect(risksOf([rule(apiGroup, resource, verb)], cluster)).toEqual([]);
  });

  it("are also in what stands for all, each once and in one order", () => {
    const all = ["Secrets", "commands in Pods", "Pods", "escalation"];
    expect(risksOf([rule("*", "*", "*")], namespace)).toEqual(all);
    expect(risksOf([rule("", "pods", "*"), rule("*", "*", "get")], cluster)).toEqual(all);
    expect(risksOf([rule("*", "*", "get", "list", "watch")], namespace)).toEqual(["Secrets", "commands in Pods"]);
    expect(risksOf([{ nonResourceURLs: ["*"], verbs: ["*"] }], cluster)).toEqual([]);
  });
});
