import { readFile } from "node:fs/promises";

import { Folder, cli, cliInto, serviceAccountKubeconfig, submit } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { administrator } from "../engine/support/kubeconfigs.mts";
import { rowsOf, textOf } from "../unit/support/report-pages.ts";
import { type ExportedUser, crowd, hostileName, stackExport, team } from "../unit/support/report-stacks.ts";
import { HeadlessChromium, type View, chromiumProgram } from "./browser.mts";

let folder: Folder;

beforeAll(async () => {
  folder = await Folder.create();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

/** Has the command make a page of users in a stack's state. Returns its path. */
async function pageOf(name: string, users: readonly ExportedUser[], ...args: readonly string[]): Promise<string> {
  const stack = await folder.write(`${name}.json`, stackExport(users, Date.now()));
  const path = folder.file(`${name}.html`);
  const run = await cliInto(path, "status", "--stack", stack, "--output", "html", ...args);
  if (run.exitCode !== 0) {
    throw new Error(`it failed with ${run.exitCode}: ${run.stderr}`);
  }
  return path;
}

/** Users of the test cluster, of whom the stack says one thing and the cluster another. */
async function usersOfCluster(): Promise<ExportedUser[]> {
  const { server } = (await administrator()).cluster;
  await kubectl("create namespace page");
  await kubectl("create rolebinding page-jane -n page --clusterrole=view --user=page-jane");
  await kubectl("create clusterrolebinding page-group --clusterrole=cluster-admin --group=page-group");
  const access = [{ namespaces: ["page", "page-missing"], clusterRole: "view" }];
  return [{ username: "page-jane", groups: ["page-group"], cluster: server, hours: [-1, 10, 20], access }];
}

describe("kubernetes-user status --output html", () => {
  it("shows what a stack declares, what the cluster has, and what waits there", async () => {
    const waiting = await submit(folder, "page-waiting");
    const page = await readFile(await pageOf("cluster", await usersOfCluster(), "--cluster"), "utf8");
    // The cluster is shared: users of other tests have requests there, and access in namespaces of their own.
    expect(rowsOf(page, "access").filter(([where]) => ["page", "page-missing"].includes(String(where)))).toEqual([
      ["page", "ClusterRole view", "some", "no", "no"],
      ["page-missing", "ClusterRole view not in the cluster", "no", "no", "no"],
    ]);
    expect(textOf(page)).toMatch(/\nClusterRole\ncluster-admin\nthrough group\npage-group\n/);
    expect(textOf(page)).toMatch(/\nClusterRole\nview\n\d+ rules\n/);
    expect(rowsOf(page, "lifetimes")).toContainEqual([
      "page-waiting",
      expect.stringContaining(`Request ${waiting} .`) as string,
      "pending",
      "– none",
      "– none",
    ]);
  });

  it("exits with 3 when a certificate ends within a time, and counts by that time", async () => {
    const stack = await folder.write("soon.json", stackExport([{ username: "jane", hours: [-1, 2, 3] }], Date.now()));
    const { exitCode, stdout } = await cli(["status", "--stack", stack, "--output", "html", "--within", "4h"]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("<title>Kubernetes users: 1 user in 1 cluster; 1 expires within 4h</title>");
  });

  it("says what of the cluster these credentials may not list", async () => {
    const rule = { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"], verbs: ["list"] };
    const reader = await serviceAccountKubeconfig(folder, "page-reader", [rule]);
    const { exitCode, stdout, stderr } = await cli(["status", "--output", "html", "--kubeconfig", reader]);
    expect(exitCode).toBe(0);
    const all = "list roles, clusterroles, rolebindings, clusterrolebindings.";
    expect(stderr).toContain(`does not show all access: the cluster does not let these credentials ${all}`);
    expect(textOf(stdout)).toMatch(/A cluster keeps requests for a day at most/);
  });
});

const browser = chromiumProgram === undefined ? describe.skip : describe;
const reason = chromiumProgram === undefined ? " (skipped: this machine does not have Chromium)" : "";

const views: readonly View[] = [390, 1280].flatMap((width) => [
  { width, colorScheme: "light" },
  { width, colorScheme: "dark" },
]);

browser(`the page in Chromium${reason}`, () => {
  let chromium: HeadlessChromium;
  const pages = new Map<string, string>();

  beforeAll(async () => {
    chromium = await HeadlessChromium.start(chromiumProgram ?? "");
    pages.set("team", await pageOf("team", team(Date.now())));
    pages.set("nobody", await pageOf("nobody", []));
    pages.set("hostile", await pageOf("hostile", crowd(40)));
  });

  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
  });

  it.each(
    ["team", "nobody", "hostile"].flatMap((name) => views.map((view) => [name, view.width, view.colorScheme] as const)),
  )(
    "of %s at %i px, %s, is read without scrolling sideways, by everybody, and loads nothing",
    async (name, width, colorScheme) => {
      const path = pages.get(name) ?? "";
      expect(await chromium.look(path, { width, colorScheme }, name)).toEqual({
        overflow: 0,
        violations: [],
        messages: [],
        requests: [`file://${path}`],
      });
    },
  );

  it("keeps a hostile page from running anything, which the same browser would run elsewhere", async () => {
    const script = `<script>console.log("it ran")</script><b onclick="x">${hostileName}</b>`;
    const page = await readFile(pages.get("team") ?? "", "utf8");
    const view = { width: 390, colorScheme: "light" } as const;
    const injected = await folder.write("injected.html", page.replace("<main>", `<main>${script}`));
    const { messages } = await chromium.look(injected, view, "injected");
    expect(messages.join("\n")).toContain("Content Security Policy");
    expect(messages).not.toContain("it ran");
    const open = await folder.write("open.html", `<!doctype html><title>x</title>${script}`);
    expect((await chromium.look(open, view, "open")).messages).toContain("it ran");
  });
});
