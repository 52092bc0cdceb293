import { copyFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { kubectl } from "../engine/support/commands.mts";
import { Scratch } from "../engine/support/scratch.mts";
import type { ShellFolder } from "../engine/support/shell-folder.mts";
import { leftOut, type Placeholders, Script } from "../pages/script.mts";
import { codeBlocksOf } from "../unit/support/markdown-pages.ts";

/** What pages call jane and jane-0123456789ab-0; and what an approver answers, whom nobody can ask here. */
function placeholders(jane: string, csrName = ""): Placeholders {
  return [
    [/\bjane\b/g, jane],
    [`${jane}-0123456789ab-0`, csrName],
    [/(kubernetes-user approve .* --policy policy\.yaml)(?! --yes)/g, "$1 --yes"],
  ];
}

/** The policy that docs/cli.md shows. */
const policy = codeBlocksOf("docs/cli.md").find(({ code }) => code.startsWith("# policy.yaml\n"))?.code ?? "";

let scratch: Scratch;

beforeAll(async () => {
  scratch = await Scratch.create({ packages: [] });
});

afterAll(async () => {
  await scratch[Symbol.asyncDispose]();
});

/** What run.yaml has of a page for this test: as many scripts as are expected. */
function scriptsOf(page: string, count = 1): Script[] {
  return Script.of(page, import.meta.filename, count);
}

/** A reader with a request in a folder of manifests, and the policy. Returns the request's name. */
async function handIn(reader: ShellFolder, jane: string, ...options: readonly string[]): Promise<string> {
  await mkdir(join(reader.folder, "manifests"), { recursive: true });
  await reader.write("policy.yaml", policy);
  const made = await reader.sh(
    `kubernetes-user request ${jane} --group developers --manifest --out manifests --output json ${options.join(" ")}`,
  );
  return (JSON.parse(made) as { csrName: string }).csrName;
}

describe("docs/cli.md", () => {
  const jane = "pages-cli-jane";
  let reader: ShellFolder;
  let scripts: readonly Script[];

  beforeAll(async () => {
    reader = await scratch.reader("cli");
    scripts = scriptsOf("docs/cli.md", 4);
  });

  it("has help, with examples", async () => {
    const help = await reader.sh(scripts[0] ?? Script.none);
    expect(help).toMatch(/^Usage: kubernetes-user /m);
    expect(help).toMatch(/^Usage: kubernetes-user approve /m);
    expect(help).toMatch(/Examples?:\n[^]*kubernetes-user approve /);
  });

  it("has commands that do what their comments say", async () => {
    const [request, doctor, approve, collect, kubeconfig, whoami, refresh, ...others] = (scripts[1] ?? Script.none)
      .each;
    expect(others).toEqual([]);
    const run = (script = Script.none, name = ""): Promise<string> => reader.sh(script.with(placeholders(jane, name)));
    expect(await run(request)).toContain(`${jane}.key`);
    expect((await stat(join(reader.folder, `${jane}.key`))).mode & 0o777).toBe(0o600);
    expect(await run(doctor)).toMatch(/^ok +signer: /m);

    const csrName = await handIn(reader, jane, `--key ${jane}.key`);
    await reader.sh("kubectl apply -f manifests/");
    const approved = await run(approve, csrName);
    expect(approved).toContain(`${csrName} issued: valid until`);
    expect(await run(collect)).toContain(`kubeconfigs/${jane}.kubeconfig`);
    expect(await reader.read(`kubeconfigs/${jane}.kubeconfig`)).not.toContain("client-key");

    await copyFile(join(reader.folder, `kubeconfigs/${jane}.kubeconfig`), join(reader.folder, `${jane}.kubeconfig`));
    const merged = await run(kubeconfig);
    expect(merged).toMatch(/\/\.kube\/config is complete, valid until /);
    expect(await run(whoami)).toMatch(new RegExp(`^user +"${jane}"\ngroups +"developers"$`, "m"));

    const source = `--from "$PWD/kubeconfigs/${jane}.kubeconfig" --out fresh`;
    await reader.sh(`kubernetes-user kubeconfig ${jane}.kubeconfig --key ${jane}.key --renew ${source}`);
    // The certificate ends within a day.
    expect((await reader.run(refresh ?? Script.none)).exitCode).toBe(3);

    // Whoever administers the cluster computes the fingerprint that the person sees.
    const digest = /^[0-9a-f]{64}/.exec(await reader.sh(scripts[2] ?? Script.none))?.[0];
    expect(merged).toContain(`certificate authority  sha256:${String(digest)}`);
  });

  it("has a completion that a shell can read", async () => {
    const text = `${(scripts[3] ?? Script.none).start()}complete -p kubernetes-user`;
    expect(await reader.run(text, {}, "bash")).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("docs/out-of-band.md, with manifests", () => {
  it("gives jane access by a request that a review has seen", async () => {
    const jane = "pages-manifests-jane";
    const reader = await scratch.reader("manifests");
    const [way = Script.none, fingerprint] = scriptsOf("docs/out-of-band.md", 2);
    const [request, apply, approve, collect, complete, whoami, ...rest] = way.each;
    expect(rest).toEqual([]);
    const run = (script = Script.none): Promise<string> => reader.sh(script.with(placeholders(jane)));
    const made = await run(request);
    await mkdir(join(reader.folder, "manifests"));
    await copyFile(join(reader.folder, `${jane}.yaml`), join(reader.folder, `manifests/${jane}.yaml`));
    await reader.write("policy.yaml", `allowedUsernames: [${jane}]\nallowedGroups: [developers]\n`);
    await run(apply);
    expect(await run(approve)).toMatch(/ issued: valid until /);
    await run(collect);
    await copyFile(join(reader.folder, `kubeconfigs/${jane}.kubeconfig`), join(reader.folder, `${jane}.kubeconfig`));
    await run(complete);
    expect(await run(whoami)).toContain(`user     "${jane}"`);
    const digest = /[0-9a-f]{64}/.exec(await run(fingerprint))?.[0];
    expect(made).toContain(`sha256:${String(digest)}`);
  });
});

describe("docs/ci.md, with manifests", () => {
  it("has jobs that ask nobody", async () => {
    const jane = "pages-ci-jane";
    const reader = await scratch.reader("ci");
    const [jobs = Script.none] = scriptsOf("docs/ci.md");
    await handIn(reader, jane);
    expect(await reader.sh(jobs)).toContain(`kubeconfigs/${jane}.kubeconfig`);
  });
});

describe("docs/migrating.md", () => {
  it("takes certificate and key out of a kubeconfig, and makes a request from that key", async () => {
    const jane = "pages-migrating-jane";
    const reader = await scratch.reader("migrating");
    const [extract = Script.none, request = Script.none] = scriptsOf("docs/migrating.md", 2);
    await reader.sh(extract.with(placeholders(jane)));
    const key = join(reader.folder, `${jane}.key`);
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    const before = await readFile(key, "utf8");
    await reader.sh(request.with(placeholders(jane)));
    expect(await readFile(key, "utf8")).toBe(before);
    const publicKey = await reader.sh(`openssl pkey -in ${jane}.key -pubout`);
    expect(await reader.sh(`openssl x509 -in ${jane}.crt -noout -pubkey`)).toBe(publicKey);
    expect(await reader.sh(`openssl req -in ${jane}.csr -noout -pubkey`)).toBe(publicKey);
  });
});

describe("docs/several-clusters.md", () => {
  it("puts kubeconfigs of several clusters together on the person's machine", async () => {
    const jane = "pages-several-jane";
    const reader = await scratch.reader("several");
    const [merge = Script.none] = scriptsOf("docs/several-clusters.md");
    const csrName = await handIn(reader, jane);
    await kubectl(`apply -f ${reader.folder}/manifests`);
    await reader.sh(`kubernetes-user approve ${csrName} --policy policy.yaml --yes`);
    await reader.sh(`kubernetes-user collect ${csrName} --out .`);
    await copyFile(join(reader.folder, `manifests/${jane}.key`), join(reader.folder, `${jane}.key`));
    for (const cluster of ["eu", "us"]) {
      await copyFile(join(reader.folder, `${jane}.kubeconfig`), join(reader.folder, `${jane}-${cluster}.kubeconfig`));
    }
    await reader.sh(merge.with(placeholders(jane)));
    const contexts = await reader.sh("kubectl --kubeconfig ~/.kube/config config get-contexts --output name");
    expect(contexts).toBe(`${jane}@eu\n${jane}@us\n`);
    expect(await reader.sh(`kubectl --kubeconfig ~/.kube/config --context ${jane}@us auth whoami`)).toContain(jane);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
