import { anotherCluster, clusterFingerprint } from "../../../../components/core/kubeconfig/cluster";
import { expectError } from "../../support/errors";

describe("clusterFingerprint", () => {
  it("names the server and changes with it and with its authority", () => {
    const cluster = { name: "prod", server: "https://prod.test", certificateAuthorityData: "Y2E=" };
    const fingerprint = clusterFingerprint(cluster);
    expect(fingerprint).toMatch(/^https:\/\/prod\.test ca:[0-9a-f]{16}$/);
    expect(clusterFingerprint({ ...cluster, name: "renamed", proxyUrl: "http://p.test" })).toBe(fingerprint);
    expect(clusterFingerprint({ ...cluster, certificateAuthorityData: "Y2I=" })).not.toBe(fingerprint);
    expect(clusterFingerprint({ name: "prod", server: "https://prod.test" })).not.toBe(fingerprint);
    expect(clusterFingerprint({ ...cluster, server: "https://new.test" })).not.toBe(fingerprint);
  });
});

describe("anotherCluster", () => {
  it("names both clusters and says what to do", () => {
    expectError(
      anotherCluster("https://a ca:1", "https://b ca:2"),
      "kubeconfig-unreadable",
      "https://a ca:1",
      "https://b ca:2",
    );
  });
});
