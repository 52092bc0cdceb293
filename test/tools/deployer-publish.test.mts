import { createPublicKey } from "node:crypto";

import { createRequest } from "../../components/core/csr/certification-request.ts";
import { publicationName } from "../../components/core/rbac/published-certificate.ts";
import { newKey, privateKeyPem } from "@kubernetes-user/toolchain/certificates";
import { kubectl } from "../engine/support/commands.mts";
import { Deployers, applyExample } from "../engine/support/deployers.mts";
import { Project, succeed, summary } from "../engine/support/project.mts";

const namespace = "deployer-publish";

/** Kubernetes lets nobody grant what they do not hold: the documented roles have to be enough as they are. */
describe("a deployer with the roles of examples/deployer-rbac", () => {
  it.each([
    ["automatic-approval", "publish: true", "clusterroles,clusterrolebindings"],
    [
      "chosen-namespaces",
      `publish: { namespace: "${namespace}" }, approval: { mode: "manual", timeoutSeconds: 0 }`,
      `roles,rolebindings -n ${namespace}`,
    ],
  ])("publishes certificates: %s", async (example, options, kinds) => {
    const deployers = await Deployers.create(`${namespace}-${example}`);
    await applyExample(`${example}.yaml`);
    const chosen = example === "chosen-namespaces";
    if (chosen) {
      await kubectl(`create namespace ${namespace}`);
    }
    const kubeconfig = chosen
      ? await deployers.add("ci", ["kubernetes-user-requests"], {
          [namespace]: ["kubernetes-user-access-in-namespace"],
        })
      : await deployers.add("ci", ["kubernetes-user-automatic-approval"]);
    const key = newKey();
    const user = `published-by-${example}`;
    await using project = await Project.create(`
      const request = require("node:fs").readFileSync("request.csr", "utf8");
      exports.status = new KubernetesUser("${user}", { kubeconfig: "ci.yaml", request, ${options} }).status;`);
    await project.file("ci.yaml", kubeconfig);
    await project.file("request.csr", createRequest({ username: user, groups: [] }, privateKeyPem(key)));
    const first = await project.up();
    const csrName = /kubernetes-user approve ([^\s"]+)/.exec(first.output)?.[1];
    if (csrName !== undefined) {
      await kubectl(`certificate approve ${csrName}`);
      await kubectl(`wait csr ${csrName} --for=jsonpath={.status.certificate} --timeout=60s`);
      await project.up();
    }
    expect(await project.stack.outputs()).toEqual({ status: "issued" });
    const published = async (): Promise<string[]> =>
      (await kubectl(`get ${kinds} -o name`))
        .split("\n")
        .filter((name) => name.endsWith(publicationName(createPublicKey(key))));
    expect(await published()).toHaveLength(2);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    succeed(await project.stack.destroy());
    expect(await published()).toEqual([]);
  });
});
