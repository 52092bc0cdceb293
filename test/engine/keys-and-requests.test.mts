import { X509Certificate } from "node:crypto";

import { cli } from "./support/cli.mts";
import { command, openssl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";

/** Users that differ in key and groups; all are made in one run. */
const users = {
  p256: { args: {}, key: /ASN1 OID: prime256v1/, groups: [] },
  p384: { args: { privateKey: { algorithm: "ECDSA", ecdsaCurve: "P384" } }, key: /ASN1 OID: secp384r1/, groups: [] },
  p521: {
    args: { privateKey: { ecdsaCurve: "P521" }, groups: ["one"] },
    key: /ASN1 OID: secp521r1/,
    groups: ["one"],
  },
  rsa2048: {
    args: { privateKey: { algorithm: "RSA", rsaBits: 2048 }, groups: ["a", "b", "c, d"] },
    key: /\(2048 bit/,
    groups: ["a", "b", "c, d"],
  },
  rsa3072: { args: { privateKey: { algorithm: "RSA" } }, key: /\(3072 bit/, groups: [] },
  rsa4096: { args: { privateKey: { algorithm: "RSA", rsaBits: 4096 } }, key: /\(4096 bit/, groups: [] },
  ed25519: {
    args: { privateKey: { algorithm: "ED25519" }, groups: ["größer", "oncall"] },
    key: /ED25519 Private-Key/,
    groups: ["größer", "oncall"],
  },
} as const;

const program = (changes: Readonly<Record<string, object>> = {}): string =>
  Object.entries(users)
    .map(([name, { args }]) => {
      const all = JSON.stringify({ ...args, ...changes[name] });
      return `{ const user = new KubernetesUser("keys-${name}", ${all});
        exports["${name}"] = { certificate: user.certificate, privateKey: user.privateKey, kubeconfig: user.kubeconfig }; }`;
    })
    .join("\n");

interface UserOutputs {
  readonly certificate: string;
  readonly privateKey: string;
  readonly kubeconfig: string;
}

describe("keys and groups", () => {
  let project: Project;
  let outputs: Readonly<Record<string, UserOutputs>>;
  const readOutputs = async (): Promise<Readonly<Record<string, UserOutputs>>> =>
    (await project.stack.outputs()) as Readonly<Record<string, UserOutputs>>;

  beforeAll(async () => {
    project = await Project.create(program());
    await project.up();
    outputs = await readOutputs();
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each(Object.entries(users))("%s: the key is of the kind asked for, and PKCS#8", async (name, { key }) => {
    const privateKey = outputs[name]?.privateKey ?? "";
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(await openssl("pkey -noout -text", privateKey)).toMatch(key);
  });

  it.each(Object.entries(users))("%s: the cluster knows the user and its groups", async (name, { groups }) => {
    const { stdout } = await project.kubectlAs(outputs[name]?.kubeconfig, "auth whoami -o json");
    const { status } = JSON.parse(stdout) as { status: { userInfo: { username: string; groups: string[] } } };
    expect(status.userInfo.username).toBe(`keys-${name}`);
    expect(status.userInfo.groups.toSorted()).toEqual([...groups, "system:authenticated"].toSorted());
  });

  it("stay as they are in the next run", async () => {
    const up = await project.up();
    expect(Object.keys(summary(up))).toEqual(["unchanged"]);
  });

  it("change with rotation and with the algorithm, and only theirs", async () => {
    await project.write(program({ p256: { rotation: "2026-11" }, rsa2048: { privateKey: { algorithm: "ECDSA" } } }));
    const preview = succeed(await project.stack.preview());
    const up = await project.up();
    // Key, request and certificate of two users.
    expect(summary(preview)).toMatchObject({ "to replace": 6 });
    expect(summary(up)).toMatchObject({ replaced: 6 });
    const after = await readOutputs();
    for (const name of ["p256", "rsa2048"]) {
      expect(after[name]?.privateKey).not.toBe(outputs[name]?.privateKey);
      expect(serial(after[name])).not.toBe(serial(outputs[name]));
    }
    expect(after["p384"]).toEqual(outputs["p384"]);
    expect(await project.kubectlAs(after["rsa2048"]?.kubeconfig, "auth whoami")).toMatchObject({ exitCode: 0 });
  });
});

describe("a request that the user brings", () => {
  let project: Project;
  let privateKey: string;

  beforeAll(async () => {
    project = await Project.create("");
    privateKey = await openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "");
    await project.file("brought.key", privateKey);
    const subject = "/O=developers/O=oncall/CN=brought-jane";
    const { stdout } = await command("openssl", [
      "req",
      "-new",
      "-key",
      `${project.folder}/brought.key`,
      "-subj",
      subject,
    ]);
    await project.file("brought.csr", stdout);
    await project.write(brought(""));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("gives a certificate for its key, and a kubeconfig that its owner completes", async () => {
    const up = await project.up();
    // Stack, component, certificate.
    expect(summary(up)).toEqual({ created: 3 });
    const { username, groups, certificate, kubeconfig, privateKey: none } = await project.stack.outputs();
    expect({ username, groups, none }).toEqual({ username: "brought-jane", groups: ["developers", "oncall"] });
    expect(await openssl("x509 -noout -pubkey", String(certificate))).toBe(await openssl("pkey -pubout", privateKey));
    expect(String(kubeconfig)).toMatch(/^# The private key is only with its owner/);
    expect(String(kubeconfig)).not.toContain("client-key-data");
    // What the comment says.
    const [, hint = ""] = /kubernetes-user (kubeconfig THIS-FILE --key KEY-FILE)$/m.exec(String(kubeconfig)) ?? [];
    const path = await project.file("own-kubeconfig", String(kubeconfig));
    const files: Readonly<Record<string, string>> = { "THIS-FILE": path, "KEY-FILE": `${project.folder}/brought.key` };
    expect(await cli(hint.split(" ").map((word) => files[word] ?? word))).toMatchObject({ exitCode: 0 });
    const whoami = await command("kubectl", ["--kubeconfig", path, "auth", "whoami", "-o", "name"]);
    expect(whoami).toMatchObject({ exitCode: 0 });
  });

  it("leaves no private key in the state", async () => {
    const state = JSON.stringify(await project.state());
    expect(state).not.toContain("privateKey");
    expect(state).not.toContain("PRIVATE KEY");
  });

  it("is unchanged in the next run", async () => {
    expect(summary(await project.up())).toEqual({ unchanged: 3 });
  });

  it("is refused together with a key, a rotation, or a name that it does not have", async () => {
    await project.write(brought(`privateKey: {}, rotation: "1", username: "joe", groups: ["developers"]`));
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("privateKey: it cannot be combined with request");
    expect(output).toContain("rotation: it cannot be combined with request");
    expect(output).toContain(`it is for the user "brought-jane", but username is "joe"`);
    expect(output).toContain(`it is for the groups "developers", "oncall", but groups are "developers"`);
  });
});

function brought(more: string): string {
  return `
    const request = require("node:fs").readFileSync("brought.csr", "utf8");
    const user = new KubernetesUser("brought", { request, ${more} });
    Object.assign(exports, { username: user.username, groups: user.groups, certificate: user.certificate,
      kubeconfig: user.kubeconfig, privateKey: user.privateKey });`;
}

function serial(outputs: UserOutputs | undefined): string {
  return new X509Certificate(outputs?.certificate ?? "").serialNumber;
}
