import { clockDifference, versionFinding } from "../../../../cli/doctor/server-findings";
import { ExaminedCluster, findingOf, refuses, unwell } from "../../support/examined-clusters";
import { useFakeTime } from "../../support/fake-time";

useFakeTime();

describe("the version", () => {
  it.each([
    ["v1.36.4", "ok"],
    ["v1.28.0+k3s1", "ok"],
    ["v2.0.0", "ok"],
    ["v1.27.16-eks-1", "warning"],
    ["v1.21.0", "problem"],
    ["v1.36\u001b[2J", "unknown"],
    ["\n::error::v1.36", "unknown"],
    [undefined, "unknown"],
  ])("%j is %s", (gitVersion, status) => {
    const finding = versionFinding({ gitVersion });
    expect(finding.status).toBe(status);
    expect(finding.details).not.toContain("\u001b");
    expect(finding.details).not.toContain("\n");
  });

  it("may be one that nobody tells", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.answers.set("/version", refuses(403, "Forbidden"));
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ "kubernetes-version": "unknown" });
    expect(diagnosis.kubernetesVersion).toBeUndefined();
  });
});

describe("the difference of clocks", () => {
  it.each([
    [10_000, 10_000, 10_000, 0],
    [10_000, 11_500, 11_000, 0],
    [10_900, 10_950, 10_000, 0],
    [10_000, 10_100, 75_100, 65],
    [75_000, 75_100, 10_000, -64],
  ])("asked at %i, answered at %i, with a date of %i, is %i", (from, to, serverTime, seconds) => {
    expect(clockDifference({ from, to }, serverTime)).toBe(seconds);
  });
});

describe("anonymous access", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      "is refused",
      { "/version": refuses(401), "/api": refuses(401), "/api/v1/namespaces?limit=1": refuses(401) },
      "ok",
    ],
    ["is allowed for /version alone", {}, "ok"],
    ["is allowed for nothing", { "/version": refuses(403) }, "ok"],
    ["is allowed for /api", { "/api": {} }, "warning"],
    ["is allowed for objects", { "/api/v1/namespaces?limit=1": {} }, "problem"],
  ])("%s", async (_, answers, status) => {
    const cluster = new ExaminedCluster();
    for (const [path, answer] of Object.entries(answers)) {
      cluster.anonymous.answers.set(path, answer);
    }
    expect(findingOf(await cluster.examine(), "anonymous-access").status).toBe(status);
  });
});

describe("the way to the server", () => {
  it("is named with its proxy", async () => {
    const cluster = new ExaminedCluster();
    cluster.way = { verified: true, proxy: { title: "proxy http://proxy.test:3128 (HTTPS_PROXY)" } };
    const { status, details } = findingOf(await cluster.examine(), "proxy");
    expect(status).toBe("ok");
    expect(details).toBe(
      "Requests go through the proxy http://proxy.test:3128 (HTTPS_PROXY). It is this machine's: users need a way of their own.",
    );
  });

  it("is told when nobody verifies the server", async () => {
    const cluster = new ExaminedCluster();
    cluster.way = { verified: false, proxy: undefined };
    expect(unwell(await cluster.examine())).toEqual({ connection: "warning" });
  });
});
