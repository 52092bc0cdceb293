import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectKubeconfigs } from "../../../../cli/collection/collect-kubeconfigs";
import { type FoundRequest } from "../../../../cli/collection/find-requests";
import { type Examination, examine } from "../../../../cli/requests/examination";
import { type Outcome } from "../../../../cli/requests/outcome";
import { readRequestObject } from "../../../../components/cluster/issuance/request-object";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import { KubernetesUserError } from "../../../../components/core/errors";
import { issuanceRequestOf, requestManifest } from "../../../../components/core/csr/issuance-request";
import { janesIssuanceRequest } from "../../support/issuances";
import { requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const prod = { name: "prod", server: "https://prod.test" };
const target = { cluster: prod, namespace: undefined };

/** A request of somebody that is issued; `spec` changes what it asks for. */
function issued(username: string, spec: object = {}): Examination {
  const identity = { username, groups: [] };
  const request = parseRequest(requestOf(identity));
  const manifest = requestManifest(issuanceRequestOf(request, janesIssuanceRequest), 0);
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

  const collect = (found: readonly FoundRequest[], cluster = prod): Promise<Outcome[]> =>
    collectKubeconfigs(found, { ...target, folder, cluster }, now);

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
  ])("never writes over another kubeconfig, and writes the others: %s, %j", async (username, cluster, words) => {
    await collect([issued("jane")]);
    const before = readFileSync(join(folder, "jane.kubeconfig"), "utf8");
    const outcomes = await collect([issued(username), issued("joe")], cluster);
    expect(kindsOf(outcomes)).toEqual(["refused", "issued"]);
    expect(outcomes[0]?.details.join(" ")).toMatch(new RegExp(`jane.kubeconfig.*${words}.*another --out`));
    expect(readdirSync(folder)).toEqual(["jane.kubeconfig", "joe.kubeconfig"]);
    expect(readFileSync(join(folder, "jane.kubeconfig"), "utf8")).toBe(before);
  });

  it.each([
    ["", "is not a user's kubeconfig"],
    ["notes: mine", "is not a user's kubeconfig"],
    [`# ${"x".repeat(1024 * 1024)}`, "is not a user's kubeconfig"],
    ["users: [{name: jane@prod, user: {token: SEEKRIT}}]\nclusters: [{name: prod}]", "holds credentials of its own"],
  ])("never writes over a file that is not its own: %j", async (text, words) => {
    writeFileSync(join(folder, "jane.kubeconfig"), text);
    const outcomes = await collect([issued("jane"), issued("joe")]);
    expect(kindsOf(outcomes)).toEqual(["refused", "issued"]);
    expect(outcomes[0]?.details.join(" ")).toContain(words);
    expect(JSON.stringify(outcomes)).not.toContain("SEEKRIT");
    expect(readFileSync(join(folder, "jane.kubeconfig"), "utf8")).toBe(text);
  });

  it("goes on with the others when something that cannot be read is in the place of a file", async () => {
    mkdirSync(join(folder, "jane.kubeconfig"));
    symlinkSync(join(folder, "nowhere"), join(folder, "ann.kubeconfig"));
    execFileSync("mkfifo", [join(folder, "kim.kubeconfig")]);
    writeFileSync(join(folder, "max.kubeconfig"), Buffer.from([0xff, 0xfe, 0x61, 0x00]));
    const outcomes = await collect(["jane", "ann", "kim", "max", "joe"].map((user) => issued(user)));
    expect(kindsOf(outcomes)).toEqual(["refused", "failed", "refused", "failed", "issued"]);
    expect(outcomes[1]?.details.join(" ")).toMatch(/ann\.kubeconfig.*ENOENT.*\[file-unreadable\]/);
    expect(outcomes[3]?.details.join(" ")).toContain("UTF-8");
  });

  it("goes on with the others when a file cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const blocked = await collectKubeconfigs([issued("jane")], { ...target, folder: join(folder, "file/x") }, now);
    expect(kindsOf(blocked)).toEqual(["failed"]);
    expect(blocked[0]?.details.join(" ")).toContain("[file-unwritable]");
  });

  it.each([
    ["jane", "jane"],
    ["jane", "JANE"],
    ["\u00c4nne", "\u00e4nne"],
    ["a b", "a/b"],
  ])("writes none of two requests that would share a file, and tells both: %j and %j", async (one, other) => {
    const outcomes = await collect([issued(one), issued(other), issued("joe")]);
    expect(kindsOf(outcomes)).toEqual(["refused", "refused", "issued"]);
    expect(readdirSync(folder)).toEqual(["joe.kubeconfig"]);
    const [first, second] = outcomes;
    expect(first?.details.join(" ")).toContain(`would also be the file of ${String(second?.name)}`);
    expect(second?.details.join(" ")).toContain(`would also be the file of ${String(first?.name)}`);
  });

  it("refuses a name that is not composed, which would share the file of one that is", async () => {
    const outcomes = await collect([issued("\ud55c"), issued("\u1112\u1161\u11ab")]);
    expect(kindsOf(outcomes)).toEqual(["issued", "refused"]);
  });

  it("tells of a request that could not be read, with every fact that is not known", async () => {
    const failure = new KubernetesUserError("request-not-found", "There is no such request.");
    const outcomes = await collect([{ name: "absent", failure }, issued("joe")]);
    expect(kindsOf(outcomes)).toEqual(["failed", "issued"]);
    expect(Object.keys(outcomes[0] ?? {}).sort()).toEqual(
      Object.keys(outcomes[1] ?? {})
        .filter((key) => key !== "notAfter" && key !== "file")
        .sort(),
    );
    expect(outcomes[0]).toMatchObject({ name: "absent", details: ["There is no such request. [request-not-found]"] });
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
