import { runtime } from "@pulumi/pulumi";
import { type MockCallArgs, type MockResourceArgs, type MockResourceResult } from "@pulumi/pulumi/runtime";
import crypto from "node:crypto";
import { KubernetesUser } from "../../components";
import { readRequestObject } from "../../components/cluster/issuance/request-object";
import { checkedCertificate } from "../../cli/requests/certificate-outcome";
import { examine } from "../../cli/requests/examination";
import { useFakeTime } from "./support/fake-time";
import { TestRun, janesIssuanceRequest, janesRequest } from "./support/issuances";
import { jane } from "./support/manifests";
import { kubeconfigYaml } from "./support/secrets";
import { requestOf, signCertificate } from "./support/test-authority";

/** What comes of the user's own request; nothing else is asked of the mocks. */
class Mocks implements runtime.Mocks {
  newResource({ name, inputs }: MockResourceArgs): MockResourceResult {
    return { id: `${name}-id`, state: { ...(inputs as object), certificate: "PEM", csrName: "csr" } };
  }

  call({ inputs }: MockCallArgs): typeof inputs {
    return inputs;
  }
}

describe("the signature of a request is checked once by each that takes it from outside", () => {
  let verify: jest.SpyInstance;

  beforeEach(() => {
    verify = jest.spyOn(crypto, "verify");
  });

  afterEach(() => {
    verify.mockRestore();
  });

  it("by the component", async () => {
    const request = requestOf({ username: "jane", groups: ["developers"] });
    const policy = { allowedUsernames: ["jane"] };
    await runtime.setMocks(new Mocks(), "project", "stack", false);
    let username: string | undefined;
    await runtime.runInPulumiStack(() => {
      const user = new KubernetesUser("jane", { request, kubeconfig: kubeconfigYaml, approval: { policy } });
      user.username.apply((name) => {
        username = name;
      });
      return Promise.resolve();
    });
    await runtime.disconnect();
    expect(username).toBe("jane");
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it("by the construct", () => {
    expect(jane({ policy: { allowedUsernames: ["jane"] } }).user.username).toBe("jane");
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it("by a command, which also checks the certificate", () => {
    const now = Date.now();
    const pem = signCertificate({ ...janesIssuanceRequest, notBefore: now, notAfter: now + 3_600_000 });
    const manifest = janesRequest();
    const request = readRequestObject({
      ...manifest,
      metadata: { ...manifest.metadata, uid: "u", resourceVersion: "1" },
      status: { certificate: Buffer.from(pem).toString("base64") },
    });
    if (request === undefined) {
      throw new Error("it is no request");
    }
    const { issuanceRequest } = examine(request, { manifest: manifest.spec, policy: { maxExpirationSeconds: 86_400 } });
    if (issuanceRequest === undefined) {
      throw new Error("it is refused");
    }
    expect(checkedCertificate(request, issuanceRequest, now).certificate).toBe(pem);
    expect(verify).toHaveBeenCalledTimes(1);
  });
});

describe("an issuance", () => {
  useFakeTime();

  it("checks no signature again: it gets the request as it was read", async () => {
    const verify = jest.spyOn(crypto, "verify");
    const run = new TestRun();
    run.cluster.deny(run.cluster.put(janesRequest()));
    await run.issue();
    // By the signer.
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });
});
