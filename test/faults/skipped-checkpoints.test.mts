import { kubectl } from "../engine/support/commands.mts";
import { Project, summary } from "../engine/support/project.mts";
import { KilledRun } from "./support/killed-run.mts";
import { requestsOf, userInState, whoami } from "./support/traces.mts";

/** As docs/performance.md recommends it for many users. */
const settings = { PULUMI_SKIP_CHECKPOINTS: "true" };

const program = (names: readonly string[]): string => `
  exports.kubeconfigs = Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, new KubernetesUser(name, {
    access: [{ namespaces: ["default"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
  }).kubeconfig]));`;

/** A line that says that somebody has got access, by when there is a certificate. */
const accessMade = /RoleBinding .* created/;

/** Names of the objects in the default namespace that are about a user. */
async function objectsOf(kind: "rolebindings" | "roles", user: string): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(`get ${kind} -n default -o json`)) as {
    items: readonly { metadata: { name: string } }[];
  };
  return items.map(({ metadata }) => metadata.name).filter((name) => name.includes(user));
}

async function keysInState(project: Project): Promise<number> {
  return (await project.state()).filter(({ type }) => type.endsWith(":PrivateKey")).length;
}

describe("PULUMI_SKIP_CHECKPOINTS", () => {
  it("costs a killed run the keys that nobody had: the next one issues anew and leaves no object twice", async () => {
    const users = ["skipped-killed-a", "skipped-killed-b", "skipped-killed-c"];
    await using project = await Project.create(program(users), settings);
    const run = new KilledRun(project, (line, killed) => {
      if (accessMade.test(line)) {
        void killed.kill("pulumi");
      }
    });
    await run.end(true);
    expect(run.killed).toBe(true);
    expect(await keysInState(project)).toBe(0);
    const lost = (await Promise.all(users.map(requestsOf)))
      .flat()
      .filter(({ certificate }) => certificate !== undefined);
    expect(lost.length).toBeGreaterThan(0);
    await project.stack.run(project.stack.on("cancel", "--yes"));

    await project.up();

    const { kubeconfigs } = (await project.stack.outputs()) as { kubeconfigs: Readonly<Record<string, string>> };
    for (const user of users) {
      // It throws where certificate and key in the state do not belong together.
      const { csrName } = await userInState(project, user);
      expect(lost.map(({ name }) => name)).not.toContain(csrName);
      expect(await whoami(project, kubeconfigs[user])).toBe(user);
      expect(await objectsOf("roles", user)).toHaveLength(1);
      expect(await objectsOf("rolebindings", user)).toHaveLength(1);
    }
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });

  it("costs an interrupted run nothing: it saves what it has done", async () => {
    const users = ["skipped-interrupted-a", "skipped-interrupted-b", "skipped-interrupted-c"];
    await using project = await Project.create(program(users), settings);
    const interruption = new AbortController();
    const { exitCode } = await project.stack.pulumi(project.stack.on("up"), {
      signal: interruption.signal,
      onLine: (line) => {
        if (accessMade.test(line)) {
          interruption.abort();
        }
      },
    });
    expect(exitCode).not.toBe(0);
    const issued = (await Promise.all(users.map(requestsOf))).flat();
    expect(await keysInState(project)).toBe(users.length);

    await project.up();

    const requests = (await Promise.all(users.map(requestsOf))).flat();
    expect(requests).toHaveLength(users.length);
    expect(requests.map(({ name }) => name)).toEqual(expect.arrayContaining(issued.map(({ name }) => name)));
  });
});
