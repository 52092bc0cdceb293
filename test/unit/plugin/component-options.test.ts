import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Output, output, secret } from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import { KubernetesUserError } from "../../../components/core/errors";
import { knownTexts, optionsOf } from "../../../components/plugin/component-options";
import { isSecretOutput, promiseIfKnown } from "../../../components/pulumi/outputs";

const options = (inputs: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> =>
  optionsOf("jane", inputs) as unknown as Promise<Readonly<Record<string, unknown>>>;

describe("options from another language", () => {
  it("that decide which resources there are come out of their Outputs", async () => {
    const given = { accessUntil: output("2030-01-01T00:00:00Z"), approval: output({ mode: "manual" }), publish: true };
    expect(await options(given)).toEqual({
      accessUntil: "2030-01-01T00:00:00Z",
      approval: { mode: "manual" },
      publish: true,
    });
  });

  it("that are secret stay so in what holds them", async () => {
    const { approval } = await options({ approval: secret({ policy: { allowedGroups: ["a"] } }) });
    const { policy } = approval as { policy: unknown };
    expect(await isSecretOutput(policy)).toBe(true);
  });

  it("stay Outputs elsewhere", async () => {
    const { username, groups } = await options({ username: secret("jane"), groups: unknown });
    expect(await isSecretOutput(username)).toBe(true);
    expect(await promiseIfKnown(groups as Output<unknown>)).toBeUndefined();
  });

  it.each([false, true])("say who may read a certificate as a plain value: %p", async (anonymous) => {
    expect(await options({ publish: { anonymous: output(anonymous) } })).toEqual({ publish: { anonymous } });
  });

  it.each([
    ["a secret end", { accessUntil: secret("2030-01-01T00:00:00Z") }, "accessUntil: it is secret"],
    ["an end that is not known", { accessUntil: unknown }, "accessUntil: it is not known yet"],
    ["secret readers", { publish: { anonymous: secret(false) } }, "publish.anonymous: it is secret"],
    ["secret readers in a secret", { publish: secret({ anonymous: false }) }, "publish.anonymous: it is secret"],
    ["code", { approval: { hook: "code" } }, "approval.hook: it is code"],
    ["code in an Output", { approval: output({ hook: "code" }) }, "approval.hook: it is code"],
  ])("are refused: %s", async (_, inputs, message) => {
    const refused = options(inputs);
    await expect(refused).rejects.toThrow(KubernetesUserError);
    await expect(refused).rejects.toThrow(`KubernetesUser "jane": ${message}`);
  });
});

describe("docs/languages.md", () => {
  it("has the text by which code is refused", async () => {
    const page = readFileSync(resolve(__dirname, "../../../docs/languages.md"), "utf8");
    const quoted = /the plugin answers `([^`]+)`/.exec(page)?.[1];
    await expect(options({ approval: { hook: "code" } })).rejects.toThrow(`KubernetesUser "jane": ${String(quoted)}`);
  });
});

describe("texts by which resources are named", () => {
  it("are known when they are known to the engine", async () => {
    const [known, other] = [secret("kubeconfig"), output<unknown>(unknown)];
    expect(await knownTexts([known, other, undefined, "plain"])).toEqual(new Map([[known, "kubeconfig"]]));
  });
});
