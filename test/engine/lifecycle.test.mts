import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";

import { parse } from "yaml";

import { kubectl, openssl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";
import { findSecrets, secretsOf } from "./support/secrets.mts";

const namespace = "lifecycle";
const program = `
const user = new KubernetesUser("lifecycle-jane", {
  groups: ["developers"],
  namespace: "${namespace}",
  access: [{
    namespaces: ["${namespace}"],
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "list", "update", "delete"] }],
  }],
});
for (const output of ["kubeconfig", "certificate", "privateKey", "username", "groups", "csrName", "serialNumber",
  "notBefore", "notAfter", "renewAfter"]) {
  exports[output] = user[output];
}
`;

describe("the life of a user", () => {
  let project: Project;
  let outputs: Readonly<Record<string, unknown>>;
  const text = (name: string): string => String(outputs[name]);
  const runs: string[] = [];

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(program);
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is previewed with unknown outputs, and nothing is created", async () => {
    const preview = succeed(await project.stack.preview("--diff"));
    runs.push(preview.output);
    expect(summary(preview)).toEqual({ "to create": 7 });
    expect(preview.output).toMatch(/notAfter *: \[unknown\]/);
    expect(preview.output).toMatch(/csrName *: \[unknown\]/);
    expect(await kubectl("get csr -o name")).not.toContain("lifecycle-jane");
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).toBe("");
  });

  it("begins with one up", async () => {
    const up = await project.up("--diff");
    runs.push(up.output);
    expect(summary(up)).toEqual({ created: 7 });
    outputs = await project.stack.outputs();
  });

  it("has the outputs that openssl and the cluster confirm", async () => {
    const subject = await openssl("x509 -noout -subject -nameopt RFC2253,sep_multiline", text("certificate"));
    expect(subject).toMatch(/CN=lifecycle-jane/);
    expect(subject).toMatch(/O=developers/);
    expect(await openssl("x509 -noout -serial", text("certificate"))).toBe(`serial=${text("serialNumber")}`);
    expect(await openssl("x509 -noout -ext extendedKeyUsage", text("certificate"))).toContain(
      "TLS Web Client Authentication",
    );
    expect(await openssl("x509 -noout -pubkey", text("certificate"))).toBe(
      await openssl("pkey -pubout", text("privateKey")),
    );
    expect(text("privateKey")).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(outputs).toMatchObject({ username: "lifecycle-jane", groups: ["developers"] });
    const { validFromDate, validToDate } = new X509Certificate(text("certificate"));
    expect(Date.parse(text("notBefore"))).toBe(validFromDate.getTime());
    expect(Date.parse(text("notAfter"))).toBe(validToDate.getTime());
    expect(Date.parse(text("notAfter")) - Date.parse(text("renewAfter"))).toBe(86400_000 / 3);
    expect(await kubectl(`get csr ${text("csrName")} -o jsonpath={.spec.signerName}`)).toBe(
      "kubernetes.io/kube-apiserver-client",
    );
  });

  it("has a kubeconfig whose names say cluster and user, with the administrator's address and authority", async () => {
    const own = parse(text("kubeconfig")) as Kubeconfig;
    const administrators = parse(await readFile(String(process.env["KUBECONFIG"]), "utf8")) as Kubeconfig;
    expect(own.clusters).toEqual(administrators.clusters);
    const [cluster] = own.clusters;
    const name = `lifecycle-jane@${String(cluster?.name)}`;
    expect(own["current-context"]).toBe(name);
    expect(own.contexts).toEqual([{ name, context: { cluster: cluster?.name, user: name, namespace } }]);
    expect(own.users.map(({ name }) => name)).toEqual([name]);
  });

  it("lets the user do what was granted, and nothing else", async () => {
    const whoami = await project.kubectlAs(outputs["kubeconfig"], "auth whoami -o jsonpath={.status.userInfo}");
    expect(JSON.parse(whoami.stdout)).toMatchObject({
      username: "lifecycle-jane",
      groups: ["developers", "system:authenticated"],
    });
    expect(await project.kubectlAs(outputs["kubeconfig"], "get pods")).toMatchObject({ exitCode: 0 });
    const refused = await project.kubectlAs(outputs["kubeconfig"], "get secrets");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("forbidden") as unknown });
  });

  it("is unchanged in a second preview and a second up", async () => {
    const preview = succeed(await project.stack.preview("--diff", "--expect-no-changes"));
    const up = await project.up("--diff");
    runs.push(preview.output, up.output);
    expect(summary(up)).toEqual({ unchanged: 7 });
  });

  it("is unchanged by a refresh, although the request's object is gone", async () => {
    await kubectl(`delete csr ${text("csrName")}`);
    expect(await project.stack.refresh("--expect-no-changes")).toMatchObject({ exitCode: 0 });
    expect(await project.stack.preview("--expect-no-changes")).toMatchObject({ exitCode: 0 });
  });

  it("shows no secret in state, previews, runs and outputs", async () => {
    const { stdout: state } = await project.stack.run(project.stack.on("stack", "export"));
    const { stdout: shown } = await project.stack.run(project.stack.on("stack", "output", "--json"));
    const secrets = await secretsOf(outputs);
    expect(findSecrets(secrets, text("kubeconfig"))).not.toEqual([]);
    for (const printed of [state, shown, ...runs]) {
      expect(findSecrets(secrets, printed)).toEqual([]);
    }
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
  });

  it("ends with a destroy that takes the access away", async () => {
    succeed(await project.stack.destroy());
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).toBe("");
    const refused = await project.kubectlAs(outputs["kubeconfig"], "get pods");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("forbidden") as unknown });
  });
});

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly users: readonly { readonly name: string }[];
  readonly contexts: readonly unknown[];
  readonly "current-context": string;
}
