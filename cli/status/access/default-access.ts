import { type PolicyRule } from "../../../components/core/rbac/grants";
import { type Holding, canonicalRules } from "./holding";

const aboutOneself: PolicyRule = {
  apiGroups: ["authorization.k8s.io"],
  resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
  verbs: ["create"],
};
const whoOneIs: PolicyRule = {
  apiGroups: ["authentication.k8s.io"],
  resources: ["selfsubjectreviews"],
  verbs: ["create"],
};
const discovery = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
const health = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/**
 * The ClusterRoles that Kubernetes binds to everybody who has logged in, each as it was made by the versions in use:
 * who one is, what one may do, and the versions and the API groups of the server.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
 */
const ofEverybody = new Map<string, ReadonlySet<string>>([
  ["system:basic-user", new Set([canonicalRules([aboutOneself]), canonicalRules([aboutOneself, whoOneIs])])],
  ["system:discovery", new Set([canonicalRules([{ nonResourceURLs: [...discovery, ...health], verbs: ["get"] }])])],
  ["system:public-info-viewer", new Set([canonicalRules([{ nonResourceURLs: health, verbs: ["get"] }])])],
]);

/** Whether something is what Kubernetes gives to everybody, and no more: its name says nothing, anyone can change a role. */
export function isDefaultOfEverybody({ role, rules }: Holding): boolean {
  return (
    role?.kind === "ClusterRole" &&
    rules !== undefined &&
    ofEverybody.get(role.name)?.has(canonicalRules(rules)) === true
  );
}
