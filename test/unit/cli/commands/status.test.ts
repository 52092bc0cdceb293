import { Command } from "commander";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addStatusCommand } from "../../../../cli/commands/status";
import { CommandContext } from "../../../../cli/command-context";
import { clusterFingerprint } from "../../../../components/core/kubeconfig/cluster";
import { formatTime } from "../../../../components/core/time";
import { authority, base64, port, server, useServer } from "../../support/https-server";
import { rowsOf, textOf } from "../../support/report-pages";
import { binding, role } from "../../support/rbac-objects";
import { stackExport } from "../../support/report-stacks";

useServer();

const certificateAuthorityData = base64(authority.certificatePem);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubernetes-user-status-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  jest.restoreAllMocks();
});

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Leads to the test's server. */
function kubeconfig(): string {
  return JSON.stringify({
    "current-context": "test",
    clusters: [
      {
        name: "test",
        cluster: {
          server: `https://127.0.0.1:${port()}`,
          "certificate-authority-data": certificateAuthorityData,
        },
      },
    ],
    users: [{ name: "admin", user: { token: "x" } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
  });
}

async function runStatus(...args: readonly string[]): Promise<{ readonly page: string; readonly errors: string }> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => {
    const written: string[] = [];
    jest.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
    return written;
  });
  const program = new Command();
  addStatusCommand(program, new CommandContext(new AbortController().signal));
  await program.parseAsync(["status", ...args], { from: "user" });
  return { page: stdout?.join("") ?? "", errors: stderr?.join("") ?? "" };
}

describe("status --stack --cluster --output html", () => {
  /** Asks the test's server, which answers with these lists and serves nothing else, about a stack of such a cluster. */
  async function status(
    cluster: string,
    lists: Readonly<Record<string, readonly object[]>>,
    ...args: readonly string[]
  ): Promise<{ readonly page: string; readonly errors: string }> {
    server.on("request", ({ url = "" }, response) => {
      const items = lists[/\/v1\/(\w+)\?/.exec(url)?.[1] ?? ""];
      response.statusCode = items === undefined ? 404 : 200;
      response.end(JSON.stringify(items === undefined ? { kind: "Status", code: 404 } : { items }));
    });
    const users = [{ username: "jane", hours: [-1, 2, 3] as const, access: [], outputs: { cluster } }];
    const stack = file("stack.json", stackExport(users, Date.now()));
    const paths = ["--stack", stack, "--kubeconfig", file("c", kubeconfig())];
    return runStatus("--cluster", "--output", "html", ...paths, ...args);
  }

  const nothing = { certificatesigningrequests: [], roles: [], clusterroles: [], rolebindings: [] };
  const known = clusterFingerprint({ name: "x", server: "https://elsewhere.test:6443", certificateAuthorityData });

  it("shows the access of a cluster that the stack knows by another address", async () => {
    const { page, errors } = await status(known, {
      ...nothing,
      clusterroles: [role("ClusterRole", "view", undefined, [])],
      clusterrolebindings: [binding({ role: "ClusterRole/view", subject: "User/jane" })],
    });
    expect(rowsOf(page, "access")[1]?.[1]).toBe("ClusterRole view not in the stack");
    expect(errors).toContain(`asked at https://127.0.0.1:${port()}, which is not its address in the stack`);
    expect(textOf(page)).toContain(`asked at https://127.0.0.1:${port()}, which is not its address in the stack`);
  });

  it("says on the page and beside it that it has asked another cluster", async () => {
    const { page, errors } = await status("https://elsewhere.test:6443 ca:0123", {
      ...nothing,
      clusterrolebindings: [],
    });
    expect(errors).toContain(`https://127.0.0.1:${port()}, is none of the stack's`);
    expect(textOf(page)).toContain(`https://127.0.0.1:${port()}, is none of the stack's`);
    expect(textOf(page)).toContain("Nothing is declared for\njane\n");
  });

  it("tells a cluster without RBAC from one that does not let it look", async () => {
    const { page, errors } = await status(known, { certificatesigningrequests: [] });
    expect(errors).toContain("does not show all access: the cluster does not serve roles,");
    expect(errors).not.toContain("does not let");
    // A stack is given: there is no need to advise it.
    expect(errors).toContain("The cluster shows requests only");
    expect(errors).not.toContain("--stack");
    expect(textOf(page)).toContain("It is not known what may be done by\njane\n");
  });
});

describe("status of the cluster alone", () => {
  it("names what knows all users", async () => {
    server.on("request", (_, response) => response.end(JSON.stringify({ items: [] })));
    const { errors } = await runStatus("--kubeconfig", file("c", kubeconfig()));
    expect(errors).toContain("The state of a stack knows all of its users: kubernetes-user status --stack FILE.");
  });
});

describe("status --stack", () => {
  it.each([
    ["text", /jane .* ended\n/],
    ["wide", /jane .* ended\n/],
    ["json", /"status": "ended"/],
  ])("shows in %s that access has ended", async (output, text) => {
    const accessUntil = formatTime(Date.now() - 60_000);
    const users = [{ username: "jane", hours: [-1, 2, 3] as const, outputs: { accessUntil } }];
    const stack = file("stack.json", stackExport(users, Date.now()));
    expect((await runStatus("--stack", stack, "--output", output)).page).toMatch(text);
  });
});
