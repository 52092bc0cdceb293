import { type ClusterMatch, matchCluster } from "../../../../cli/status/cluster-match";
import { declaredAccess } from "../../../../cli/status/access/declared-access";
import { certificatesOfStack } from "../../../../cli/status/stack-certificates";
import { type Cluster, clusterFingerprint } from "../../../../components/core/kubeconfig/cluster";
import { stackExport } from "../../support/report-stacks";

const [one, two, three] = ["https://one.test:6443", "https://two.test:6443", "https://three.test:6443"] as const;

function cluster(server: string, authority?: string): Cluster {
  return { name: "x", server, ...(authority === undefined ? {} : { certificateAuthorityData: authority }) };
}

/** What a state says that was written with these clusters. */
function match(asked: Cluster, ...known: readonly (Cluster | string)[]): ClusterMatch {
  const users = known.map((one) => ({
    username: "jane",
    outputs: { cluster: typeof one === "string" ? one : clusterFingerprint(one) },
  }));
  return matchCluster(asked, declaredAccess(certificatesOfStack(stackExport(users, Date.UTC(2026, 10, 26)), "stack")));
}

describe("matchCluster", () => {
  it.each<[string, Cluster, readonly (Cluster | string)[]]>([
    ["has both", cluster(one, "Y2E="), [cluster(two, "Y2I="), cluster(one, "Y2E=")]],
    ["has both, beside another with one of them", cluster(one, "Y2E="), [cluster(two, "Y2E="), cluster(one, "Y2E=")]],
    ["has its address, in a state without certificate authorities", cluster(one, "Y2E="), [one]],
    ["has its address, and neither has a certificate authority", cluster(one), [cluster(one)]],
  ])("knows the cluster that %s", (_, asked, known) => {
    expect(match(asked, ...known)).toEqual({ server: one, doubt: undefined });
  });

  it("knows a cluster at another address by its certificate authority, and says so", () => {
    const { server, doubt } = match(cluster(two, "Y2E="), cluster(one, "Y2E="), cluster(one, "Y2E="), cluster(three));
    expect(server).toBe(one);
    expect(doubt).toContain(`asked at ${two}, which is not its address in the stack`);
    // Certificate authorities are harder to copy than addresses.
    expect(match(cluster(two, "Y2E="), cluster(one, "Y2E="), cluster(two, "Y2I=")).server).toBe(one);
  });

  it.each<[string, Cluster, readonly Cluster[]]>([
    ["neither is the same", cluster(three, "Y2M="), [cluster(one, "Y2E="), cluster(two, "Y2I=")]],
    ["two have its certificate authority", cluster(three, "Y2E="), [cluster(one, "Y2E="), cluster(two, "Y2E=")]],
    ["neither has a certificate authority", cluster(three), [cluster(one)]],
  ])("does not guess where %s", (_, asked, known) => {
    const { server, doubt } = match(asked, ...known);
    expect(server).toBe(three);
    expect(doubt).toContain(`${three}, is none of the stack's`);
  });

  it("says that a cluster at the same address may be another", () => {
    const { server, doubt } = match(cluster(one, "Y2I="), cluster(one, "Y2E="));
    expect(server).toBe(one);
    expect(doubt).toContain("it may be another cluster at the same address");
  });

  it("says nothing of stacks that have no cluster", () => {
    expect(match(cluster(one, "Y2E="))).toEqual({ server: one, doubt: undefined });
  });

  it("does not show the password of an address in a state", () => {
    const { doubt } = match(cluster(two, "Y2E="), cluster("https://admin:SEEKRIT@one.test", "Y2E="));
    expect(doubt).not.toContain("SEEKRIT");
  });
});
