import { openssl } from "../engine/support/commands.mts";
import { makeByHand, requestsOf } from "../engine/support/hand-made.mts";
import { succeed, summary } from "../engine/support/project.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";
import { BuiltPlugin, user, yaml, YamlProject } from "../engine/support/yaml-project.mts";

let plugin: BuiltPlugin;

beforeAll(async () => {
  plugin = await BuiltPlugin.build();
});

afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
});

describe("the plugin, with a certificate that somebody has", () => {
  it.each([
    ["plain", (key: string): unknown => key],
    ["secret", (key: string): unknown => ({ "fn::secret": key })],
  ])("adopts it with a key that is given as a %s text, which shows nowhere", async (kind, given) => {
    const { certificate, privateKey } = await makeByHand(`yaml-adopted-${kind}`, ["developers"]);
    const pkcs8 = await openssl("pkcs8 -topk8 -nocrypt", privateKey);
    const secrets = await secretsOf({ privateKey: pkcs8 });
    const adopt = { certificate, privateKey: given(privateKey) };
    const program = (groups: readonly string[]): string =>
      yaml({
        resources: { adopted: user({ username: `yaml-adopted-${kind}`, groups, adopt }) },
        outputs: { certificate: "${adopted.certificate}", kubeconfig: "${adopted.kubeconfig}" },
      });
    await using project = await YamlProject.of(program([]), plugin.folder);
    const preview = succeed(await project.stack.preview());
    expect(preview.output).toContain("[adoption-refused]");
    const refused = await project.stack.up("--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("[adoption-refused]");
    await project.write(program(["developers"]));
    const up = await project.up("--diff");
    expect(await requestsOf(`yaml-adopted-${kind}`)).toEqual([]);
    const outputs = await project.stack.outputs();
    expect(outputs["certificate"]).toBe(certificate);
    expect(await project.kubectlAs(outputs["kubeconfig"], "auth whoami")).toMatchObject({ exitCode: 0 });
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    const state = JSON.stringify(await project.state());
    expect(findSecrets(secrets, preview.output + refused.output + up.output + state)).toEqual([]);
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
    succeed(await project.stack.destroy());
  });
});
