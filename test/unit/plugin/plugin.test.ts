import { generateKeyPairSync } from "node:crypto";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { certificateTypes } from "../../../components/core/lifecycle/certificate-state";
import { Plugin } from "../../../components/plugin/plugin";
import { certificateRequestTypes } from "../../../components/pulumi/host";

const plugin = new Plugin({ version: "1.2.3" }, new AbortController().signal);
const urn = (type: string): string => `urn:pulumi:test::test::kubernetes-user:index:KubernetesUser$${type}::jane`;
const secret = (value: unknown): object => ({ [specialSigKey]: specialSecretSig, value });

const { privateKey, publicKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const request = { privateKeyPem: secret(privateKey), publicKeyPem: publicKey, username: "jane", groups: ["a", "b"] };

async function created(urn: string, inputs: object): Promise<object> {
  const { outs } = (await plugin.create(urn, inputs)) as { outs: object };
  return outs;
}

describe("the plugin", () => {
  it("keeps secrets wrapped in what it has checked, which the state keeps", async () => {
    const inputs = { kubeconfig: secret("admin"), username: "jane" };
    const checked = await plugin.check(urn(certificateTypes.plugin), { ...inputs, replaceReason: "renewal" }, inputs);
    expect(checked).toEqual({ inputs: { ...inputs, replaceReason: "renewal" }, failures: [] });
  });

  it("makes a request with several groups, and gives no key back", async () => {
    const outs = await created(urn(certificateRequestTypes.plugin), request);
    expect(outs).toMatchObject({ username: "jane", groups: ["a", "b"], publicKeyPem: publicKey });
    expect(JSON.stringify(outs)).not.toContain("PRIVATE KEY");
  });

  it("compares what is unwrapped", async () => {
    const outs = await created(urn(certificateRequestTypes.plugin), request);
    const wrapped = { ...request, username: secret("jane") };
    expect(await plugin.diff("id", urn(certificateRequestTypes.plugin), outs, wrapped)).toMatchObject({
      changes: false,
    });
    const other = { ...request, groups: ["a"] };
    expect(await plugin.diff("id", urn(certificateRequestTypes.plugin), outs, other)).toMatchObject({
      replaces: ["groups"],
    });
  });

  it.each(["kubernetes-user:index:Other", "tls:index/privateKey:PrivateKey"])("serves no %s", async (type) => {
    await expect(plugin.create(urn(type), {})).rejects.toThrow(`serves no resource of type ${type}`);
    await expect(plugin.construct("jane", type, {}, {})).rejects.toThrow(`serves no resource of type ${type}`);
  });

  it("answers for its schema", async () => {
    expect(JSON.parse(await plugin.getSchema())).toMatchObject({ name: "kubernetes-user", version: "1.2.3" });
  });
});
