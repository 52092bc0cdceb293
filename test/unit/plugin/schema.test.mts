import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { approvalOptions, userOptions } from "../../../components/core/options/user-options.ts";
import { differences, schemaOf } from "../../../components/plugin/schema.ts";
import { descriptionsFile, readDescriptions } from "../../../packaging/descriptions.mts";

const root = resolve(import.meta.dirname, "../../..");

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

interface SchemaType {
  readonly description?: string;
  readonly properties?: Properties;
  readonly required?: readonly string[];
  readonly enum?: unknown[];
}

interface Schema {
  readonly pluginDownloadURL?: string;
  readonly types: Readonly<Record<string, SchemaType | undefined>>;
  readonly resources: Readonly<
    Record<
      string,
      { readonly inputProperties: Properties; readonly properties: Properties; readonly required: string[] }
    >
  >;
}

function schema(address: Partial<Parameters<typeof schemaOf>[0]> = {}): Schema {
  return JSON.parse(JSON.stringify(schemaOf({ version: "1.2.3", ...address }))) as Schema;
}

function typeNamed(name: string): Schema["types"][string] {
  return schema().types[`kubernetes-user:index:${name}`];
}

const component = schema().resources["kubernetes-user:index:KubernetesUser"];

describe("the schema", () => {
  it("has every option of the table, each with its docstring", () => {
    expect(Object.keys(component?.inputProperties ?? {})).toEqual(Object.keys(userOptions));
    for (const [name, property] of Object.entries(component?.inputProperties ?? {})) {
      expect([name, property?.["description"]]).toEqual([name, expect.stringMatching(/\w{3}/)]);
    }
  });

  it("has no place for code", () => {
    expect(Object.keys(approvalOptions)).toContain("hook");
    expect(Object.keys(typeNamed("Approval")?.properties ?? {})).toEqual(
      Object.keys(approvalOptions).filter((name) => name !== "hook"),
    );
  });

  it("says where it differs from a TypeScript program, and where readers look for code", () => {
    const text = JSON.stringify(schema());
    for (const difference of Object.values(differences)) {
      expect(text.split(JSON.stringify(difference).slice(1, -1))).toHaveLength(2);
    }
    expect(typeNamed("Approval")?.description).toContain("There is no `hook` here");
  });

  it("says what is secret", () => {
    const secrets = (properties: Properties = {}): string[] =>
      Object.keys(properties).filter((name) => properties[name]?.["secret"] === true);
    expect(secrets(component?.inputProperties)).toEqual(["kubeconfig"]);
    expect(secrets(typeNamed("Adopt")?.properties)).toEqual(["privateKey"]);
    // With these, Java's SDK does not compile; the values themselves are marked.
    expect(secrets(component?.properties)).toEqual([]);
  });

  it("has what decides which resources there are as plain values", () => {
    const { inputProperties = {} } = component ?? {};
    const plain = (properties: Properties = {}): string[] =>
      Object.keys(properties).filter((name) => properties[name]?.["plain"] === true);
    expect(plain(inputProperties)).toEqual(["accessUntil", "publish", "approval"]);
    expect(plain(typeNamed("AccessGrant")?.properties)).toEqual(["clusterWide"]);
    expect(plain(typeNamed("Publish")?.properties)).toEqual(["anonymous"]);
  });

  it("has the defaults, but for those of one key algorithm, which an SDK would give to the others", () => {
    expect(component?.inputProperties["signerName"]).toMatchObject({ default: "kubernetes.io/kube-apiserver-client" });
    expect(component?.inputProperties["expirationSeconds"]).not.toHaveProperty("default");
    expect(typeNamed("Approval")?.properties).toMatchObject({
      mode: { default: "automatic" },
      timeoutSeconds: { default: 300 },
      issuanceTimeoutSeconds: { default: 60 },
      whenPending: { default: "warn" },
    });
    expect(typeNamed("PrivateKey")?.properties).toMatchObject({ algorithm: { default: "ECDSA" } });
    expect(typeNamed("PrivateKey")?.properties?.["ecdsaCurve"]).not.toHaveProperty("default");
    expect(typeNamed("PrivateKey")?.properties?.["rsaBits"]).not.toHaveProperty("default");
  });

  it("has each option's type", () => {
    const object = (name: string): object => ({ $ref: `#/types/kubernetes-user:index:${name}` });
    expect(component?.inputProperties).toMatchObject({
      username: { type: "string" },
      groups: { type: "array", items: { type: "string" } },
      expirationSeconds: { type: "integer" },
      renewBeforeSeconds: { type: "integer" },
      access: { type: "array", items: object("AccessGrant") },
      adopt: object("Adopt"),
      publish: { oneOf: [{ type: "boolean" }, object("Publish")] },
      verify: { type: "boolean" },
    });
  });

  it("has the choices as enums", () => {
    expect(typeNamed("KeyAlgorithm")?.enum).toEqual(["ECDSA", "RSA", "ED25519"].map((value) => ({ value })));
    expect(typeNamed("RsaBits")?.enum).toContainEqual({ value: 3072, name: "Bits3072" });
    expect(typeNamed("Policy")?.properties?.["allowedKeyAlgorithms"]).toMatchObject({
      items: { $ref: "#/types/kubernetes-user:index:KeyAlgorithm" },
    });
  });

  it("requires the options without which a rule or an adoption says nothing, and no others", () => {
    const required = Object.entries(schema().types).flatMap(([name, type]) =>
      (type?.required ?? []).map((option) => `${name.replace("kubernetes-user:index:", "")}.${option}`),
    );
    expect(required.toSorted()).toEqual(["Adopt.certificate", "PolicyRule.verbs"]);
  });

  it("requires the outputs that every user has", () => {
    expect(component?.required).toEqual(["status", "username", "groups"]);
  });

  it("refers to no type that it has not", () => {
    const text = JSON.stringify(schema());
    const referred = [...text.matchAll(/"#\/types\/([^"]+)"/g)].map(([, name]) => name ?? "");
    expect([...new Set(referred)].filter((name) => schema().types[name] === undefined)).toEqual([]);
  });

  it("says where the plugin is downloaded from only when it is known", () => {
    expect(schema()).not.toHaveProperty("pluginDownloadURL");
    expect(schema({ pluginDownloadURL: "https://plugins.example" }).pluginDownloadURL).toBe("https://plugins.example");
  });
});

describe("the file of descriptions", () => {
  it("is what the docstrings say (npm run descriptions writes it)", () => {
    expect(JSON.parse(readFileSync(resolve(root, descriptionsFile), "utf8"))).toEqual(readDescriptions(root));
  });
});
