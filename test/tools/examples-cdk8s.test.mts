import { kubectl } from "../engine/support/commands.mts";
import { anyName } from "../engine/support/cli.mts";
import { Example } from "../engine/support/example.mts";

describe("examples/cdk8s", () => {
  it("does what its README says", async () => {
    await using example = await Example.copy("cdk8s");
    const [request = "", copy = "", synth = "", apply = "", approve = "", ...more] = await example.commands();
    const [collect = "", complete = "", remove = "", ...others] = more;
    expect(others).toEqual([]);
    await example.sh(request);
    await example.sh(copy);
    // The check for newer versions would ask npm's registry.
    await example.sh(synth, { CDK8S_CHECK_UPGRADE: "false" });
    await example.sh(apply);
    await example.sh(`${approve.trim()} ${anyName.join(" ")}`);
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
