import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectKubeconfigs } from "../../../../cli/collection/collect-kubeconfigs";
import { type Examination, examine } from "../../../../cli/requests/examination";
import { type Outcome } from "../../../../cli/requests/outcome";
import { readRequestObject } from "../../../../components/cluster/request-object";
import { parseRequest } from "../../../../components/core/certification-request";
import { issueOf, requestManifest } from "../../../../components/core/issue";
import { expectError, rejectionOf } from "../../support/errors";
import { janesIssue } from "../../support/issuances";
import { requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const prod = { name: "prod", server: "https://prod.test" };

/** A request of somebody that is issued; `spec` changes what it asks for. */
function issued(username: string, spec: object = {}): Examination {
  const identity = { username, groups: [] };
  const request = parseRequest(requestOf(identity));
  const manifest = requestManifest(issueOf(request, janesIssue), 0);
  const certificate = signCertificate({ ...identity, request, notBefore: now - 60_000, notAfter: now + 3_600_000 });
  const object = readRequestObject({
    ...manifest,
    metadata: { ...manifest.metadata, uid: "u", resourceVersion: "1" },
    spec: { ...manifest.spec, ...spec },
    status: { certificate: Buffer.from(certificate).toString("base64"), conditions: [{ type: "Approved" }] },
  });
  if (object === undefined) {
    throw new Error("it is no request");
  }
  return examine(object, { manifest: undefined, policy: undefined });
}

describe("collectKubeconfigs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-collect-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const collect = (examinations: readonly Examination[], cluster = prod): Promise<Outcome[]> =>
    collectKubeconfigs(examinations, { cluster, folder, namespace: undefined }, now);

  const kindsOf = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ outcome }) => outcome);

  it("writes the same user's kubeconfig for the same cluster again", async () => {
    expect(kindsOf(await collect([issued("jane")]))).toEqual(["issued"]);
    const first = readFileSync(join(folder, "jane.kubeconfig"), "utf8");
    expect(kindsOf(await collect([issued("jane")]))).toEqual(["issued"]);
    expect(readFileSync(join(folder, "jane.kubeconfig"), "utf8")).not.toBe(first);
  });

  it.each([
    ["jane", { name: "test", server: "https://test.test" }, '"jane@prod", not of "jane@test"'],
    ["jane", { name: "prod", server: "https://other.test" }, "leads to another cluster"],
    ["-jane", prod, 'not of "-jane@prod"'],
  ])("never writes over another kubeconfig: %s, %j", async (username, cluster, words) => {
    await collect([issued("jane")]);
    const before = readFileSync(join(folder, "jane.kubeconfig"), "utf8");
    const error = await rejectionOf(collect([issued(username), issued("joe")], cluster));
    expectError(error, "file-unwritable", "jane.kubeconfig", words, "another --out");
    expect(readdirSync(folder)).toEqual(["jane.kubeconfig"]);
    expect(readFileSync(join(folder, "jane.kubeconfig"), "utf8")).toBe(before);
  });

  it.each([
    ["", "is no kubeconfig"],
    ["notes: mine", "is no kubeconfig"],
    ["users: [{name: jane@prod, user: {token: SEEKRIT}}]\nclusters: [{name: prod}]", "holds credentials of its own"],
  ])("never writes over a file that is not its own: %j", async (text, words) => {
    writeFileSync(join(folder, "jane.kubeconfig"), text);
    const error = await rejectionOf(collect([issued("jane")]));
    expectError(error, "file-unwritable", words);
    expect(error.message).not.toContain("SEEKRIT");
    expect(readFileSync(join(folder, "jane.kubeconfig"), "utf8")).toBe(text);
  });

  it("goes on with the others when one is refused or cannot be read", async () => {
    writeFileSync(join(folder, "user.kubeconfig"), "somebody's");
    const server = issued("joe", { usages: ["client auth", "server auth"] });
    const unreadable = [issued("x", { request: "AAAA" }), issued("y", { request: "AAAA" })];
    const outcomes = await collect([...unreadable, server, issued("joe")]);
    expect(kindsOf(outcomes)).toEqual(["refused", "refused", "refused", "issued"]);
    expect(readdirSync(folder).sort()).toEqual(["joe.kubeconfig", "user.kubeconfig"]);
  });
});
