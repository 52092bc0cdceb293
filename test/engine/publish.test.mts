import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { cliJson } from "./support/cli.mts";
import { kubectl } from "./support/commands.mts";
import { Machine } from "./support/machine.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "published";
const past = "2020-01-01T00:00:00Z";

interface PublishedRole {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly rules: unknown;
}

describe("publish", () => {
  const user = "published-jane";
  let machine: Machine;
  let project: Project;

  const program = (options: string): string => `
    const user = new KubernetesUser("${user}", {
      request: require("node:fs").readFileSync("${user}.csr", "utf8"),
      publish: true,
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
      ${options}
    });
    for (const output of ["kubeconfig", "credentialId", "notAfter", "renewAfter", "status"]) exports[output] = user[output];`;

  /** What the user's certificate is published in. */
  async function published(): Promise<PublishedRole | undefined> {
    const bindings = await kubectl(
      `get clusterrolebindings -o jsonpath={.items[?(@.subjects[0].name=="${user}")].roleRef.name}`,
    );
    const [name, ...more] = bindings.split(" ").filter((role) => role.startsWith("kubernetes-user-certificate-"));
    expect(more).toEqual([]);
    return name === undefined
      ? undefined
      : (JSON.parse(await kubectl(`get clusterrole ${name} -o json`)) as PublishedRole);
  }

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    machine = await Machine.create();
    await cliJson("request", user, "--group", "developers", "--out", machine.folder.path);
    // Renewal is due half a minute after the issue.
    project = await Project.create(program("expirationSeconds: 600, renewBeforeSeconds: 570,"));
    await copyFile(machine.folder.file(`${user}.csr`), join(project.folder, `${user}.csr`));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
  });

  it("renews a kubeconfig that was handed over once, with no hand in between", async () => {
    const up = await project.up();
    expect(up.output).toContain("can be away for at most");
    const first = await project.stack.outputs();
    const role = await published();
    expect(role).toMatchObject({
      metadata: { annotations: { "kubernetes-user/renew-after": first["renewAfter"] } },
      rules: [{ resources: ["clusterroles"], resourceNames: [role?.metadata.name], verbs: ["get"] }],
    });
    const key = await readFile(machine.folder.file(`${user}.key`), "utf8");
    expect(await machine.setUp(String(first["kubeconfig"]), key)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await machine.whoami()).toEqual({ username: user, credentialId: first["credentialId"], stderr: "" });

    // Time passes.
    await delay(Date.parse(String(first["renewAfter"])) - Date.now() + 1000);
    expect(summary(succeed(await project.stack.preview()))).toMatchObject({ "to replace": 1 });
    await project.up();
    const second = await project.stack.outputs();
    expect(second["credentialId"]).not.toBe(first["credentialId"]);
    expect((await published())?.metadata.name).toBe(role?.metadata.name);
    expect(await machine.whoami()).toEqual({ username: user, credentialId: second["credentialId"], stderr: "" });
    expect(await machine.kubectl(`get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
  });

  it("goes on while a renewal waits for approval, and when it is denied", async () => {
    const annotation = "kubernetes-user/certificate";
    const before = (await published())?.metadata.annotations[annotation];
    const manual = `expirationSeconds: 600, renewBeforeSeconds: 599, approval: { mode: "manual", timeoutSeconds: 0 },`;
    await project.write(program(manual));
    const pending = await project.up();
    expect(pending.output).toContain("[approval-pending]");
    expect((await published())?.metadata.annotations[annotation]).toBe(before);
    const csrName = /kubernetes-user approve ([^\s"]+)/.exec(pending.output)?.[1] ?? "";
    await kubectl(`certificate deny ${csrName}`);
    await project.up();
    expect((await published())?.metadata.annotations[annotation]).toBe(before);
  });

  it("ends with accessUntil", async () => {
    await project.write(program(`accessUntil: "${past}",`));
    await project.up();
    expect(await published()).toBeUndefined();
  });

  it("ends with the declaration; what was fetched works to its end, with a warning", async () => {
    await project.write(program("expirationSeconds: 600,"));
    await project.up();
    await machine.change({ askAfter: past });
    const { credentialId } = await project.stack.outputs();
    expect((await machine.whoami()).credentialId).toBe(credentialId);
    succeed(await project.stack.destroy());
    expect(await published()).toBeUndefined();
    await machine.change({ askAfter: past, renewAfter: past });
    const after = await machine.whoami();
    expect(after.credentialId).toBe(credentialId);
    expect(after.stderr).toContain("publishes no certificate for this key any more (403)");
    expect(await machine.kubectl(`get pods -n ${namespace}`)).toMatchObject({ exitCode: 1 });
  });

  it("publishes in a namespace, and to everybody, where that is said", async () => {
    const where = `publish: { namespace: "${namespace}", anonymous: true },`;
    await using other = await Project.create(program(where));
    await copyFile(machine.folder.file(`${user}.csr`), join(other.folder, `${user}.csr`));
    await other.up();
    const { notAfter, renewAfter } = await other.stack.outputs();
    // 14 days, of which 13 are left.
    expect(Date.parse(String(notAfter)) - Date.parse(String(renewAfter))).toBe(13 * 86_400_000);
    const bindings = await kubectl(`get rolebindings -n ${namespace} -o jsonpath={.items[*].subjects}`);
    expect(bindings).toContain("system:unauthenticated");
    expect(await published()).toBeUndefined();
    succeed(await other.stack.destroy());
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).toBe("");
  });

  it("is refused without a request, before anything is made", async () => {
    await using other = await Project.create(`new KubernetesUser("published-keyed", { publish: true });`);
    const { exitCode, output } = await other.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("publish: it needs request");
    expect((await other.state()).filter(({ type }) => type.includes("kubernetes-user"))).toEqual([]);
  });
});
