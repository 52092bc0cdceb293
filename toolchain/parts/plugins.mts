import { platformName } from "../platform.mts";
import type { Part, Recipe } from "./part.mts";

/** What the recipe `kubernetes-provider` builds: the version that package.json pins. */
const builtKubernetesPlugin = "4.25.0";

const kubernetesRecipe: Recipe = {
  folder: "kubernetes-provider",
  version: builtKubernetesPlugin,
  flags: [
    "-ldflags",
    `-s -w -X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${builtKubernetesPlugin}`,
  ],
  packages: { ".": "pulumi-resource-kubernetes" },
  embedded: {
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    folder: "cmd/pulumi-resource-kubernetes",
    files: ["schema.json", "terraform-mapping.json"],
    stamped: "schema.json",
  },
  cost: "about 12 minutes on 2 cores, 4.1 GB of memory",
};

/** The plugin behind `@pulumi/kubernetes`. */
export function kubernetesPlugin(version: string): Part {
  return { ...plugin("kubernetes", version), recipe: kubernetesRecipe };
}

/** The plugin behind `@pulumi/tls`. */
export function tlsPlugin(version: string): Part {
  return { ...plugin("tls", version), hasStandIn: true };
}

function plugin(name: string, version: string): Part {
  const program = `pulumi-resource-${name}`;
  const repository = `pulumi/pulumi-${name}`;
  const folder = `https://github.com/${repository}/releases/download/v${version}`;
  return {
    name: program,
    version,
    kind: "plugin",
    programs: [{ name: program }],
    extras: [],
    // The engine looks for the version of the npm package, and for no other.
    range: { wanted: version, accepts: (candidate) => candidate === version },
    release: (platform) => [
      {
        url: `${folder}/${program}-v${version}-${platformName(platform)}.tar.gz`,
        sums: [
          `${folder}/pulumi-${name}_${version}_checksums.txt`,
          // Some releases list SHA-1 sums in that file; GitHub tells the SHA-256 sum of every release file itself.
          `https://api.github.com/repos/${repository}/releases/tags/v${version}`,
        ],
        format: "archive",
      },
    ],
    hasStandIn: false,
  };
}
