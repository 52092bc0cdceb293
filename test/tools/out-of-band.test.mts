import { copyFile, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { Folder, anyName, cli, cliJson } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { Project } from "../engine/support/project.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";

const user = "out-of-band-jane";

/** Everything in the files of a folder. */
async function contentsOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  return (await Promise.all(paths.map((path) => readFile(path, "latin1")))).join("\n");
}

describe("a person whose key never leaves the laptop", () => {
  let laptop: Folder;

  beforeEach(async () => {
    laptop = await Folder.create();
  });

  afterEach(async () => {
    await laptop[Symbol.asyncDispose]();
  });

  it("gets access through a repository and pulumi up", async () => {
    // On the laptop.
    await cliJson("request", user, "--group", "developers", "--out", laptop.path);
    const privateKey = await readFile(laptop.file(`${user}.key`), "utf8");

    // The pull request brings the request, and a declaration.
    await using project = await Project.create(`
      const request = require("node:fs").readFileSync("${user}.csr", "utf8");
      const user = new KubernetesUser("${user}", {
        request,
        approval: { mode: "manual", timeoutSeconds: 0 },
        access: [{ namespaces: ["default"], clusterRole: "view" }],
      });
      exports.kubeconfig = user.kubeconfig;`);
    await copyFile(laptop.file(`${user}.csr`), join(project.folder, `${user}.csr`));
    const submitted = await project.stack.up();
    expect(submitted.exitCode).toBe(0);
    const csrName = /kubernetes-user approve ([^\s"]+)/.exec(submitted.output)?.[1] ?? "";
    expect(submitted.output).toContain("[approval-pending]");

    // Somebody who may approve.
    const policy = await laptop.write(
      "policy.yaml",
      "allowedUsernames: [out-of-band*]\nallowedGroups: [developers]\nmaxExpirationSeconds: 86400\n",
    );
    const outcomes = await cliJson("approve", csrName, "--policy", policy, "--yes");
    expect(outcomes).toMatchObject([{ username: user, groups: ["developers"], status: "issued", labelled: true }]);

    // The next run takes the certificate; its output has no key.
    await project.up();
    const { stdout } = await project.stack.run(project.stack.on("stack", "output", "kubeconfig", "--show-secrets"));

    // On the laptop again.
    const completed = laptop.file("kubeconfig");
    const args = ["kubeconfig", "-", "--key", laptop.file(`${user}.key`), "--out", completed];
    const added = await cli(args, stdout);
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await cliJson("whoami", completed)).toMatchObject({ username: user, groups: ["developers"] });
    expect((await project.kubectlAs(await readFile(completed, "utf8"), "get pods")).exitCode).toBe(0);

    // The key is nowhere but there.
    const secrets = await secretsOf({ privateKey });
    const keyLines = secrets.filter((secret) => privateKey.includes(secret));
    expect(keyLines).not.toEqual([]);
    const shown = submitted.output + stdout + added.stdout + JSON.stringify(await project.state());
    expect(findSecrets(secrets, shown)).toEqual([]);
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
  });

  it("gets access through manifests and kubectl apply", async () => {
    await using repository = await Folder.create();
    await cliJson("request", user, "--group", "admins", "--manifest", "--lifetime", "1h", "--out", laptop.path);
    await copyFile(laptop.file(`${user}.yaml`), repository.file(`${user}.yaml`));

    // Where access is given.
    await kubectl(`apply -f ${repository.path}`);
    expect(await cliJson("approve", "-f", repository.path, ...anyName)).toMatchObject([{ status: "issued" }]);
    const out = repository.file("kubeconfigs");
    expect(await cliJson("collect", "-f", repository.path, "--out", out)).toMatchObject([{ status: "issued" }]);
    expect(await contentsOf(repository.path)).not.toContain("PRIVATE KEY");

    // On the laptop.
    await copyFile(join(out, `${user}.kubeconfig`), laptop.file("kubeconfig"));
    await cliJson("kubeconfig", laptop.file("kubeconfig"), "--key", laptop.file(`${user}.key`));
    expect(await cliJson("whoami", laptop.file("kubeconfig"))).toMatchObject({ username: user, groups: ["admins"] });
  });
});
