import { checkNames } from "../../../../cli/doctor/findings";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { expectError, rejectionOf } from "../../support/errors";
import { ExaminedCluster, findingOf, refuses, unwell, notTried } from "../../support/examined-clusters";
import { testBegin, useFakeTime } from "../../support/fake-time";

useFakeTime();

describe("a cluster that is well", () => {
  it("is well in everything, and keeps nothing of what was submitted", async () => {
    const cluster = new ExaminedCluster();
    const diagnosis = await cluster.examine();
    expect(diagnosis.findings.map(({ check }) => check)).toEqual(checkNames);
    expect(unwell(diagnosis)).toEqual({});
    expect(diagnosis).toMatchObject({
      kubernetesVersion: "v1.36.4",
      clockDifferenceSeconds: 0,
      longestLifetimeSeconds: 2 ** 31 - 1,
      username: "ci",
      groups: ["deployers"],
    });
    expect(cluster.admin.logged("create")).toHaveLength(2);
    expect(cluster.left).toEqual([]);
  });

  it("sees two users that nobody knows, and no key of the certificate that lives long", async () => {
    const cluster = new ExaminedCluster();
    await cluster.examine();
    await cluster.examine();
    const names = cluster.admin
      .logged("create")
      .map((line) => /kubernetes-user-doctor-([0-9a-f]{16})-/.exec(line)?.[1]);
    expect(new Set(names).size).toBe(4);
    // The short ones come first, and nothing was opened with the others.
    expect(cluster.opened.map(({ username }) => username)).toEqual(
      [names[0], names[2]].map((name) => `kubernetes-user-doctor-${name ?? ""}`),
    );
  });

  it("gets nothing written with --no-request", async () => {
    const cluster = new ExaminedCluster();
    const diagnosis = await cluster.examine({ request: false });
    expect(unwell(diagnosis)).toEqual(notTried);
    expect(findingOf(diagnosis, "signer").details).toContain("--no-request");
    expect(cluster.admin.log.filter((line) => !line.startsWith("/"))).toEqual([]);
  });
});

describe("credentials that the cluster does not know", () => {
  it("are told", async () => {
    const cluster = new ExaminedCluster();
    cluster.identity = refuses(401, "Unauthorized");
    expect(findingOf(await cluster.examine(), "identity")).toMatchObject({ status: "problem" });
  });

  it("are not the same as a cluster without SelfSubjectReview", async () => {
    const cluster = new ExaminedCluster();
    cluster.identity = refuses(404);
    expect(unwell(await cluster.examine())).toEqual({ identity: "unknown" });
  });
});

describe("clocks that differ", () => {
  it.each([
    [59, {}],
    [120, { clock: "warning" }],
    [3600, { clock: "problem" }],
  ])("by %i seconds are told", async (seconds, expected) => {
    for (const sign of [1, -1]) {
      const cluster = new ExaminedCluster();
      cluster.admin.serverTime = testBegin + sign * seconds * 1000;
      const diagnosis = await cluster.examine();
      expect(unwell(diagnosis)).toEqual(expected);
      // What was in the second that the date tells is no difference.
      expect(diagnosis.clockDifferenceSeconds).toBe(sign === 1 ? seconds : 1 - seconds);
    }
  });

  it("are told as the signer's when the certificate is not valid yet", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.signer = (name) => {
      cluster.admin.issue(name, { notBefore: Date.now() + 60_000 });
    };
    expect(unwell(await cluster.examine())).toEqual({ clock: "problem" });
  });

  it("are not known where the server's answers have no date", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.serverTime = undefined;
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ clock: "unknown" });
    expect(diagnosis.clockDifferenceSeconds).toBeUndefined();
  });
});

describe("a cluster that cannot be reached", () => {
  it("is an error", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.before("/version", () => {
      throw new ConnectionError("ENOTFOUND");
    });
    expectError(await rejectionOf(cluster.examine()), "server-unreachable", "ENOTFOUND");
  });

  it("without credentials is one finding", async () => {
    const cluster = new ExaminedCluster();
    cluster.anonymous.before("/version", () => {
      throw new ConnectionError("ENOTFOUND");
    });
    expect(unwell(await cluster.examine())).toEqual({ "anonymous-access": "unknown" });
  });

  it("is one finding when it goes away later, and the requests are named", async () => {
    const cluster = new ExaminedCluster();
    const away = Array.from({ length: 1000 }, () => refuses(503));
    cluster.admin.before("approve", ...away);
    cluster.admin.before("delete", ...away);
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ ...notTried, "test-requests": "warning" });
    expect(cluster.reports.join()).toContain("answers 503 while trying to approve");
    expect(findingOf(diagnosis, "test-requests").details).toContain(cluster.left.join());
  });
});
