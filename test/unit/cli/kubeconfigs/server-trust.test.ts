import { serverTrust, serverTrustText } from "../../../../cli/kubeconfigs/server-trust";
import { certificateFingerprints } from "../../../../components/core/x509/certificate-bundle";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";

const pem = ["one", "other"].map((name) => certificateAuthority(name).certificatePem).join("");
const prod = { name: "prod", server: "https://prod.test" };

describe("serverTrust", () => {
  it.each([
    [{ certificateAuthorityData: Buffer.from(pem).toString("base64") }, "certificate-authority", 2],
    [{}, "system", 0],
    [{ insecureSkipTlsVerify: true }, "none", 0],
  ])("tells by what the server is known: %#", (cluster, verifiedBy, count) => {
    const trust = serverTrust({ ...prod, ...cluster });
    expect(trust).toMatchObject({ ...prod, verifiedBy });
    expect(trust.certificateAuthorities).toEqual((certificateFingerprints(pem) ?? []).slice(0, count));
  });
});

describe("serverTrustText", () => {
  it("shows each fingerprint, or why there is none", () => {
    const trust = { ...prod, certificateAuthorities: ["sha256:1", "sha256:2"] };
    expect(serverTrustText({ ...trust, verifiedBy: "certificate-authority" })).toEqual([
      'cluster "prod" at https://prod.test',
      "  certificate authority  sha256:1",
      "  certificate authority  sha256:2",
    ]);
    expect(serverTrustText({ ...trust, verifiedBy: "system" })[1]).toContain("none: the system's store");
    expect(serverTrustText({ ...trust, verifiedBy: "none" })[1]).toContain("not checked: insecure-skip-tls-verify");
  });
});
