import { readFile } from "node:fs/promises";
import path from "node:path";

import { isObject } from "../json.mts";
import { type Part, platformName } from "./part.mts";

/** All that has to be installed: the plugins in the versions of the npm packages in `nodeModules`. */
export async function readParts(nodeModules: string): Promise<readonly Part[]> {
  const [kubernetesVersion, tlsVersion] = await Promise.all([
    packageVersion(nodeModules, "@pulumi/kubernetes"),
    packageVersion(nodeModules, "@pulumi/tls"),
  ]);
  return [pulumi, kubernetesPlugin(kubernetesVersion), plugin("tls", tlsVersion), etcd, kubernetes];
}

async function packageVersion(nodeModules: string, name: string): Promise<string> {
  const value: unknown = JSON.parse(await readFile(path.join(nodeModules, name, "package.json"), "utf8"));
  return isObject(value) ? String(value["version"]) : "";
}

const pulumiVersion = "3.256.0";

/** The Node.js language host: comes with official releases of Pulumi, cannot be built from Go modules. */
export const languageHost = "pulumi-language-nodejs";

/** The Pulumi engine and command line. */
export const pulumi: Part = {
  name: "pulumi",
  version: pulumiVersion,
  kind: "programs",
  programs: ["pulumi"],
  extras: [languageHost, "pulumi-language-yaml"],
  release: (platform) => [
    `https://get.pulumi.com/releases/sdk/pulumi-v${pulumiVersion}-${platformName(platform).replace("amd64", "x64")}.tar.gz`,
  ],
  recipe: {
    folder: "pulumi",
    version: pulumiVersion,
    flags: [
      "-tags",
      "osusergo",
      "-ldflags",
      `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`,
    ],
    packages: {
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi": "pulumi",
      "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml": "pulumi-language-yaml",
    },
    cost: "about 5 minutes on 2 cores",
  },
};

const etcdVersion = "3.6.8";

/** The database below kube-apiserver. */
export const etcd: Part = {
  name: "etcd",
  version: etcdVersion,
  kind: "programs",
  programs: ["etcd"],
  extras: [],
  // On macOS it is a zip archive, which that system's tar reads too.
  release: (platform) => [
    `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}/etcd-v${etcdVersion}-${platformName(platform)}.` +
      (platform.os === "darwin" ? "zip" : "tar.gz"),
  ],
  recipe: {
    folder: "etcd",
    version: etcdVersion,
    flags: ["-ldflags", "-s -w"],
    packages: { "go.etcd.io/etcd/server/v3": "etcd" },
    cost: "about 1 minute on 2 cores",
  },
};

const kubernetesVersion = "1.36.4";
const [major, minor] = kubernetesVersion.split(".");
const kubernetesPrograms = ["kube-apiserver", "kube-controller-manager", "kubectl"];

/** The parts of a Kubernetes control plane that issue certificates and decide on access, and its command line. */
export const kubernetes: Part = {
  name: "kubernetes",
  version: kubernetesVersion,
  kind: "programs",
  programs: kubernetesPrograms,
  extras: [],
  // The servers are published for Linux only.
  release: ({ os, arch }) =>
    os === "darwin"
      ? []
      : kubernetesPrograms.map((name) => `https://dl.k8s.io/v${kubernetesVersion}/bin/${os}/${arch}/${name}`),
  recipe: {
    folder: "kubernetes",
    version: kubernetesVersion,
    flags: [
      "-pgo=off",
      "-ldflags",
      [
        "-s -w",
        `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
        `-X k8s.io/component-base/version.gitMajor=${major}`,
        `-X k8s.io/component-base/version.gitMinor=${minor}`,
        "-X k8s.io/component-base/version.gitTreeState=clean",
        `-X k8s.io/client-go/pkg/version.gitVersion=v${kubernetesVersion}`,
      ].join(" "),
    ],
    packages: Object.fromEntries(kubernetesPrograms.map((name) => [`k8s.io/kubernetes/cmd/${name}`, name])),
    cost: "about 13 minutes on 2 cores, 2 GB of memory",
  },
};

/** What the recipe `kubernetes-provider` builds: the version that package.json pins. */
const builtKubernetesPlugin = "4.25.0";
const kubernetesModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** The plugin behind `@pulumi/kubernetes`. */
export function kubernetesPlugin(version: string): Part {
  return {
    ...plugin("kubernetes", version),
    recipe: {
      folder: "kubernetes-provider",
      version: builtKubernetesPlugin,
      flags: ["-ldflags", `-s -w -X ${kubernetesModule}/pkg/version.Version=${builtKubernetesPlugin}`],
      packages: { ".": "pulumi-resource-kubernetes" },
      // The provider's own build generates them; in its module they lie ready but for the version.
      embedded: {
        package: `${kubernetesModule}/pkg/version`,
        folder: "cmd/pulumi-resource-kubernetes",
        files: ["schema.json", "terraform-mapping.json"],
      },
      cost: "about 12 minutes on 2 cores, 4.1 GB of memory",
    },
  };
}

function plugin(name: string, version: string): Part {
  const program = `pulumi-resource-${name}`;
  const folder = `https://github.com/pulumi/pulumi-${name}/releases/download/v${version}`;
  return {
    name: program,
    version,
    kind: "plugin",
    programs: [program],
    extras: [],
    release: (platform) => [`${folder}/${program}-v${version}-${platformName(platform)}.tar.gz`],
  };
}
