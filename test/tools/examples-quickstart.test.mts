import { command } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

describe("examples/quickstart", () => {
  it("does what its README says", async () => {
    await using example = await Example.copy("quickstart");
    const [up = Script.none, handOut = Script.none, destroy = Script.none, ...others] = example.commands(
      import.meta.filename,
    );
    expect(others).toEqual([]);
    await example.sh(up);
    expect(await example.sh(handOut)).toMatch(/Username +myuser\n[^]*No resources found in default namespace/);
    const args = ["--kubeconfig", `${example.folder}/myuser.kubeconfig`, "get", "secrets"];
    expect((await command("kubectl", args)).stderr).toContain("Forbidden");
    await example.sh(destroy);
    expect(await example.sh("pulumi stack ls --json")).toContain("[]");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
