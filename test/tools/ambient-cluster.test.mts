import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { stringify } from "yaml";

import { kubectl } from "../engine/support/commands.mts";
import { administrator, clusterOf, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project, type StateResource } from "../engine/support/project.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";

describe("the cluster of environment and stack configuration", () => {
  let folder: string;
  let project: Project;
  const runs: string[] = [];
  const size = async (): Promise<number> => JSON.stringify(await deployment(project)).length;
  const up = async (users: Readonly<Record<string, string>>): Promise<void> => {
    await project.write(sized(users));
    runs.push((await project.up()).output);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubernetes-user-test-"));
    const { cluster, certificate, token } = await administrator();
    const write = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    // As for kubectl, a file may refer to what stands in another, and one may not be there.
    const entries = kubeconfig("environment", cluster, certificate, { "current-context": "" });
    const paths = [
      await write("context.yaml", stringify({ "current-context": "environment" })),
      join(folder, "missing.yaml"),
      await write("entries.yaml", entries),
    ];
    project = await Project.create("", { KUBECONFIG: paths.join(delimiter) });
    await project.file("admin.yaml", kubeconfig("admin", cluster, certificate));
    const configured = kubeconfig(
      "configured",
      cluster,
      { token },
      {
        clusters: [
          { name: "other", cluster: { server: "https://other.invalid" } },
          { name: "configured", cluster },
        ],
        contexts: ["other", "configured"].map((name) => ({ name, context: { cluster: name, user: "configured" } })),
        "current-context": "other",
      },
    );
    for (const [key, value] of [["kubeconfig", configured] as const, ["context", "configured"] as const]) {
      await project.file(`config-${key}`, value);
    }
    await kubectl("create namespace choice-size");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it("is the one of KUBECONFIG's files together, and a user's state stays small", async () => {
    const first = { ambient1: "undefined", explicit1: "admin" };
    await up(first);
    const sizes = [await size()];
    await up({ ...first, ambient2: "undefined" });
    sizes.push(await size());
    await up({ ...first, ambient2: "undefined", explicit2: "admin" });
    sizes.push(await size());
    const [base = 0, withAmbient = 0, withExplicit = 0] = sizes;
    const [ambient, explicit] = [withAmbient - base, withExplicit - withAmbient];
    const { resources } = await deployment(project);
    console.log(sizeTable(resources, { ambient2: ambient, explicit2: explicit }));
    expect(ambient).toBeGreaterThan(10_000);
    expect(ambient).toBeLessThanOrEqual(20_000);
    expect(explicit).toBeLessThanOrEqual(28_000);
    // All that is made for a user is noted as made where the user is declared.
    const places = resourcesOf("ambient2", resources).map(({ sourcePosition }) => sourcePosition);
    expect(places).toHaveLength(6);
    expect(new Set(places)).toEqual(new Set([expect.stringMatching(/^project:\/\/\/index\.\w+#\d+,\d+$/)]));
    const outputs = await project.stack.outputs();
    expect(clusterOf(String(outputs["ambient1"])).name).toBe("environment");
    expect(clusterOf(String(outputs["explicit1"])).name).toBe("admin");
  });

  it("is the one of the stack's configuration before that", async () => {
    for (const key of ["kubeconfig", "context"]) {
      const value = await readFile(join(project.folder, `config-${key}`), "utf8");
      await project.stack.run(project.stack.on("config", "set", "--secret", `kubernetes:${key}`, value));
    }
    await up({ configured: "undefined" });
    const outputs = await project.stack.outputs();
    expect(clusterOf(String(outputs["configured"])).name).toBe("configured");
    const secrets = await secretsOf({});
    const { stdout: state } = await project.stack.run(project.stack.on("stack", "export"));
    expect(findSecrets(secrets, [state, ...runs].join("\n"))).toEqual([]);
  });
});

/** Users as the state's size is measured with them: one group, one Role and its binding, the kubeconfig exported. */
function sized(users: Readonly<Record<string, string>>): string {
  return `
    const admin = require("node:fs").readFileSync("admin.yaml", "utf8");
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "list", "update", "delete"] }];
    const access = [{ namespaces: ["choice-size"], rules }];
    for (const [name, kubeconfig] of ${JSON.stringify(Object.entries(users)).replaceAll(/"(undefined|admin)"/g, "$1")}) {
      const args = { groups: ["developers"], access, kubeconfig };
      exports[name] = new KubernetesUser("size-" + name, args).kubeconfig;
    }`;
}

async function deployment(project: Project): Promise<{ readonly resources: readonly StateResource[] }> {
  const { stdout } = await project.stack.run(project.stack.on("stack", "export"));
  return (JSON.parse(stdout) as { deployment: { resources: StateResource[] } }).deployment;
}

function resourcesOf(user: string, resources: readonly StateResource[]): readonly StateResource[] {
  return resources.filter(({ urn }) => urn.split("::").at(-1)?.startsWith(`size-${user}`));
}

/** Bytes of users' state by resource type; what is left of the whole is the stack's output. */
function sizeTable(resources: readonly StateResource[], users: Readonly<Record<string, number>>): string {
  const lines = Object.entries(users).flatMap(([user, whole]) => {
    const sizes = resourcesOf(user, resources).map(
      (resource) => [resource.type, JSON.stringify(resource).length + 1] as const,
    );
    const rest = whole - sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    const rows = [...sizes, ["stack output", rest] as const, ["all", whole] as const];
    return [`state of ${user}, bytes:`, ...rows.map(([type, bytes]) => `${String(bytes).padStart(7)}  ${type}`)];
  });
  return lines.join("\n");
}
