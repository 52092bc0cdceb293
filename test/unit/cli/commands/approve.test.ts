import { Command } from "commander";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addApproveCommand } from "../../../../cli/commands/approve";
import { CommandContext } from "../../../../cli/command-context";
import { type KubernetesUserError } from "../../../../components/core/errors";
import { expectError, rejectionOf } from "../../support/errors";

describe("approve --yes", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-approve-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs it with a kubeconfig that does not exist: an error about that one means that all before it was right. */
  async function approve(...args: readonly string[]): Promise<void> {
    const program = new Command();
    addApproveCommand(program, new CommandContext(new AbortController().signal));
    const kubeconfig = ["--kubeconfig", join(folder, "nowhere")];
    await program.parseAsync(["approve", "jane-0", "--yes", ...kubeconfig, ...args], { from: "user" });
  }

  function policy(text: string): string[] {
    writeFileSync(join(folder, "policy.yaml"), text);
    return ["--policy", join(folder, "policy.yaml")];
  }

  it("gives no names away: it needs a policy that names users and groups", async () => {
    expectError(await rejectionOf(approve()), "invalid-arguments", "--yes: expected a policy with", "no --policy");
    const open = approve(...policy("allowedGroups: [developers]"));
    expectError(await rejectionOf(open), "invalid-arguments", "--yes: expected", "without allowedUsernames");
    const named = approve(...policy("allowedGroups: [developers]\nallowedUsernames: [jane]"));
    expectError(await rejectionOf(named), "kubeconfig-unreadable");
  });

  it("denies without a policy", async () => {
    expectError(await rejectionOf(approve("--deny")), "kubeconfig-unreadable");
  });
});

describe("approve without --yes", () => {
  const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");

  afterEach(() => {
    Object.defineProperty(process.stdin, "isTTY", terminal ?? { value: undefined, configurable: true });
  });

  async function approve(isTTY: boolean, ...args: readonly string[]): Promise<KubernetesUserError> {
    Object.defineProperty(process.stdin, "isTTY", { value: isTTY, configurable: true });
    const program = new Command();
    addApproveCommand(program, new CommandContext(new AbortController().signal));
    return rejectionOf(program.parseAsync(["approve", ...args, "--kubeconfig", "/nowhere"], { from: "user" }));
  }

  it("needs a terminal that nothing else reads, and says which of these is missing", async () => {
    expectError(await approve(false, "jane-0"), "invalid-arguments", "standard input: expected a terminal");
    expectError(await approve(false, "jane-0", "--deny"), "invalid-arguments", "standard input", "which denies");
    expectError(await approve(true, "-f", "-"), "invalid-arguments", "--filename: expected a file");
    expectError(await approve(true, "jane-0", "--policy", "-"), "invalid-arguments", "--policy: expected a file");
    expectError(await approve(true, "-f", "-", "-", "--policy", "-"), "invalid-arguments", "--filename and --policy");
    expectError(await approve(true, "jane-0"), "kubeconfig-unreadable");
  });
});
