import { type CertificateState } from "../../../../components/core/lifecycle/certificate-state";
import { certificateFacts } from "../../../../components/core/x509/certificate";
import { credentialIdOf } from "../../../../components/core/x509/certificate-summary";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import { contentDigest, defaultSignerName } from "../../../../components/core/csr/issuance-request";
import { formatTime } from "../../../../components/core/time";
import { type EngineInputs } from "../../../../components/pulumi/certificate/certificate-signing-request-inputs";
import { CertificateSigningRequestProvider } from "../../../../components/pulumi/certificate/certificate-signing-request-provider";
import { requestOf, signCertificate } from "../../support/test-authority";

const hour = 3_600_000;
const issuedAt = Date.UTC(2028, 1, 28, 12);
const janesRequest = requestOf({ username: "jane", groups: ["developers", "admins"] });

const inputs: EngineInputs = {
  username: "jane",
  groups: ["developers", "admins"],
  request: janesRequest,
  signerName: defaultSignerName,
  expirationSeconds: 86400,
  hooked: false,
  approvalMode: "manual",
  approvalTimeoutSeconds: 0,
  issuanceTimeoutSeconds: 60,
  access: [],
  namespaces: [],
  cluster: "https://cluster ca:1",
  verify: false,
  __provider: "text",
};

/** A state with a certificate that a signer has issued for a request. */
function stateOf(
  request: string,
  groups: readonly string[],
  at = issuedAt,
): CertificateState & { serialNumber: string } {
  const issuanceRequest = {
    username: "jane",
    groups,
    request: parseRequest(request),
    signerName: defaultSignerName,
    expirationSeconds: 86400,
  };
  const [notBefore, notAfter] = [at, at + 24 * hour];
  const certificate = signCertificate({ ...issuanceRequest, notBefore, notAfter });
  return {
    phase: "issued",
    certificate,
    csrName: "jane-0",
    serialNumber: certificateFacts(certificate).serialNumber,
    credentialId: credentialIdOf(certificate),
    notBefore: formatTime(notBefore),
    notAfter: formatTime(notAfter),
    renewAfter: formatTime(notAfter - 8 * hour),
    content: contentDigest(issuanceRequest),
    cluster: inputs.cluster,
    expirationSeconds: 86400,
    verified: true,
    access: [],
  };
}

const old = stateOf(janesRequest, ["developers", "admins"]);

describe("the certificate's provider", () => {
  let printed: string[];
  let obtained: (CertificateState | undefined)[];
  let next: CertificateState;
  let provider: CertificateSigningRequestProvider;

  beforeEach(() => {
    jest.useFakeTimers({ now: issuedAt, doNotFake: ["setImmediate", "nextTick"] });
    printed = [];
    obtained = [];
    next = old;
    jest.spyOn(console, "log").mockImplementation((line: string) => {
      printed.push(line);
    });
    provider = new CertificateSigningRequestProvider(
      (_inputs, run, before) => {
        run.report("it said\n::error::a\u001b[2J");
        obtained.push(before);
        return Promise.resolve(next);
      },
      () => new AbortController().signal,
    );
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it("issues nothing in an update that was not compared as due, even if it has become due meanwhile", async () => {
    const wanted = { ...inputs, access: [{ namespaces: ["dev"], clusterRole: "view" }] };
    jest.setSystemTime(issuedAt + 16 * hour - 1000);
    expect(await provider.diff("1", old, wanted)).toMatchObject({ changes: true, replaces: [] });
    jest.setSystemTime(issuedAt + 17 * hour);
    const { outs } = await provider.update("1", old, wanted);
    expect(obtained).toEqual([]);
    expect(outs).toMatchObject({ serialNumber: old.serialNumber, access: wanted.access });
  });

  it("says in the inputs of a replacement why, in those of nothing else, and keeps what it said", async () => {
    const wanted = { ...inputs, approvalTimeoutSeconds: 300 };
    const reason = `certificate expires ${formatTime(issuedAt + 24 * hour)}, renewal due since ${formatTime(issuedAt + 16 * hour)}`;
    jest.setSystemTime(issuedAt + 17 * hour);
    // A first resource of these inputs: nothing has been compared.
    expect(await provider.check({}, wanted)).toEqual({ inputs: wanted });
    expect(await provider.check(wanted, wanted)).toEqual({ inputs: wanted });
    expect(await provider.diff("1", old, wanted)).toMatchObject({ replaces: ["notAfter"] });
    const { inputs: replacing } = await provider.check({}, wanted);
    expect(replacing).toEqual({ ...wanted, replaceReason: reason });
    // It finds what was compared.
    next = stateOf(janesRequest, ["developers", "admins"], issuedAt + 17 * hour);
    await provider.create({ ...wanted, replaceReason: reason });
    expect(obtained).toEqual([old]);
    // In the next run, in which nothing is due.
    expect(await provider.check({ ...wanted, replaceReason: reason }, wanted)).toEqual({ inputs: replacing });
    const kept = { ...wanted, replaceReason: reason };
    expect(await provider.diff("2", { ...next, access: [] }, kept)).toMatchObject({ changes: false });
    expect(await provider.check({}, { ...wanted, username: "joe" })).toEqual({
      inputs: { ...wanted, username: "joe" },
    });
  });

  it("issues in an update that was compared as due, and hands on what is there", async () => {
    jest.setSystemTime(issuedAt + 17 * hour);
    await provider.diff("1", old, inputs);
    await provider.update("1", old, inputs);
    expect(obtained).toEqual([old]);
    // What a server said stays in its line.
    expect(printed).toContain(String.raw`jane: it said\n::error::a\u{1b}[2J`);
  });

  it("issues nothing in an update that nobody has compared", async () => {
    jest.setSystemTime(issuedAt + 17 * hour);
    await provider.update("1", old, inputs);
    expect(obtained).toEqual([]);
  });

  it("says of a removed user until when the certificate is valid, how it is called, and what it carries", async () => {
    await provider.delete("1", {
      ...old,
      replaced: [
        {
          username: "jane",
          groups: ["x"],
          serialNumber: "0B",
          credentialId: "X509SHA256=0b",
          notAfter: formatTime(issuedAt + hour),
        },
      ],
    });
    expect(printed).toEqual([
      expect.stringContaining(
        `jane: certificate ${old.serialNumber} (credential ${String(old.certificate && credentialIdOf(old.certificate))})`,
      ),
      expect.stringContaining("certificate 0B (credential X509SHA256=0b)"),
    ]);
    expect(printed[0]).toContain(`stays valid until ${formatTime(issuedAt + 24 * hour)}`);
    expect(printed[0]).toContain('the groups "developers", "admins"');
  });

  it("says nothing of a removed user whose certificate has ended, or who had none", async () => {
    jest.setSystemTime(issuedAt + 24 * hour);
    await provider.delete("1", old);
    await provider.delete("1", { csrName: "jane-0", cluster: inputs.cluster });
    expect(printed).toEqual([]);
  });

  it.each([
    ["groups", stateOf(requestOf({ username: "jane", groups: ["developers"] }), ["developers"])],
    [
      "a key",
      stateOf(requestOf({ username: "jane", groups: ["developers", "admins"] }, "RSA 2048"), ["developers", "admins"]),
    ],
    ["a cluster", { ...old, cluster: "https://other ca:2", serialNumber: "77" }],
  ])(
    "says of a certificate that is replaced for other %s that it is valid still, in each way of replacing",
    async (_, successor) => {
      next = successor;
      const wanted = {
        ...inputs,
        approvalTimeoutSeconds: 300,
        request: requestOf({ username: "jane", groups: ["a"] }),
      };
      await provider.diff("1", old, wanted);
      await provider.create(wanted);
      await provider.delete("1", old);
      expect(printed.join("\n")).toContain(`certificate ${old.serialNumber} (credential`);
      printed = [];
      const waiting = { ...wanted, approvalTimeoutSeconds: 0 };
      await provider.diff("1", old, waiting);
      await provider.update("1", old, waiting);
      expect(printed.join("\n")).toContain(`certificate ${old.serialNumber} (credential`);
    },
  );

  describe("when a user is removed", () => {
    const asked = {
      csrName: "jane-1",
      declaration: "d",
      terms: "t",
      content: "c",
      cluster: inputs.cluster,
      expirationSeconds: 86400,
      otherKey: false,
    };
    const pending = { ...asked, phase: "pending", command: "kubernetes-user approve jane-1 --context prod" } as const;
    const left = `request jane-1 stays in the cluster, for its user is removed while it waits for approval. Deny it with "${pending.command} --deny"`;

    it("names the request that is left pending, with and without a certificate beside it", async () => {
      await provider.delete("1", {
        csrName: "jane-1",
        cluster: inputs.cluster,
        phase: "pending",
        openRequest: pending,
      });
      expect(printed).toEqual([expect.stringContaining(left)]);
      printed = [];
      await provider.delete("1", { ...old, openRequest: pending });
      expect(printed[0]).toContain(left);
    });

    it("names none that was denied, or that a successor goes on with", async () => {
      const denied = { ...asked, phase: "denied", reason: "no", foundAt: "2028-02-28T12:00:00.000Z" } as const;
      await provider.delete("1", { csrName: "jane-1", cluster: inputs.cluster, phase: "denied", openRequest: denied });
      await provider.delete("1", { csrName: "jane-1", cluster: inputs.cluster });
      const waiting = { ...inputs, approvalTimeoutSeconds: 300 };
      const before = { ...old, openRequest: pending };
      jest.setSystemTime(issuedAt + 17 * hour);
      await provider.diff("1", before, waiting);
      await provider.create(waiting);
      await provider.delete("1", before);
      expect(printed.filter((line) => line.includes("stays in the cluster"))).toEqual([]);
    });
  });

  it("says nothing of a certificate that is renewed", async () => {
    next = stateOf(janesRequest, ["developers", "admins"], issuedAt + 17 * hour);
    jest.setSystemTime(issuedAt + 17 * hour);
    const automatic = { ...inputs, approvalMode: "automatic" as const, approvalTimeoutSeconds: 300 };
    await provider.diff("1", old, automatic);
    await provider.create(automatic);
    await provider.delete("1", old);
    await provider.diff("1", old, inputs);
    await provider.update("1", old, inputs);
    expect(printed.filter((line) => line.includes("credential"))).toEqual([]);
  });
});
