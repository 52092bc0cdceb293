import { Config } from "@pulumi/pulumi";
import { KubernetesUser } from "kubernetes-user";

const auditor = new KubernetesUser("auditor", {
  // Without it the run fails: nobody forgets the end.
  accessUntil: new Config().require("accessUntil"),
  expirationSeconds: 86400,
  access: [{ namespaces: ["ledger"], clusterRole: "view" }],
  namespace: "ledger",
});

export const kubeconfig = auditor.kubeconfig;
/** "issued", and "ended" from the first run after accessUntil. */
export const status = auditor.status;
export const notAfter = auditor.notAfter;
