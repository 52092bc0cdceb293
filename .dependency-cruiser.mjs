/** What each layer may import, at any depth: the pure model in components/core, everything else on top of it. */
const layers = {
  "components/core": [],
  "components/cluster": ["components/core"],
  "components/pulumi": ["components/core", "components/cluster"],
  "components/plugin": ["components/core", "components/pulumi"],
  "components/cdk8s": ["components/core"],
  cli: ["components/core", "components/cluster"],
};

/** The one place of each layer that loads these packages. */
const packages = {
  "components/core": ["@peculiar/asn1-csr", "@peculiar/asn1-schema", "@peculiar/asn1-x509", "yaml"],
  "components/cluster": ["@kubernetes/client-node", "p-retry", "socks"],
  "components/pulumi": ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls", "p-retry"],
  "components/plugin": ["@pulumi/pulumi"],
  "components/cdk8s": ["cdk8s", "constructs", "cdk8s-plus-28"],
  cli: ["commander", "cli-table3", "write-file-atomic", "yaml"],
};

const own = "^(components|cli|toolchain|test|bench|examples)/";

function anyOf(folders) {
  return folders.map((folder) => `^${folder}/`);
}

export default {
  forbidden: [
    {
      name: "no-cycle",
      comment: "Two files that import each other are one file, or one idea too many.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `layer-${layer.replace("components/", "")}`,
      comment: `${layer} imports itself, ${allowed.length === 0 ? "and no other layer" : allowed.join(" and ")}.`,
      severity: "error",
      from: { path: `^${layer}/` },
      to: { path: own, pathNot: anyOf([layer, ...allowed]) },
    })),
    ...Object.entries(packages).map(([layer, names]) => ({
      name: `packages-${layer.replace("components/", "")}`,
      comment: `${layer} uses ${names.join(", ")}.`,
      severity: "error",
      from: { path: `^${layer}/` },
      to: { path: "node_modules/", pathNot: names.map((name) => `node_modules/${name}/`) },
    })),
  ],
  options: {
    // The toolchain is a package of its own, which bench uses.
    doNotFollow: { path: ["node_modules", "^toolchain/"] },
    exclude: { path: "^dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".mts", ".js", ".mjs", ".cjs"] },
  },
};
