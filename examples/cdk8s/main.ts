import { readFileSync } from "node:fs";
import { App, Chart } from "cdk8s";
import { ApiResource, Role } from "cdk8s-plus-28";
import { KubernetesUser } from "kubernetes-user/cdk8s";

const app = new App();

// The label is what `kubectl apply --prune` finds the objects by that are no longer declared.
const users = new Chart(app, "users", { labels: { "app.kubernetes.io/part-of": "users" } });

const oncall = new Role(users, "oncall", { metadata: { namespace: "ops" } });
oncall.allowRead(ApiResource.PODS, ApiResource.EVENTS);

// Jane has made the request, and keeps the key:
//   npx kubernetes-user request jane --group developers
const jane = new KubernetesUser(users, "jane", {
  request: readFileSync("requests/jane.csr", "utf8"),
  groups: ["developers"], // what the request asks for; anything else is refused
  expirationSeconds: 7 * 86400,
  access: [
    {
      namespaces: ["dev", "test"],
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "list", "update", "delete"] }],
    },
    { namespaces: ["ops"], role: oncall },
    { namespaces: ["prod"], clusterRole: "view" },
  ],
  policy: { maxExpirationSeconds: 30 * 86400, allowedGroups: ["developers", "team-*"] },
});

// Kubernetes removes requests after a while. What syncs a cluster with this folder would submit them again for ever:
// Argo CD and Flux leave them to kubectl. They sync the access.
jane.csr.metadata.addAnnotation("argocd.argoproj.io/hook", "Skip");
jane.csr.metadata.addAnnotation("kustomize.toolkit.fluxcd.io/ssa", "Ignore");

app.synth();
