import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { parseAllDocuments } from "yaml";

import { type Manifest, identityOf } from "../support/manifests.ts";

const repository = resolve(import.meta.dirname, "../../..");
const example = join(repository, "examples/cdk8s");

/** Programs take longer than a unit test on a busy machine. */
const timeoutMs = 300_000;

describe("examples/cdk8s", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-example-"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    "is synthesized by cdk8s synth",
    () => {
      const cdk8s = join(repository, "node_modules/.bin/cdk8s");
      // The check for newer versions would ask npm's registry.
      execFileSync(cdk8s, ["synth", "--no-check-upgrade", "--output", folder], { cwd: example, stdio: "pipe" });
      expect(readdirSync(folder)).toEqual(["users.k8s.yaml"]);
      const documents = parseAllDocuments(readFileSync(join(folder, "users.k8s.yaml"), "utf8"));
      const objects = documents.map((document) => document.toJS() as Manifest);
      expect(objects.map((object) => identityOf(object).replace(/-[0-9a-f]{12}-/, "-DIGEST-"))).toEqual([
        expect.stringMatching(/^Role ops users-oncall-/) as string,
        "CertificateSigningRequest  jane-DIGEST-604800s",
        "Role dev users.jane.dev",
        "RoleBinding dev users.jane.dev",
        "Role test users.jane.test",
        "RoleBinding test users.jane.test",
        expect.stringMatching(/^RoleBinding ops users\.jane\.ops-role-users-oncall-/) as string,
        "RoleBinding prod users.jane.prod-clusterrole-view",
      ]);
    },
    timeoutMs,
  );

  it("holds a request and no key", () => {
    const files = readdirSync(example, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
    expect(texts.filter((text) => text.includes("BEGIN CERTIFICATE REQUEST"))).toHaveLength(1);
    expect(texts.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
  });
});
