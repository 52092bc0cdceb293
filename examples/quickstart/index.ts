import { KubernetesUser } from "kubernetes-user";

// What https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/ has people do by hand.
const user = new KubernetesUser("myuser", {
  privateKey: { algorithm: "RSA", rsaBits: 3072 },
  expirationSeconds: 86400,
  access: [
    {
      namespaces: ["default"],
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "list", "update", "delete"] }],
    },
  ],
});

export const kubeconfig = user.kubeconfig;
export const validUntil = user.notAfter;
