import { readFile, readdir, stat } from "node:fs/promises";

import { Folder } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { Project } from "../engine/support/project.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";

const kubeconfig = `pulumi.secret(require("node:fs").readFileSync(process.env.KUBERNETES_USER_TEST_TOKEN_KUBECONFIG, "utf8"))`;
const namespace = "temporary-files";

/** A user who is bound to a role. */
const user = (name: string, more: string): string => `
  const user = new KubernetesUser("${name}", { ${more} access: [{ namespaces: ["${namespace}"], clusterRole: "view" }] });
  exports.privateKey = user.privateKey;
  exports.kubeconfig = user.kubeconfig;`;

/** What has been left in the folder for temporary files. */
interface Left {
  readonly name: string;
  readonly mode: string;
  readonly secret: boolean;
}

/** Runs a program whose folder for temporary files is empty, and tells what is left there. */
async function leftBy(program: string, ...options: readonly string[]): Promise<Left[]> {
  await using folder = await Folder.create();
  await using project = await Project.create(program, { TMPDIR: folder.path });
  await project.up(...options);
  const secrets = await secretsOf(await project.stack.outputs());
  const names = (await readdir(folder.path, { recursive: true })).sort();
  return await Promise.all(
    names.map(async (name) => {
      const stats = await stat(folder.file(name));
      const text = stats.isFile() ? await readFile(folder.file(name), "latin1") : "";
      return { name, mode: (stats.mode & 0o777).toString(8), secret: findSecrets(secrets, text).length > 0 };
    }),
  );
}

const aKubeconfig = { name: expect.stringMatching(/^kubeconfig\d+$/) as string, mode: "600", secret: true };

// docs/limits.md and docs/security.md tell this: when it changes, they do.
describe("the folder for temporary files", () => {
  beforeAll(() => kubectl(`create namespace ${namespace}`));

  it("gets the kubeconfig that the kubernetes provider's plugin was given, for its owner alone", async () => {
    expect(await leftBy(user("temporary-given", `kubeconfig: ${kubeconfig},`))).toEqual([aKubeconfig]);
  });

  it("gets it of any program with such a provider, be this package in it or not", async () => {
    const program = `
      const provider = new kubernetes.Provider("provider", { kubeconfig: ${kubeconfig} });
      new kubernetes.core.v1.ConfigMap("config", { metadata: { namespace: "${namespace}" } }, { provider });`;
    expect(await leftBy(program)).toEqual([aKubeconfig]);
  });

  it("gets nothing when the environment names the kubeconfig", async () => {
    expect(await leftBy(user("temporary-ambient", ""))).toEqual([]);
  });

  it("gets a log that everybody may read and that holds secrets, with -v=3 and no --logtostderr", async () => {
    const log = {
      name: expect.stringMatching(/^pulumi\..+\.log\.INFO\.\d{8}-\d{6}\.\d+$/) as string,
      mode: "644",
      secret: true,
    };
    expect(await leftBy(user("temporary-log", ""), "-v=3")).toEqual([log]);
  });
});
