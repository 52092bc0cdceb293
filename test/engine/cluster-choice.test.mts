import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";

import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { kubectl } from "./support/commands.mts";
import { type Administrator, type Fields, administrator, clusterOf, kubeconfig } from "./support/kubeconfigs.mts";
import { Project, type StateResource, succeed } from "./support/project.mts";
import { findSecrets, secretsOf } from "./support/secrets.mts";
import { type Proxy, closedPort, startProxy } from "./support/tunnel-proxy.mts";

/** A user of each kubeconfig, with a binding that goes through the provider made for it. */
const program = (choices: Readonly<Record<string, string>>): string => `
const { readFileSync } = require("node:fs");
const tls = require("@pulumi/tls");
const read = (path) => readFileSync(path, "utf8");
const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
const space = new kubernetes.core.v1.Namespace("space", { metadata: { name: "choice" } });
const access = [{ namespaces: [space.metadata.name], clusterRole: "view" }];
const user = (name, args, opts) => {
  const { kubeconfig, serialNumber, privateKey, csrName } = new KubernetesUser("choice-" + name, { access, ...args }, opts);
  exports[name] = { kubeconfig, serialNumber, privateKey, csrName };
};
${Object.entries(choices)
  .map(([name, args]) => `user("${name}", ${args});`)
  .join("\n")}`;

const choices = {
  text: `{ kubeconfig: read("admin.yaml") }`,
  sharing: `{ kubeconfig: read("admin.yaml") }`,
  path: `{ kubeconfig: "admin.yaml" }`,
  output: `{ kubeconfig: key.publicKeyPem.apply(() => read("admin.yaml")) }`,
  context: `{ kubeconfig: "contexts.yaml", context: "right" }`,
  credentials: `{ kubeconfig: read("credentials.yaml") }`,
  address: `{ kubeconfig: read("address.yaml") }`,
  tokenFile: `{ kubeconfig: "clusters/token-file.yaml" }`,
  exec: `{ kubeconfig: "clusters/exec.yaml" }`,
  authorityFile: `{ kubeconfig: "clusters/authority-file.yaml" }`,
  insecure: `{ kubeconfig: "insecure.yaml" }`,
  proxied: `{ kubeconfig: "proxied.yaml" }`,
  provider: `{ kubeconfig: "admin.yaml" }, { provider: new kubernetes.Provider("own", { kubeconfig: pulumi.secret(read("credentials.yaml")) }) }`,
} as const;

type Choice = keyof typeof choices;

interface UserOutputs {
  readonly kubeconfig: string;
  readonly serialNumber: string;
  readonly privateKey: string;
  readonly csrName: string;
}

describe("the choice of a cluster", () => {
  let project: Project;
  let admin: Administrator;
  let proxy: Proxy;
  let outputs: Readonly<Record<string, UserOutputs>>;
  const runs: string[] = [];
  const readOutputs = async (): Promise<typeof outputs> =>
    (await project.stack.outputs()) as Readonly<Record<string, UserOutputs>>;

  beforeAll(async () => {
    admin = await administrator();
    proxy = await startProxy(admin.cluster.server);
    project = await Project.create(program(choices));
    await mkdir(join(project.folder, "clusters"));
    const { cluster, certificate, token } = admin;
    const { "certificate-authority-data": authority, server } = cluster;
    const files = {
      "admin.yaml": kubeconfig("admin", cluster, certificate),
      "contexts.yaml": kubeconfig(
        "right",
        cluster,
        { token },
        {
          contexts: ["wrong", "right"].map((name) => ({ name, context: { cluster: name, user: name } })),
          "current-context": "wrong",
        },
      ),
      "credentials.yaml": kubeconfig("credentials", cluster, certificate),
      "address.yaml": kubeconfig("address", cluster, certificate),
      "clusters/token-file.yaml": kubeconfig("token-file", cluster, { tokenFile: "administrator.token" }),
      "clusters/administrator.token": token,
      "clusters/exec.yaml": kubeconfig("exec", cluster, { exec: execPlugin("./credential.sh") }),
      "clusters/credential.sh": `#!/bin/sh\necho '${JSON.stringify({ ...execCredential, status: { token } })}'\n`,
      "clusters/authority-file.yaml": kubeconfig(
        "authority",
        { server, "certificate-authority": "ca.crt" },
        certificate,
      ),
      "clusters/ca.crt": Buffer.from(authority, "base64").toString(),
      "insecure.yaml": kubeconfig("insecure", { server, "insecure-skip-tls-verify": true }, { token }),
      // A name that only the proxy knows, and that is not in the server's certificate.
      "proxied.yaml": kubeconfig(
        "proxied",
        { ...cluster, server: hiddenServer, "proxy-url": proxy.url, "tls-server-name": "kubernetes.default.svc" },
        { token },
      ),
    };
    await Promise.all(Object.entries(files).map(([name, content]) => project.file(name, content)));
    await chmod(join(project.folder, "clusters/credential.sh"), 0o700);
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await proxy.close();
  });

  it("is previewed when the kubeconfig is not known yet", async () => {
    const preview = succeed(await project.stack.preview("--diff"));
    runs.push(preview.output);
    expect(preview.output).toMatch(/choice-output-certificate/);
    expect(preview.output).not.toContain("warning");
  });

  it("takes every kind of kubeconfig, credential and connection", async () => {
    const up = await project.up();
    runs.push(up.output);
    outputs = await readOutputs();
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(choices).toSorted());
  });

  it.each(Object.keys(choices))("%s: the user reaches the cluster by the kubeconfig that it gets", async (name) => {
    const whoami = await project.kubectlAs(outputs[name]?.kubeconfig, "auth whoami -o jsonpath={.status.userInfo}");
    expect(JSON.parse(whoami.stdout || whoami.stderr)).toMatchObject({ username: `choice-${name}` });
    const pods = await project.kubectlAs(outputs[name]?.kubeconfig, "get pods -n choice");
    expect(pods).toMatchObject({ exitCode: 0 });
  });

  it("goes on in the user's kubeconfig, without the administrator's credentials", () => {
    expect(clusterOf(outputs["text"]?.kubeconfig)).toEqual({ name: "admin", cluster: admin.cluster });
    expect(clusterOf(outputs["context"]?.kubeconfig)).toEqual({ name: "right", cluster: admin.cluster });
    expect(clusterOf(outputs["authorityFile"]?.kubeconfig)).toEqual({ name: "authority", cluster: admin.cluster });
    const { server } = admin.cluster;
    expect(clusterOf(outputs["insecure"]?.kubeconfig).cluster).toEqual({ server, "insecure-skip-tls-verify": true });
    expect(clusterOf(outputs["proxied"]?.kubeconfig).cluster).toMatchObject({
      server: hiddenServer,
      "proxy-url": proxy.url,
      "tls-server-name": "kubernetes.default.svc",
    });
    for (const { kubeconfig } of Object.values(outputs)) {
      expect(kubeconfig).not.toContain(admin.token);
      expect(kubeconfig).not.toContain(String(admin.certificate["client-key-data"]));
    }
    expect(new Set(proxy.targets)).toEqual(new Set([new URL(hiddenServer).host]));
  });

  it("gives one provider to all users of a kubeconfig, and to the RBAC objects the one that was given", async () => {
    const resources = await project.state();
    expect(providerOf(resources, "text")).toBe(providerOf(resources, "sharing"));
    expect(providerOf(resources, "text")).not.toBe(providerOf(resources, "path"));
    expect(providerOf(resources, "provider")).toMatch(/::own::/);
  });

  it("keeps a certificate when the administrator's credentials change, and replaces it with the address", async () => {
    const { cluster, token } = admin;
    const moved = cluster.server.replace("127.0.0.1", "localhost");
    await project.file("credentials.yaml", kubeconfig("credentials", cluster, { token }));
    await project.file("address.yaml", kubeconfig("address", { ...cluster, server: moved }, { token }));
    // The address leads to the same cluster, where the request would be found again.
    await kubectl(`delete csr ${String(outputs["address"]?.csrName)}`);
    const { text: _, ...others } = choices;
    const [old, before] = [outputs, await project.state()];
    await project.write(program(others));
    const up = await project.up();
    runs.push(up.output);
    outputs = await readOutputs();
    const serials = (of: typeof outputs): Fields =>
      Object.fromEntries(Object.entries(of).map(([name, { serialNumber }]) => [name, serialNumber]));
    const { text: __, address, ...kept } = serials(old);
    expect(serials(outputs)).toEqual({ ...kept, address: expect.not.stringMatching(String(address)) as unknown });
    expect(up.output).toMatch(/^ *\+- .*CertificateSigningRequest choice-address-certificate replaced/m);
    expect(up.output).not.toMatch(/^ *[-+~]+ .*choice-credentials-certificate/m);
    expect(clusterOf(outputs["address"]?.kubeconfig).cluster).toMatchObject({ server: moved });
    // The user that came first is gone; its provider stays, and so does the other's binding.
    const after = await project.state();
    expect(providerOf(after, "sharing")).toBe(providerOf(before, "sharing"));
    expect(up.output).not.toMatch(/^ *[-+~]+ .*choice-sharing/m);
  });

  it("shows no secret", async () => {
    const { stdout: state } = await project.stack.run(project.stack.on("stack", "export"));
    const secrets = [...(await secretsOf({})), ...(await secretsOf({ privateKey: outputs["path"]?.privateKey }))];
    for (const printed of [state, ...runs]) {
      expect(findSecrets(secrets, printed)).toEqual([]);
    }
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
  });
});

describe("a cluster that cannot be used", () => {
  let project: Project;
  let admin: Administrator;

  beforeAll(async () => {
    admin = await administrator();
    project = await Project.create("");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("for its kubeconfig is refused before anything is registered", async () => {
    const { cluster, token } = admin;
    const dangling = { contexts: [{ name: "dangling", context: { cluster: "gone", user: "dangling" } }] };
    const attempts = {
      missing: { kubeconfig: "nowhere.yaml" },
      broken: { kubeconfig: `users: [\n  token: ${token}\n: {` },
      context: { kubeconfig: kubeconfig("one", cluster, { token }), context: "two" },
      dangling: { kubeconfig: kubeconfig("dangling", cluster, { token }, dangling) },
    };
    await project.write(`
      for (const [name, args] of Object.entries(${JSON.stringify(attempts)})) {
        try { new KubernetesUser("refused-" + name, args); exports[name] = "accepted"; }
        catch (error) { exports[name] = error.code + " " + error.message; }
      }`);
    const { output } = await project.up();
    expect(await project.stack.outputs()).toEqual({
      missing: expect.stringMatching(/^kubeconfig-unreadable .*nowhere\.yaml cannot be read \(ENOENT\)/) as unknown,
      broken: expect.stringMatching(
        /^kubeconfig-unreadable KubernetesUser "refused-broken": kubeconfig: line \d is not YAML/,
      ) as unknown,
      context: expect.stringMatching(
        /^invalid-arguments KubernetesUser "refused-context": kubeconfig: context: expected one of "one", got "two"/,
      ) as unknown,
      dangling: expect.stringMatching(
        /^kubeconfig-unreadable .*names "gone", which is not among its clusters/,
      ) as unknown,
    });
    expect(output).not.toContain(token);
    expect((await project.state()).map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  });

  it("because the provider is of another is refused before anything of the user is made", async () => {
    const { cluster, token } = admin;
    const foreign = Buffer.from(certificateAuthority("foreign").certificatePem).toString("base64");
    const other = { ...cluster, server: "https://other.invalid", "certificate-authority-data": foreign };
    await project.file("other.yaml", kubeconfig("other", other, { token }));
    await project.write(`
      const kubeconfig = pulumi.secret(require("node:fs").readFileSync("other.yaml", "utf8"));
      const provider = new kubernetes.Provider("other", { kubeconfig });
      const access = [{ namespaces: ["default"], clusterRole: "view" }];
      new KubernetesUser("refused-provider", { access }, { provider });`);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`which kubeconfig and context select, got one for https://other.invalid`);
    expect(output).toContain("[invalid-arguments]");
    expect((await project.state()).map(({ type }) => type.split(":").at(-1)).toSorted()).toEqual(
      ["KubernetesUser", "Stack", "kubernetes"].toSorted(),
    );
    expect(output).not.toContain(token);
  });

  it("because nobody answers or it is another is told soon", async () => {
    const { cluster, token } = admin;
    const closed = { ...cluster, server: `https://127.0.0.1:${await closedPort()}` };
    const foreign = Buffer.from(certificateAuthority("another").certificatePem).toString("base64");
    await project.file("closed.yaml", kubeconfig("closed", closed, { token }));
    const wrong = { ...cluster, "certificate-authority-data": foreign };
    await project.file("foreign.yaml", kubeconfig("foreign", wrong, { token }));
    await project.write(`
      for (const name of ["closed", "foreign"]) new KubernetesUser("refused-" + name, { kubeconfig: name + ".yaml" });`);
    const began = performance.now();
    const { exitCode, output } = await project.stack.up("--continue-on-error");
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/refused-closed-certificate[^]*cannot be reached \(ECONNREFUSED.*\[server-unreachable\]/);
    expect(output).toMatch(/refused-foreign-certificate[^]*could not prove that it is .*\[server-untrusted\]/);
    expect(output).not.toContain(token);
  });
});

const execCredential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" };

function execPlugin(command: string): Fields {
  return { apiVersion: execCredential.apiVersion, command, interactiveMode: "Never" };
}

/** The provider of a user's binding. */
function providerOf(resources: readonly (StateResource & { readonly provider?: string })[], choice: Choice): string {
  const binding = resources.find(({ urn }) => urn.endsWith(`::choice-${choice}:access0-namespace0-clusterrole-view`));
  return String(binding?.provider);
}

const hiddenServer = "https://cluster.invalid:6443";
