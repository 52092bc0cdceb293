import { X509Certificate, createPublicKey } from "node:crypto";

import { type PulumiRun } from "@kubernetes-user/toolchain";
import { publicationName } from "../../components/core/rbac/published-certificate.ts";
import { kubectl, openssl } from "./support/commands.mts";
import { type HandMade, makeByHand, requestsOf } from "./support/hand-made.mts";
import { Project, succeed, summary } from "./support/project.mts";
import { findSecrets, secretsOf } from "./support/secrets.mts";
import { testAuthority } from "./support/test-authority.mts";

const namespace = "adopt";
const groups = ["developers", "oncall"];

const outputs = ["status", "certificate", "kubeconfig", "csrName", "serialNumber", "notAfter", "privateKey"];

/** A certificate of a day is due as soon as a second of what is left of it has passed: its beginning is set back. */
const dueAtOnce = "renewBeforeSeconds: 86099";

/** A user whose certificate and key are adopted, as the program of somebody who has read both from files. */
function jane(options: string, adopt = `certificate: read("jane.crt"), privateKey: read("jane.key")`): string {
  return `
    const read = (file) => require("node:fs").readFileSync(file, "utf8");
    const user = new KubernetesUser("adopted-jane", {
      groups: ${JSON.stringify(groups)},
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
      ${adopt === "" ? "" : `adopt: { ${adopt} },`}
      ${options}
    });
    for (const output of ${JSON.stringify(outputs)}) exports[output] = user[output];`;
}

describe("a certificate and its key that are adopted", () => {
  let project: Project;
  let made: HandMade;
  let secrets: readonly string[];

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    made = await makeByHand("adopted-jane", groups, { key: "sec1" });
    project = await Project.create(jane(""));
    await project.file("jane.crt", `Hand-made.\r\n${made.certificate.replaceAll("\n", "\r\n")}`);
    await project.file("jane.key", made.privateKey);
    const pkcs8 = await openssl("pkcs8 -topk8 -nocrypt", made.privateKey);
    secrets = [...(await secretsOf({ privateKey: made.privateKey })), ...(await secretsOf({ privateKey: pkcs8 }))];
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("come as they are, and nothing is asked of the cluster's signer", async () => {
    const preview = await project.stack.preview("--diff");
    expect(succeed(preview).output).not.toContain("[adoption-refused]");
    const up = await project.up("--diff");
    // Stack, component, request, certificate, binding, provider.
    expect(summary(up)).toMatchObject({ created: 5 });
    expect(up.output).toContain(`adopted-jane: adopted certificate ${serialOf(made.certificate)}`);
    expect(await requestsOf("adopted-jane")).toEqual([]);
    const { certificate, status, csrName, serialNumber, kubeconfig, privateKey } = await project.stack.outputs();
    expect({ certificate, status, csrName }).toEqual({
      certificate: made.certificate,
      status: "issued",
      csrName: undefined,
    });
    expect(serialNumber).toBe(serialOf(made.certificate));
    expect(
      Buffer.from(/client-certificate-data: "?([\w+/=]+)/.exec(String(kubeconfig))?.[1] ?? "", "base64").toString(),
    ).toBe(made.certificate);
    expect(await openssl("pkey -pubout", String(privateKey))).toBe(await openssl("pkey -pubout", made.privateKey));
    const who = await project.kubectlAs(kubeconfig, "auth whoami -o jsonpath={.status.userInfo.groups}");
    expect(JSON.parse(who.stdout)).toEqual(expect.arrayContaining(groups));
    expect(await project.kubectlAs(kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    expect(findSecrets(secrets, preview.output + up.output)).toEqual([]);
  });

  it("leave no key in clear, in the state or on the disk", async () => {
    expect(findSecrets(secrets, made.privateKey)).not.toEqual([]);
    expect(findSecrets(secrets, JSON.stringify(await project.state()))).toEqual([]);
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
  });

  it("are unchanged in the next run", async () => {
    expect(Object.keys(summary(succeed(await project.stack.preview())))).toEqual(["unchanged"]);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });

  it("are renewed with the same key when that is due", async () => {
    const old = await project.stack.outputs();
    await project.write(jane(dueAtOnce));
    const up = await project.up();
    expect(up.output).toMatch(/adopted-jane: certificate expires \S+Z, renewal due since \S+Z/);
    expect(summary(up)).toMatchObject({ replaced: 1 });
    const renewed = await project.stack.outputs();
    expect(renewed["serialNumber"]).not.toBe(old["serialNumber"]);
    expect(renewed["privateKey"]).toBe(old["privateKey"]);
    expect(await requestsOf("adopted-jane")).toEqual([renewed["csrName"]]);
    expect(await project.kubectlAs(renewed["kubeconfig"], `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    await project.write(jane(""));
    expect(summary(await project.up())).toMatchObject({ updated: 1 });
    expect(await project.stack.outputs()).toEqual(renewed);
  });

  it("make room for a new key once adopt is left out", async () => {
    const old = await project.stack.outputs();
    await project.write(jane("", ""));
    await project.up();
    const after = await project.stack.outputs();
    expect(after["privateKey"]).not.toBe(old["privateKey"]);
    expect(await project.kubectlAs(after["kubeconfig"], `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    succeed(await project.stack.destroy());
  });
});

describe("a certificate whose key stays with its owner", () => {
  let project: Project;
  let made: HandMade;

  const joe = (options: string): string => `
    const read = (file) => require("node:fs").readFileSync(file, "utf8");
    const user = new KubernetesUser("joe", { request: read("joe.csr"), ${options} });
    for (const output of ${JSON.stringify(outputs)}) exports[output] = user[output];`;
  const adopt = `adopt: { certificate: read("joe.crt") },`;

  beforeAll(async () => {
    made = await makeByHand("adopted-joe", [], { key: "pkcs1" });
    project = await Project.create(joe(adopt));
    await project.file("joe.csr", made.request);
    await project.file("joe.crt", made.certificate);
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is refused when no client CA of the cluster has signed it", async () => {
    const { signCertificate } = await testAuthority();
    const [notBefore, notAfter] = [Date.now() - 60_000, Date.now() + 86_400_000];
    const foreign = signCertificate({
      username: "adopted-joe",
      groups: [],
      request: made.request,
      notBefore,
      notAfter,
    });
    await project.file("joe.crt", foreign);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("no client CA of the cluster has signed it");
    expect(output).toContain("[adoption-refused]");
    await project.file("joe.crt", made.certificate);
  });

  it("is adopted when one has, and stays when adopt is changed or left out", async () => {
    expect(summary(await project.up())).toMatchObject({ created: 1 });
    expect(await requestsOf("adopted-joe")).toEqual([]);
    expect(await project.stack.outputs()).toMatchObject({ certificate: made.certificate, status: "issued" });
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    const other = await makeByHand("adopted-other", []);
    await project.file("joe.crt", other.certificate);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    await project.write(joe(""));
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    expect(await project.stack.outputs()).toMatchObject({ certificate: made.certificate });
    const state = JSON.stringify(await project.state());
    expect(state).not.toContain("PRIVATE KEY");
    succeed(await project.stack.destroy());
  });

  it("is published for its owner to fetch, and renewed there, where both are declared", async () => {
    const published = (options: string): string => joe(`${adopt} publish: true, expirationSeconds: 86400, ${options}`);
    const annotation = async (): Promise<string> =>
      `${await kubectl(`get clusterrole ${role} -o jsonpath={.metadata.annotations.kubernetes-user/certificate}`)}\n`;
    const role = publicationName(createPublicKey(made.privateKey));
    await project.file("joe.crt", made.certificate);
    await project.write(published("renewBeforeSeconds: 3600"));
    await project.up();
    expect(await requestsOf("adopted-joe")).toEqual([]);
    expect(await annotation()).toBe(made.certificate);
    await project.write(published(dueAtOnce));
    await project.up();
    const { certificate } = await project.stack.outputs();
    expect(certificate).not.toBe(made.certificate);
    expect(await annotation()).toBe(certificate);
    succeed(await project.stack.destroy());
    expect(await kubectl("get clusterroles -o name")).not.toContain(role);
  });
});

describe("what is not the user's certificate", () => {
  const refused = "[adoption-refused]";
  const cases = [
    ["groups", "", "jim.key", 'its O values are "developers", expected none', refused],
    ["name", `groups, username: "june"`, "jim.key", 'its CN is "adopted-jim"', refused],
    [
      "lifetime",
      "groups, expirationSeconds: 3600, approval: { policy: { maxExpirationSeconds: 43200 } }",
      "jim.key",
      "longer than the 12 hours of approval.policy",
      refused,
    ],
    ["end", "groups, accessUntil: inAnHour", "jim.key", "after accessUntil", refused],
    ["time of renewal", `groups, ${dueAtOnce}`, "jim.key", "renewal due since", refused],
    ["key", "groups", "other.key", "it is not for the key of adopt.privateKey", "[invalid-arguments]"],
  ] as const;

  interface Runs {
    readonly preview: PulumiRun;
    readonly up: PulumiRun;
  }
  /** By the code that they fail with. An error in options ends the program, so those have a program of their own. */
  const runs = new Map<string, Runs>();
  let project: Project;

  function program(code: string): string {
    const users = cases
      .filter(([, , , , expected]) => expected === code)
      .map(
        ([name, options, key]) => `
    new KubernetesUser("jim-${name.replaceAll(" ", "-")}", {
      username: "adopted-jim",
      adopt: { certificate: read("jim.crt"), privateKey: pulumi.secret(read("${key}")) },
      access: [{ clusterWide: true, clusterRole: "view" }], ${options}
    });`,
      );
    return `
    const read = (file) => require("node:fs").readFileSync(file, "utf8");
    const groups = ["developers"];
    const inAnHour = new Date(Date.now() + 3600e3).toISOString();
    ${users.join("")}`;
  }

  beforeAll(async () => {
    project = await Project.create("");
    const made = await makeByHand("adopted-jim", ["developers"]);
    await project.file("jim.crt", made.certificate);
    await project.file("jim.key", made.privateKey);
    await project.file("other.key", (await makeByHand("adopted-jack", [])).privateKey);
    for (const code of new Set(cases.map(([, , , , code]) => code))) {
      await project.write(program(code));
      runs.set(code, {
        preview: await project.stack.preview(),
        // Without, the first that fails keeps the others from being tried.
        up: await project.stack.up("--continue-on-error"),
      });
    }
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each(cases)(
    "is told in the preview, by its %s, and makes nothing",
    async (_name, _options, _key, message, code) => {
      const { preview, up } = runs.get(code) ?? {};
      // A certificate that does not fit is its owner's trouble alone.
      expect(preview?.exitCode === 0).toBe(code === refused);
      expect(up?.exitCode).not.toBe(0);
      for (const run of [preview, up]) {
        expect(run?.output).toContain(message);
        expect(run?.output).toContain(code);
        expect(run?.output).not.toContain("PRIVATE KEY");
      }
      expect(await kubectl("get clusterrolebindings -o name")).not.toMatch(/adopted-ji|june/);
      expect(await requestsOf("adopted-ji")).toEqual([]);
    },
  );
});

function serialOf(certificate: string): string {
  return new X509Certificate(certificate).serialNumber;
}
