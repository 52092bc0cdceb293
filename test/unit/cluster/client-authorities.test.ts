import { X509Certificate } from "node:crypto";
import { clientAuthorities, isSignedBy } from "../../../components/cluster/client-authorities";
import { ApiStatusError } from "../../../components/cluster/connection/api-error";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";
import { certificateAuthority, requestOf, signCertificate } from "../support/test-authority";

useFakeTime();

const path = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";
const [one, two] = [certificateAuthority("one").certificatePem, certificateAuthority("two").certificatePem];

async function ask(answer: unknown): Promise<readonly string[] | ApiStatusError | undefined> {
  const run = new TestRun();
  run.cluster.answers.set(path, answer);
  const send = jest.spyOn(run.cluster, "send");
  const found = await inFakeTime(clientAuthorities(run.client));
  expect(send.mock.calls).toMatchObject([[{ method: "GET", path }]]);
  return found === undefined || found instanceof ApiStatusError ? found : found.map(({ subject }) => subject);
}

describe("clientAuthorities", () => {
  it("are all that kube-apiserver names for clients, and not those of its proxies", async () => {
    const data = {
      "client-ca-file": one + two,
      "requestheader-client-ca-file": certificateAuthority("proxy").certificatePem,
    };
    expect(await ask({ data })).toEqual(["CN=one", "CN=two"]);
  });

  it.each([{}, "yes", { data: "x" }, { data: {} }, { data: { "client-ca-file": 7 } }])(
    "are not known by the answer %j",
    async (answer) => {
      expect(await ask(answer)).toBeUndefined();
    },
  );

  it.each([401, 403, 404])("are not said where the answer is %d", async (statusCode) => {
    const answer = (): never => {
      throw statusError(statusCode);
    };
    expect(await ask(answer)).toMatchObject({ statusCode });
  });

  it("are not called unknown for other trouble", async () => {
    const answer = (): never => {
      throw statusError(400, "BadRequest", "no");
    };
    expectError(await rejectionOf(ask(answer)), "request-rejected", "read the cluster's client CAs");
  });
});

describe("isSignedBy", () => {
  const issuer = certificateAuthority("client-ca");
  const identity = { username: "jane", groups: [] };
  const validity = { notBefore: Date.now(), notAfter: Date.now() + 60_000 };
  const certificate = new X509Certificate(
    signCertificate({ ...identity, request: requestOf(identity), ...validity, issuer }),
  );

  it("holds for the authority whose key has signed, not for one of the same name, nor for one of another", () => {
    const isSignedByOne = (pem: string): boolean => isSignedBy(certificate, new X509Certificate(pem));
    expect(isSignedByOne(issuer.certificatePem)).toBe(true);
    expect(isSignedByOne(certificateAuthority("client-ca").certificatePem)).toBe(false);
    expect(isSignedByOne(one)).toBe(false);
  });
});
