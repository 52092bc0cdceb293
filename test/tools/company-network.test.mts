import { chmod } from "node:fs/promises";

import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { crossCertificate } from "../unit/support/server-chains.mts";
import { type TestProxy, httpProxy } from "../unit/support/test-proxies.ts";
import { command, kubectl } from "../engine/support/commands.mts";
import { administrator, clusterOf, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project } from "../engine/support/project.mts";

const apiVersion = "client.authentication.k8s.io/v1";
const namespace = "behind-a-proxy";

const program = `
const { kubeconfig } = new KubernetesUser("behind-a-proxy", {
  kubeconfig: "administrator.yaml",
  access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
});
new KubernetesUser("behind-a-login", { kubeconfig: "login.yaml", access: [] });
exports.kubeconfig = kubeconfig;`;

describe("a company's network", () => {
  let project: Project;
  let proxy: TestProxy;
  let server: string;

  beforeAll(async () => {
    const { cluster, certificate } = await administrator();
    const { port } = new URL(cluster.server);
    await kubectl(`create namespace ${namespace}`);
    proxy = await httpProxy(Number(port));
    // In upper case: Pulumi's own connections between its processes heed the lower case, loopback or not.
    const environment = { HTTPS_PROXY: `http://jane:p%40ss@127.0.0.1:${proxy.port}`, NO_PROXY: "", no_proxy: "" };
    project = await Project.create(program, environment);
    const data = (name: string): string => Buffer.from(String(certificate[name]), "base64").toString();
    const status = { clientCertificateData: data("client-certificate-data"), clientKeyData: data("client-key-data") };
    const credential = JSON.stringify({ kind: "ExecCredential", apiVersion, status });
    const script = await project.file("login.sh", `#!/bin/sh\ncat <<'END'\n${credential}\nEND\n`);
    await chmod(script, 0o700);
    // Only the proxy knows this name. The authority is an intermediate, whose root is nowhere.
    server = `https://kube.acme.test:${port}`;
    const authority = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
    const intermediate = crossCertificate(authority, certificateAuthority("company-root"));
    const entry = {
      server,
      "tls-server-name": "kubernetes.default.svc",
      "certificate-authority-data": Buffer.from(intermediate).toString("base64"),
    };
    const exec = { apiVersion, command: "./login.sh", interactiveMode: "IfAvailable" };
    await project.file("administrator.yaml", kubeconfig("company", entry, { exec }));
    const login = { ...entry, "proxy-url": `http://joe:SEEKRIT@127.0.0.1:${proxy.port}` };
    await project.file("login.yaml", kubeconfig("login", login, { exec }));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await proxy.close();
  });

  it("is no obstacle: a proxy of the environment, an intermediate as authority, a credential plugin", async () => {
    await project.up();
    const { kubeconfig } = (await project.stack.outputs()) as { kubeconfig: string };
    expect(clusterOf(kubeconfig).cluster).toMatchObject({ server, "tls-server-name": "kubernetes.default.svc" });
    expect(proxy.targets).toContain(new URL(server).host);
    const logins = ["jane:p@ss", "joe:SEEKRIT"].map((login) => `Basic ${Buffer.from(login).toString("base64")}`);
    expect(new Set(proxy.logins)).toEqual(new Set(logins));
    const path = await project.file("user.yaml", kubeconfig);
    const args = ["--kubeconfig", path, "get", "pods", "-n", namespace];
    const environment = { HTTPS_PROXY: `http://jane:p%40ss@127.0.0.1:${proxy.port}`, NO_PROXY: "", no_proxy: "" };
    expect(await command("kubectl", args, "", environment)).toMatchObject({ exitCode: 0 });
    // That both are issued and tried out is what the run has succeeded in.
    const state = JSON.stringify(await project.state());
    expect(state).toContain("behind-a-login");
    expect(state).not.toContain("SEEKRIT");
    expect(state).not.toContain("p%40ss");
    expect(state).not.toContain("p@ss");
  });
});
