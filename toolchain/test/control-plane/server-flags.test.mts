import type { PkiFiles } from "../../control-plane/pki.mts";
import { apiServerFlags, controllerManagerFlags, etcdFlags } from "../../control-plane/server-flags.mts";

const files: PkiFiles = {
  servingCa: "/f/serving-ca.crt",
  serving: "/f/serving.crt",
  servingKey: "/f/serving.key",
  clientCa: "/f/client-ca.crt",
  clientCaKey: "/f/client-ca.key",
  frontProxyCa: "/f/front-proxy-ca.crt",
  frontProxy: "/f/front-proxy.crt",
  frontProxyKey: "/f/front-proxy.key",
  serviceAccountKey: "/f/service-account.key",
  serviceAccountPublicKey: "/f/service-account.pub",
  tokens: "/f/tokens.csv",
};

describe("the servers' flags", () => {
  it("let etcd listen on Unix sockets alone", () => {
    const listening = etcdFlags({ data: "/f/etcd", socket: "/f/e", peers: "/f/p" }).filter((flag) =>
      flag.startsWith("--listen-"),
    );
    expect(listening).toEqual(["--listen-client-urls=unix:///f/e", "--listen-peer-urls=unix:///f/p"]);
  });

  it("keep the API server on loopback, with RBAC and an authority for clients that is not its own", () => {
    const flags = apiServerFlags({ socket: "/f/e", port: 1234, files });
    expect(flags).toEqual(
      expect.arrayContaining([
        "--etcd-servers=unix:///f/e",
        "--bind-address=127.0.0.1",
        "--secure-port=1234",
        "--authorization-mode=RBAC",
        "--tls-cert-file=/f/serving.crt",
        "--client-ca-file=/f/client-ca.crt",
        "--token-auth-file=/f/tokens.csv",
      ]),
    );
  });

  it("make the controller manager sign with the client CA and tell pods of the serving CA", () => {
    const flags = controllerManagerFlags({ kubeconfig: "/f/k", files, signer: true });
    expect(flags).toEqual(
      expect.arrayContaining([
        "--secure-port=0",
        "--root-ca-file=/f/serving-ca.crt",
        "--cluster-signing-cert-file=/f/client-ca.crt",
        "--cluster-signing-key-file=/f/client-ca.key",
      ]),
    );
    expect(flags.join(" ")).not.toContain("--cluster-signing-duration");
  });

  it("limit the lifetime of certificates where that is wanted", () => {
    const flags = controllerManagerFlags({ kubeconfig: "/f/k", files, signer: true, signingDuration: "1h" });
    expect(flags).toContain("--cluster-signing-duration=1h");
  });

  it("give a control plane without a signer nothing to sign with", () => {
    const flags = controllerManagerFlags({ kubeconfig: "/f/k", files, signer: false, signingDuration: "1h" });
    expect(flags.join(" ")).not.toContain("--cluster-signing");
  });
});
