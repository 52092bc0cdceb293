import { copyFile } from "node:fs/promises";
import { join } from "node:path";

import { leftOut, type Placeholders, replaced, Script } from "../pages/script.mts";
import { codeBlocksOf } from "../unit/support/markdown-pages.ts";
import { kubectl } from "../engine/support/commands.mts";
import { Scratch } from "../engine/support/scratch.mts";
import type { ShellFolder } from "../engine/support/shell-folder.mts";

/** What pages call `dev` and `developers`: the control plane is shared. */
const [namespace, group] = ["pages-stacks-dev", "stacks-developers"];

/** Who the pages' jane is here: each of them is another one. */
const people = { outOfBand: "pages-band-jane", options: "pages-options-jane", fresh: "pages-fresh-jane" };

/** What stands for the names of the pages. Nobody can ask the approver here. */
function placeholders(jane: string, csrName = ""): Placeholders {
  return [
    [/\bjane\b/g, jane],
    [`const ${jane} =`, "const jane ="],
    [`= ${jane}.kubeconfig`, "= jane.kubeconfig"],
    [`${jane}-0123456789ab-0`, csrName],
    [/\bdev\b/g, namespace],
    [/\bdevelopers\b/g, group],
    [/(kubernetes-user approve .*--policy policy\.yaml)/g, "$1 --yes"],
    [/(kubernetes-user approve .*--context prod)\b/g, "$1 --yes --policy policy.yaml"],
  ];
}

/** A page's first program that reads a request, for a jane of this test. */
function programOf(page: string, jane: string): string {
  const block = codeBlocksOf(page).find(({ language, code }) => language === "ts" && code.includes("readFileSync"));
  return replaced(block?.code ?? "", placeholders(jane));
}

/** What run.yaml has of a page for this test: as many scripts as are expected. */
function scriptsOf(page: string, count: number): readonly Script[] {
  return Script.of(page, import.meta.filename, count);
}

describe("a stack, on which the pages are followed one after the other", () => {
  let scratch: Scratch;
  let jane: ShellFolder;
  const outOfBand = scriptsOf("docs/out-of-band.md", 4);
  const options = scriptsOf("docs/options.md", 2);
  const offBoarding = scriptsOf("docs/off-boarding.md", 5);

  beforeAll(async () => {
    scratch = await Scratch.create();
    jane = await scratch.reader("janes-machine");
    await kubectl(`create namespace ${namespace}`);
  });

  afterAll(async () => {
    await scratch.sh("pulumi destroy");
    await kubectl(`delete namespace ${namespace}`);
    await scratch[Symbol.asyncDispose]();
  });

  const run = (script = Script.none, person = people.outOfBand, csrName = ""): Promise<string> =>
    scratch.sh(script.with(placeholders(person, csrName)));

  /** The same on the person's own machine, with a file that was sent there. */
  async function runThere(script = Script.none, person = people.outOfBand, received?: string): Promise<string> {
    if (received !== undefined) await copyFile(join(scratch.folder, received), join(jane.folder, received));
    return jane.sh(script.with(placeholders(person)), { KUBECONFIG: "" });
  }

  async function csrNameOf(person: string): Promise<string> {
    const stack = await scratch.sh("pulumi stack export | kubernetes-user status --stack - --output json");
    const rows = JSON.parse(stack) as readonly { username: string; csrName: string }[];
    return rows.find(({ username }) => username === person)?.csrName ?? "";
  }

  it("submits requests, which somebody approves: docs/out-of-band.md, docs/options.md", async () => {
    await runThere(outOfBand[0]);
    await runThere(options[0], people.options);
    for (const person of [people.outOfBand, people.options]) {
      await copyFile(join(jane.folder, `${person}.csr`), join(scratch.folder, `${person}.csr`));
    }
    await scratch.program(`${programOf("docs/out-of-band.md", people.outOfBand)}
      new KubernetesUser("${people.options}", {
        request: readFileSync("${people.options}.csr", "utf8"),
        approval: { mode: "manual", timeoutSeconds: 0 },
      });`);
    const submitted = await scratch.sh("pulumi up");
    expect(submitted.match(/\[approval-pending\]/g)?.length).toBeGreaterThanOrEqual(2);
    const groups = `[${group}, oncall]`;
    const names = `[${people.outOfBand}, ${people.options}]`;
    await scratch.write("policy.yaml", `allowedUsernames: ${names}\nallowedGroups: ${groups}\n`);
    for (const [script, person] of [
      [outOfBand[1], people.outOfBand],
      [options[1], people.options],
    ] as const) {
      const csrName = await csrNameOf(person);
      expect(submitted).toContain(`kubernetes-user approve ${csrName}`);
      expect(await run(script, person, csrName)).toContain(`${csrName} issued: valid until`);
    }
  });

  it("takes the certificates, with the settings of docs/performance.md", async () => {
    const [up] = scriptsOf("docs/performance.md", 1);
    expect(await run(up)).toMatch(/^Resources:$/m);
    await run(outOfBand[2]);
    const merged = await runThere(outOfBand[3], people.outOfBand, `${people.outOfBand}.kubeconfig`);
    expect(merged).toMatch(/\/\.kube\/config is complete, valid until /);
    expect(merged).toContain(`user     "${people.outOfBand}"\ngroups   "${group}"\n`);
  });

  it("is watched: docs/ci.md, docs/cli.md, docs/several-clusters.md", async () => {
    const [commands = Script.none, orNotify, page] = scriptsOf("docs/cli.md", 3);
    for (const script of [commands, ...scriptsOf("docs/ci.md", 1), ...scriptsOf("docs/several-clusters.md", 1)]) {
      expect(await run(script)).toMatch(new RegExp(`^${people.outOfBand} +${group} .* valid$`, "m"));
    }
    await scratch.write("notify-somebody", "#!/bin/sh\necho somebody was notified\n");
    // The certificates are for a day.
    const PATH = `${scratch.folder}:${String(scratch.environment["PATH"])}`;
    await scratch.sh("chmod u+x notify-somebody");
    expect(await scratch.sh(orNotify ?? Script.none, { PATH })).toMatch(/^somebody was notified$/m);
    await run(page);
    expect(await scratch.read("users.html")).toContain(people.outOfBand);
  });

  it("takes access away, and says what is left: docs/off-boarding.md", async () => {
    const [up, left = Script.none, , audit, credentials] = offBoarding;
    const users = JSON.parse(await run(credentials)) as readonly { username: string; credentialId: string }[];
    const { credentialId = "" } = users.find(({ username }) => username === people.outOfBand) ?? {};
    expect(credentialId).toMatch(/^X509SHA256=[0-9a-f]{64}$/);
    await kubectl(`create rolebinding left --clusterrole=view --group=${group} --namespace=${namespace}`);
    await scratch.program("export {};\n");
    const removed = await run(up);
    expect(removed).toContain(credentialId);
    expect(removed).toMatch(new RegExp(`${people.outOfBand}.* valid until `));
    const [list, find, ...others] = left.each;
    expect(others).toEqual([]);
    expect(await run(list)).toMatch(/^pods +\[\] +\[\] +\[get list watch\]$/m);
    const found = await run(find);
    expect(found).toMatch(new RegExp(`^${namespace} .*/left .* ${group} *$`, "m"));
    expect(found).not.toContain(people.outOfBand);
    const entry = (username: string): string => {
      const extra = { "authentication.kubernetes.io/credential-id": [credentialId] };
      return JSON.stringify({ verb: "get", requestURI: "/api", sourceIPs: ["192.0.2.1"], user: { username, extra } });
    };
    await scratch.write("audit.log", `${entry("somebody-else")}\n${entry(people.outOfBand)}\n`);
    expect((await run(audit)).trim().split("\n")).toEqual([`\t${credentialId}\t192.0.2.1\tget\t/api`.trim()]);
  });

  it("publishes what jane's kubectl fetches: docs/fresh.md", async () => {
    const [request, up, complete] = scriptsOf("docs/fresh.md", 3);
    await runThere(request, people.fresh);
    await copyFile(join(jane.folder, `${people.fresh}.csr`), join(scratch.folder, `${people.fresh}.csr`));
    await scratch.program(programOf("docs/fresh.md", people.fresh));
    await run(up, people.fresh);
    expect(await runThere(complete, people.fresh, `${people.fresh}.kubeconfig`)).toContain("No resources found");
  });

  it("takes access away with kubectl alone, and then with a run: docs/off-boarding.md", async () => {
    const [up, , bindings = Script.none] = offBoarding;
    const own = `--user=${people.fresh}`;
    await kubectl(`create clusterrolebinding ${people.fresh}-wide --clusterrole=view ${own}`);
    await kubectl(`create rolebinding others --clusterrole=view --user=${people.options} --namespace=${namespace}`);
    const deleted = await run(bindings, people.fresh);
    expect(deleted).toMatch(new RegExp(`^RoleBinding\t${namespace}\t${people.fresh}:.*\tedit\t${people.fresh}$`, "m"));
    expect(deleted).toMatch(new RegExp(`^ClusterRoleBinding\t-\t${people.fresh}-wide\tview\t${people.fresh}$`, "m"));
    expect(deleted).not.toMatch(/others/);
    const canI = (): Promise<string> =>
      scratch.sh(`kubectl auth can-i get pods --as=${people.fresh} --namespace=${namespace} || true`);
    expect(await canI()).toBe("no\n");
    // What the state has is not made again without a refresh, and a run without the user finds the bindings gone.
    expect(await scratch.sh("pulumi up")).toMatch(/^ +\d+ unchanged$/m);
    expect(await canI()).toBe("no\n");
    await scratch.program("export {};\n");
    expect(await run(up, people.fresh)).toMatch(new RegExp(`${people.fresh}.* stays valid until `));
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
