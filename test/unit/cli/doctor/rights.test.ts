import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Mode, bindingOf, optionalRules, rulesOf } from "../../../../cli/doctor/rights";
import { defaultSignerName } from "../../../../components/core/csr/issuance-request";
import { ExaminedCluster, findingOf, refuses, unwell, notTried } from "../../support/examined-clusters";
import { useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { type Rule, rightsOf } from "../../support/rights";

useFakeTime();

const folder = resolve(__dirname, "../../../../examples/deployer-rbac");

/** The rules of a ClusterRole of examples/deployer-rbac. */
function exampleRules(file: string, role: string): readonly Rule[] {
  const documents = parseAllDocuments(readFileSync(`${folder}/${file}.yaml`, "utf8"));
  const roles = documents.map((document) => document.toJS() as { metadata: { name: string }; rules: readonly Rule[] });
  return roles.find(({ metadata }) => metadata.name === role)?.rules ?? [];
}

/** Without the grants that stand there as examples. */
function needed(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(({ resources, verbs }) => resources?.includes("pods") !== true && !verbs.includes("bind"));
}

function rights(scope: "cluster" | "namespace", ...wanted: readonly Mode[]): readonly Rule[] {
  return wanted.flatMap((mode) => rulesOf(mode, scope, defaultSignerName));
}

describe("the rights that are looked for", () => {
  const { deleteRequests, readNamespaces } = optionalRules;

  it.each<[string, string, readonly Rule[]]>([
    [
      "automatic-approval",
      "kubernetes-user-automatic-approval",
      [...rights("cluster", "automatic", "access"), deleteRequests, readNamespaces],
    ],
    ["manual-approval", "kubernetes-user-manual-approval", [...rights("cluster", "manual", "access"), readNamespaces]],
    [
      "manual-approval",
      "kubernetes-user-approver",
      [
        ...rights("cluster", "approver"),
        // Only for warnings.
        { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
      ],
    ],
    ["without-access", "kubernetes-user-without-access", [...rights("cluster", "automatic"), deleteRequests]],
    ["chosen-namespaces", "kubernetes-user-requests", rights("cluster", "manual")],
    ["chosen-namespaces", "kubernetes-user-access-in-namespace", [...rights("namespace", "access"), readNamespaces]],
  ])("are those of examples/deployer-rbac: %s, %s", (file, role, ours) => {
    expect(rightsOf(needed(exampleRules(file, role)))).toEqual(rightsOf(ours));
  });

  it("are enough to publish with those for access", () => {
    for (const scope of ["cluster", "namespace"] as const) {
      expect(rightsOf(rights(scope, "access"))).toEqual(expect.arrayContaining(rightsOf(rights(scope, "publish"))));
    }
  });
});

const requesting = ["create", "get", "list", "watch"].map((verb) => `${verb} certificatesigningrequests`);
const approving = ["update certificatesigningrequests/approval", `approve signers ${defaultSignerName}`];

/** A cluster in which the credentials have these rights and no other. */
function holding(...rights: readonly string[]): ExaminedCluster {
  const cluster = new ExaminedCluster();
  cluster.allows = (right) => rights.includes(right);
  return cluster;
}

/** The rules of the role that a remedy's first command makes. */
function granted(commands: readonly string[] = []): string[] {
  const json = /^echo '(.*)' \| kubectl apply -f -$/.exec(commands[0] ?? "")?.[1] ?? "{}";
  return rightsOf((JSON.parse(json) as { rules?: readonly Rule[] }).rules);
}

describe("a missing right", () => {
  it.each([...requesting, ...approving])(
    "for automatic approval is told before anything is submitted: %s",
    async (right) => {
      const cluster = new ExaminedCluster();
      cluster.allows = (asked) => asked !== right && !asked.endsWith("/*");
      const diagnosis = await cluster.examine({ modes: ["automatic"] });
      expect(unwell(diagnosis)).toEqual({ "automatic-approval": "problem", ...notTried });
      const { details, remedy, commands } = findingOf(diagnosis, "automatic-approval");
      expect(details).toContain(
        `Missing: ${right.split(" ")[0] ?? ""} on ${right.split(/[ /]/)[1] ?? ""}.certificates.k8s.io`,
      );
      expect(remedy).toContain("log in as anybody");
      expect(granted(commands)).toHaveLength(1);
      expect(commands?.slice(1)).toEqual([
        "kubectl create clusterrolebinding kubernetes-user-doctor-automatic-approval --clusterrole=kubernetes-user-doctor-automatic-approval --user=ci",
      ]);
      expect(cluster.admin.log.filter((line) => !line.startsWith("/"))).toEqual([]);
    },
  );

  it("is granted by one role of all that are missing, and of nothing else", async () => {
    const { commands } = findingOf(await holding(...requesting).examine(), "automatic-approval");
    expect(granted(commands)).toEqual(
      rightsOf(
        rulesOf("automatic", "cluster", defaultSignerName).filter(
          ({ resources }) => !resources.includes("certificatesigningrequests"),
        ),
      ),
    );
  });

  it("is no problem where another way is open, unless that mode is asked for", async () => {
    const manual = holding(...requesting);
    expect(unwell(await manual.examine())).toMatchObject({ "automatic-approval": "warning", approver: "warning" });
    expect(unwell(await manual.examine())).not.toHaveProperty("manual-approval");
    expect(unwell(await manual.examine({ modes: ["manual"] }))).toMatchObject({ signer: "unknown" });
    expect(unwell(await manual.examine({ modes: ["manual"] }))).not.toHaveProperty("automatic-approval");
    expect(unwell(await holding().examine())).toMatchObject({
      "automatic-approval": "warning",
      "manual-approval": "problem",
    });
  });

  it("for the domain of the signer is one that is there", async () => {
    const cluster = holding(
      ...requesting,
      "update certificatesigningrequests/approval",
      "approve signers kubernetes.io/*",
    );
    expect(findingOf(await cluster.examine(), "signer").status).toBe("ok");
  });

  it("is looked for in the namespaces that are named, and granted there", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.answers.set("/api/v1/namespaces/dev", {});
    cluster.admin.answers.set("/api/v1/namespaces/test", {});
    cluster.allows = (right) => !right.startsWith("patch roles");
    const diagnosis = await cluster.examine({ namespaces: ["dev", "test"], modes: ["access"] });
    expect(unwell(diagnosis)).toEqual({ access: "problem" });
    const { details, commands } = findingOf(diagnosis, "access");
    const role = "kubernetes-user-doctor-access";
    expect(details).toContain("patch on roles.rbac.authorization.k8s.io in namespace dev; patch on");
    expect(granted(commands)).toEqual(
      rightsOf([{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["patch"] }]),
    );
    expect(commands?.slice(1)).toEqual(
      ["dev", "test"].map(
        (name) => `kubectl create rolebinding ${role} --clusterrole=${role} --user=ci --namespace=${name}`,
      ),
    );
    expect(cluster.asked).toContain("patch roles in dev");
    expect(cluster.asked.filter((right) => right.includes("clusterrolebindings"))).toEqual([]);
  });

  it("puts no name into a command that a shell would not take", async () => {
    const cluster = holding();
    cluster.identity = { status: { userInfo: { username: "$(rm -rf /)", groups: [] } } };
    const diagnosis = await cluster.examine({ signerName: "example.com/o'brien" });
    for (const { commands = [] } of diagnosis.findings) {
      expect(commands.join("\n")).not.toContain("$(rm");
      expect(commands.join("\n").replaceAll(`'\\''`, "")).not.toContain("o'brien");
    }
    expect(findingOf(diagnosis, "automatic-approval").commands?.[0]).toContain(`o'\\''brien`);
  });

  it("is not known where the cluster does not say, which a request then shows", async () => {
    const cluster = new ExaminedCluster();
    cluster.allows = () => {
      throw statusError(403);
    };
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({
      "automatic-approval": "unknown",
      "manual-approval": "unknown",
      approver: "unknown",
      access: "unknown",
      "grantable-roles": "unknown",
      publish: "unknown",
      namespaces: "unknown",
    });
    expect(cluster.left).toEqual([]);
  });
});

describe("namespaces", () => {
  it("that do not exist are a problem", async () => {
    const diagnosis = await new ExaminedCluster().examine({ namespaces: ["dev"] });
    expect(unwell(diagnosis)).toEqual({ namespaces: "problem" });
    expect(findingOf(diagnosis, "namespaces").details).toBe("The cluster has no namespace dev.");
  });

  it("that may not be looked at are a warning", async () => {
    const cluster = new ExaminedCluster();
    cluster.allows = (right) => right !== "get namespaces in dev";
    cluster.admin.answers.set("/api/v1/namespaces/dev", refuses(403));
    const diagnosis = await cluster.examine({ namespaces: ["dev"] });
    expect(unwell(diagnosis)).toEqual({ namespaces: "warning" });
    expect(findingOf(diagnosis, "namespaces").commands?.[1]).toMatch(/create rolebinding .* --namespace=dev$/);
  });
});

describe("what may be handed out", () => {
  it.each<[readonly string[], string, string]>([
    [["bind clusterroles", "escalate clusterroles"], "ok", "bind every ClusterRole, and write any right"],
    [["bind clusterroles"], "ok", "bind every ClusterRole, which is as good as cluster-admin"],
    [
      ["bind clusterroles view", "bind clusterroles edit"],
      "ok",
      "bind view, edit, but of admin, cluster-admin and rules only",
    ],
    [[], "warning", "bind none of view, edit, admin, cluster-admin"],
  ])("is told with %j", async (rights, status, words) => {
    const finding = findingOf(await holding(...rights).examine(), "grantable-roles");
    expect(finding).toMatchObject({ status, details: expect.stringContaining(words) as string });
    expect(granted(finding.commands)).toEqual(rights.length === 0 ? rightsOf([bindingOf("view")]) : []);
  });
});
