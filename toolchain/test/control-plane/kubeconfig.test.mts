import { KubeConfig } from "@kubernetes/client-node";

import { kubeconfig } from "../../control-plane/kubeconfig.mts";

const shared = { server: "https://127.0.0.1:6443", certificateAuthority: "CA PEM", user: "administrator" };

function load(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a kubeconfig", () => {
  it("has the context local, with a client certificate", () => {
    const credential = { certificatePem: "CERTIFICATE PEM", keyPem: "KEY PEM" };
    const config = load(kubeconfig({ ...shared, credential }));
    expect(config.getCurrentContext()).toBe("local");
    expect(config.getCurrentCluster()).toMatchObject({ server: shared.server, caData: base64("CA PEM") });
    expect(config.getCurrentUser()).toMatchObject({
      name: "administrator",
      certData: base64("CERTIFICATE PEM"),
      keyData: base64("KEY PEM"),
    });
  });

  it("has a token and no certificate where that is wanted", () => {
    const user = load(kubeconfig({ ...shared, credential: { token: "0123" } })).getCurrentUser();
    expect(user?.token).toBe("0123");
    expect(user?.certData).toBeUndefined();
  });
});
