import { kubectl } from "../engine/support/commands.mts";
import { anyName } from "../engine/support/cli.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

describe("examples/cdk8s", () => {
  it("does what its README says", async () => {
    await using example = await Example.copy("cdk8s");
    const [
      request = Script.none,
      copy = Script.none,
      synth = Script.none,
      apply = Script.none,
      approve = Script.none,
      ...more
    ] = example.commands(import.meta.filename);
    const [collect = Script.none, complete = Script.none, remove = Script.none, ...others] = more;
    expect(others).toEqual([]);
    await example.sh(request);
    await example.sh(copy);
    // The check for newer versions would ask npm's registry.
    await example.sh(synth, { CDK8S_CHECK_UPGRADE: "false" });
    await example.sh(apply);
    await example.sh(approve.and(anyName.join(" ")));
    await example.sh(collect);
    expect(await example.sh(complete)).toMatch(/Username +jane\nGroups +\[developers /);
    const can = `auth can-i --kubeconfig ${example.folder}/janes-machine/jane.kubeconfig`;
    expect(await kubectl(`${can} create pods --namespace test`)).toBe("yes");
    expect(await kubectl(`${can} list pods --namespace ops`)).toBe("yes");
    expect(await kubectl(`${can} list deployments.apps --namespace prod`)).toBe("yes");
    await example.sh(remove);
    expect(await kubectl("get rolebindings --namespace test -o name")).toBe("");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
