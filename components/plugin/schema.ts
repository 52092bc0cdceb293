import descriptions from "./descriptions.json";
import { type OptionSpec, type OptionTable, type Shape, textShape, textsShape } from "../core/options/option-table";
import { ecdsaCurves, keyAlgorithms, keyOptions, rsaSizes } from "../core/options/private-key";
import { approvalModes, pendingOutcomes, userOptions } from "../core/options/user-options";
import { type PluginAddress, userOutputs } from "./construct";
import { type ObjectType, objectTypes } from "./object-types";

/** A part of a schema: JSON. */
type Json = Readonly<Record<string, unknown>>;

type UserOutput = (typeof userOutputs)[number];

const token = "kubernetes-user:index:";

const enums: readonly { readonly choices: readonly (string | number)[]; readonly name: string }[] = [
  { choices: keyAlgorithms, name: "KeyAlgorithm" },
  { choices: ecdsaCurves, name: "EcdsaCurve" },
  { choices: rsaSizes, name: "RsaBits" },
  { choices: approvalModes, name: "ApprovalMode" },
  { choices: pendingOutcomes, name: "PendingOutcome" },
];

/** Defaults of one algorithm only: an SDK that filled them in would give them to keys of the others. */
const conditional: readonly OptionSpec<never>[] = [keyOptions.ecdsaCurve, keyOptions.rsaBits];

/**
 * The package as Pulumi's languages see it, made from the tables by which options are checked.
 *
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function schemaOf({ version, pluginDownloadURL }: PluginAddress): Json {
  return {
    name: "kubernetes-user",
    displayName: "Kubernetes user",
    version,
    description: descriptions.KubernetesUser.split("\n\n")[0],
    keywords: ["kubernetes", "x509", "csr", "rbac", "kubeconfig", "category/infrastructure", "kind/component"],
    license: "Apache-2.0",
    ...(pluginDownloadURL === undefined ? {} : { pluginDownloadURL }),
    language: {
      // TypeScript programs have the npm package kubernetes-user, which needs no plugin.
      nodejs: { respectSchemaVersion: true, packageName: "kubernetes-user-sdk" },
      python: { respectSchemaVersion: true, packageName: "pulumi_kubernetes_user", pyproject: { enabled: true } },
      // A module that is generated beside a program, and downloaded from nowhere.
      go: {
        respectSchemaVersion: true,
        generateResourceContainerTypes: true,
        importBasePath: "example.com/kubernetes-user/sdk/go/kubernetesuser",
      },
      csharp: { respectSchemaVersion: true, rootNamespace: "Pulumi" },
      java: { basePackage: "com.pulumi" },
    },
    types: { ...Object.fromEntries(objectTypes.map(objectType)), ...Object.fromEntries(enums.map(enumType)) },
    resources: { [`${token}KubernetesUser`]: component() },
  };
}

function component(): Json {
  return {
    isComponent: true,
    description: descriptions.KubernetesUser,
    inputProperties: propertiesOf(userOptions, "KubernetesUserArgs"),
    properties: Object.fromEntries(
      userOutputs.map((name) => [name, { ...outputType(name), ...described(`KubernetesUser.${name}`) }]),
    ),
    required: requiredOutputs,
  };
}

/**
 * A secret is marked as one with its value, which the engine and every SDK obey. It is not marked here: for a component
 * with secret outputs, the SDK for Java does not compile (pulumi-java 1.34.0).
 */
function outputType(name: UserOutput): Json {
  return typeOf(name === "groups" ? textsShape : textShape);
}

/** What every user has. The rest is null while nothing is issued, or the key is elsewhere. */
const requiredOutputs: readonly UserOutput[] = ["status", "username", "groups"];

function objectType({ table, name, documented }: ObjectType): [string, Json] {
  const required = Object.entries(table).filter(([, spec]) => spec.isRequired === true);
  return [
    `${token}${name}`,
    {
      type: "object",
      ...described(documented),
      properties: propertiesOf(table, documented),
      ...(required.length === 0 ? {} : { required: required.map(([option]) => option) }),
    },
  ];
}

function enumType({ choices, name }: (typeof enums)[number]): [string, Json] {
  const type = choices.every((choice) => typeof choice === "string") ? "string" : "integer";
  const values = choices.map((value) => ({ value, ...(type === "integer" ? { name: `Bits${value}` } : {}) }));
  return [`${token}${name}`, { type, enum: values }];
}

/** The options of a table. Code has no place in a schema. */
function propertiesOf(table: OptionTable, documented: string): Json {
  return Object.fromEntries(
    Object.entries(table)
      .filter(([, { shape }]) => shape.kind !== "function")
      .map(([name, spec]) => [name, { ...propertyOf(spec), ...described(`${documented}.${name}`) }]),
  );
}

function propertyOf(spec: OptionSpec<never>): Json {
  const { shape, isWrittenDown } = spec;
  const value = conditional.includes(spec) ? undefined : defaultOf(spec);
  return {
    ...typeOf(shape),
    ...(value === undefined ? {} : { default: value }),
    ...(shape.kind === "text" && shape.isSecret === true ? { secret: true } : {}),
    ...(isWrittenDown === true ? { plain: true } : {}),
  };
}

function defaultOf(spec: OptionSpec<never>): unknown {
  return "default" in spec ? spec.default : undefined;
}

function typeOf(shape: Shape): Json {
  switch (shape.kind) {
    case "text":
    case "integer":
      return shape.choices === undefined
        ? { type: shape.kind === "text" ? "string" : "integer" }
        : enumOf(shape.choices);
    case "flag":
      return { type: "boolean" };
    case "list":
      return { type: "array", items: typeOf(shape.element) };
    case "object":
      return { $ref: `#/types/${token}${nameOf(objectTypes.find(({ table }) => table === shape.table))}` };
    case "either":
      return { oneOf: shape.shapes.map(typeOf) };
    case "function":
      throw new TypeError("code has no type in a schema");
  }
}

function enumOf(choices: readonly (string | number)[]): Json {
  return { $ref: `#/types/${token}${nameOf(enums.find((known) => known.choices === choices))}` };
}

/** @throws TypeError when a table or a list of choices is new and has no name here. */
function nameOf(known: { readonly name: string } | undefined): string {
  if (known === undefined) {
    throw new TypeError("an option's type has no name in the schema: add it to objectTypes or enums");
  }
  return known.name;
}

/** What is otherwise than in a TypeScript program, by the names of {@link descriptions}. */
export const differences: Readonly<Record<string, string>> = {
  ApprovalArgs:
    "There is no `hook` here: code does not cross to the plugin. Resource hooks in the options of the user's resource, " +
    "`beforeCreate` and `beforeUpdate`, judge requests instead. YAML and Java have none.",
  "ApprovalArgs.whenPending": "With the plugin, removals are not included: they wait for the next run.",
};

/** The docstring of a type or an option, as {@link descriptions} has it, with {@link differences}. */
function described(name: string): Json {
  const description = Object.entries(descriptions).find(([documented]) => documented === name)?.[1];
  const difference = differences[name];
  return description === undefined
    ? {}
    : { description: difference === undefined ? description : `${description}\n\n${difference}` };
}
