import { type PolicyRule } from "../../../components/core/rbac/grants";
import { type Place } from "./holding";
import { includes, isAbout } from "./rule-match";

/** A way to more access than rules name. */
export type Risk = "Secrets" | "commands in Pods" | "Pods" | "escalation";

/** Rights that are a way to more access: any of the verbs on any of the resources. */
interface RiskyRight {
  readonly risk: Risk;
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether what is granted in a namespace gives nothing, because the resource is in none. */
  readonly clusterWide?: true;
}

const read = ["get", "list", "watch"];
const change = ["create", "update", "patch"];
const rbac = "rbac.authorization.k8s.io";
const workloads = ["deployments", "daemonsets", "replicasets", "statefulsets"];

/**
 * What Kubernetes warns of, in its order. Whoever changes a workload's template creates Pods as well, and `patch` allows
 * what `update` does.
 *
 * @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
const riskyRights: readonly RiskyRight[] = [
  { risk: "Secrets", apiGroup: "", resources: ["secrets"], verbs: read },
  { risk: "commands in Pods", apiGroup: "", resources: ["pods/exec", "pods/attach"], verbs: ["get", "create"] },
  { risk: "commands in Pods", apiGroup: "", resources: ["pods/ephemeralcontainers"], verbs: ["update", "patch"] },
  { risk: "Pods", apiGroup: "", resources: ["pods", "replicationcontrollers"], verbs: change },
  { risk: "Pods", apiGroup: "apps", resources: workloads, verbs: change },
  { risk: "Pods", apiGroup: "batch", resources: ["jobs", "cronjobs"], verbs: change },
  { risk: "escalation", apiGroup: "", resources: ["persistentvolumes"], verbs: ["create"], clusterWide: true },
  // A kubelet runs commands on a GET that becomes a WebSocket, in every Pod of its node, past audit and admission.
  ...(["commands in Pods", "escalation"] as const).map((risk) => ({
    ...{ risk, apiGroup: "", resources: ["nodes/proxy"], clusterWide: true as const },
    verbs: ["get", ...change, "delete"],
  })),
  { risk: "escalation", apiGroup: rbac, resources: ["roles", "clusterroles"], verbs: ["escalate", "bind"] },
  { risk: "escalation", apiGroup: "", resources: ["users", "groups", "serviceaccounts"], verbs: ["impersonate"] },
  {
    risk: "escalation",
    apiGroup: "authentication.k8s.io",
    resources: ["uids", "userextras/*"],
    verbs: ["impersonate"],
    clusterWide: true,
  },
  { risk: "escalation", apiGroup: "certificates.k8s.io", resources: ["signers"], verbs: ["approve", "sign"] },
  {
    // Where no admission plugin asks for approve on signers, this is enough.
    risk: "escalation",
    apiGroup: "certificates.k8s.io",
    resources: ["certificatesigningrequests/approval"],
    verbs: ["update", "patch"],
    clusterWide: true,
  },
  { risk: "escalation", apiGroup: "", resources: ["serviceaccounts/token"], verbs: ["create"] },
  {
    risk: "escalation",
    apiGroup: "admissionregistration.k8s.io",
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: change,
    clusterWide: true,
  },
  // The labels of a namespace say how strict Pod Security Admission and network policies are in it.
  { risk: "escalation", apiGroup: "", resources: ["namespaces"], verbs: ["update", "patch"] },
];

/** The order in which they are shown. */
const risks: readonly Risk[] = ["Secrets", "commands in Pods", "Pods", "escalation"];

/** The ways to more access that rules open in a place, as far as Kubernetes names them. resourceNames are not looked at. */
export function risksOf(rules: readonly PolicyRule[], place: Place): Risk[] {
  const found = riskyRights
    .filter(({ clusterWide }) => clusterWide !== true || place.kind !== "namespace")
    .filter(({ apiGroup, resources, verbs }) =>
      rules.some(
        (rule) =>
          includes(rule.apiGroups, apiGroup) &&
          resources.some((resource) => isAbout(rule, resource)) &&
          verbs.some((verb) => includes(rule.verbs, verb)),
      ),
    );
  return risks.filter((risk) => found.some((right) => right.risk === risk));
}
