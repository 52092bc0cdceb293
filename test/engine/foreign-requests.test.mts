import { readFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { parse } from "yaml";

import { Folder, cliJson } from "./support/cli.mts";
import { kubectl } from "./support/commands.mts";
import { Project } from "./support/project.mts";

/** A CertificateSigningRequest as `kubernetes-user request --manifest` writes it. */
interface Manifest {
  readonly metadata: { readonly labels: object };
  readonly spec: object;
}

/**
 * Puts a request of somebody else's on the cluster: the very bytes, signer, usages and labels that the run will ask
 * with, without the lifetime, so that the signer would grant its longest.
 */
async function plant(name: string, manifest: Manifest): Promise<void> {
  const foreign = {
    ...manifest,
    metadata: { name, labels: manifest.metadata.labels },
    spec: { ...manifest.spec, expirationSeconds: undefined },
  };
  await kubectl("create -f -", JSON.stringify(foreign));
}

async function conditionsOf(name: string): Promise<string> {
  return kubectl(`get csr ${name} -o jsonpath={.status.conditions[*].type}`);
}

describe("a request without a lifetime that somebody else left for a person whose access ends", () => {
  let laptop: Folder;

  beforeAll(async () => {
    laptop = await Folder.create();
  });

  afterAll(async () => {
    await laptop[Symbol.asyncDispose]();
  });

  it.each([
    ["pending", false],
    ["issued", true],
  ])("is neither approved nor used when it is %s", async (stage, approved) => {
    const user = `bounded-${stage}`;
    const hostile = `${user}-hostile-0`;
    await cliJson("request", user, "--manifest", "--out", laptop.path);
    await plant(hostile, parse(await readFile(laptop.file(`${user}.yaml`), "utf8")) as Manifest);
    if (approved) {
      await kubectl(`certificate approve ${hostile}`);
      await kubectl(`wait csr ${hostile} --for=jsonpath={.status.certificate} --timeout=60s`);
    }
    const before = await conditionsOf(hostile);
    await using project = await Project.create(`
      const request = require("node:fs").readFileSync(${JSON.stringify(laptop.file(`${user}.csr`))}, "utf8");
      const user = new KubernetesUser("${user}", {
        request,
        expirationSeconds: 3600,
        accessUntil: new Date(Math.floor(Date.now() / 1000) * 1000 + 2 * 86400_000).toISOString().replace(".000", ""),
        approval: { policy: { maxExpirationSeconds: 3600 } },
      });
      exports.csrName = user.csrName;
      exports.certificate = user.certificate;`);
    const { output } = await project.up();
    expect(output).not.toContain(hostile);
    const { csrName, certificate } = (await project.stack.outputs()) as { csrName: string; certificate: string };
    expect(csrName).not.toBe(hostile);
    expect(new X509Certificate(certificate).validToDate.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(await conditionsOf(hostile)).toBe(before);
  });
});
