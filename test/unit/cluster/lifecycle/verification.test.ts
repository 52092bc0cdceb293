import { resolveKubeconfig } from "../../../../components/cluster/admin-kubeconfig";
import { isToBeVerified, verificationKubeconfig } from "../../../../components/cluster/lifecycle/verification";
import { type CertificateState, unissuedState } from "../../../../components/core/lifecycle/certificate-state";
import { parseKubeconfig } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { formatTime } from "../../../../components/core/time";
import { content, inputs, issued, state } from "../../support/declarations";

const asked = { csrName: "jane-2", declaration: "d", terms: "t", content, cluster: inputs.cluster };
const openRequest = { phase: "pending", ...asked, expirationSeconds: 600, otherKey: false } as const;
const unverified = { ...state, verified: false };

describe("isToBeVerified", () => {
  it("holds for a certificate that nobody has tried out", () => {
    expect(isToBeVerified(unverified, inputs, issued)).toBe(true);
    expect(isToBeVerified(unverified, { ...inputs, accessUntil: formatTime(issued + 1000) }, issued)).toBe(true);
  });

  it.each<[string, CertificateState, object]>([
    ["one that was tried out", state, {}],
    ["one that nobody wants tried out", unverified, { verify: false }],
    ["none", unissuedState(openRequest, {}), {}],
    ["one whose successor is awaited, which may be for others", { ...unverified, openRequest }, {}],
    ["one whose user's access ends now", unverified, { accessUntil: formatTime(issued) }],
    ["one whose user's access has ended", unverified, { accessUntil: formatTime(issued - 1000) }],
  ])("does not hold for %s", (_, old, more) => {
    expect(isToBeVerified(old, { ...inputs, ...more }, issued)).toBe(false);
  });
});

describe("verificationKubeconfig", () => {
  const adminOf = (cluster: object) =>
    resolveKubeconfig({
      kubeconfig: JSON.stringify({
        clusters: [{ name: "prod", cluster: { server: "https://prod.test", ...cluster } }],
        users: [{ name: "admin", user: { token: "administrators-token" } }],
        contexts: [{ name: "prod", context: { cluster: "prod", user: "admin" } }],
        "current-context": "prod",
      }),
      context: undefined,
    });
  const kubeconfigOf = (cluster: object): string =>
    verificationKubeconfig(adminOf(cluster), "jane", "CERTIFICATE", "KEY");

  it("reaches the cluster as the administrator does, proxy and its password included, and logs in as the user", () => {
    const text = kubeconfigOf({ "proxy-url": "http://admin:p@proxy.test" });
    const { clusters, users } = parseKubeconfig(text, "x");
    expect(clusters[0]?.value).toEqual({ server: "https://prod.test", "proxy-url": "http://admin:p@proxy.test" });
    expect(users).toEqual([
      {
        name: "jane@prod",
        value: {
          "client-certificate-data": Buffer.from("CERTIFICATE").toString("base64"),
          "client-key-data": Buffer.from("KEY").toString("base64"),
        },
      },
    ]);
    expect(text).not.toContain("administrators-token");
  });

  it("has no proxy where the administrator has none", () => {
    expect(parseKubeconfig(kubeconfigOf({}), "x").clusters[0]?.value).toEqual({ server: "https://prod.test" });
  });
});
