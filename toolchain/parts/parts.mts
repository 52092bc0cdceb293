import { readFile } from "node:fs/promises";
import path from "node:path";

import { isObject } from "../cache/manifest.mts";
import { codeOf } from "../errors.mts";
import {
  atLeast,
  type Part,
  type Platform,
  platformName,
  type Program,
  type Recipe,
  type ReleaseFile,
  sameMinor,
} from "./part.mts";

/** Used while `node_modules` is not there to tell. */
const pinned = { kubernetes: "4.25.0", tls: "5.6.1" };

/** All that has to be installed: the plugins in the versions of the npm packages in `nodeModules`. */
export async function readParts(nodeModules: string): Promise<readonly Part[]> {
  const [kubernetesVersion, tlsVersion] = await Promise.all([
    packageVersion(nodeModules, "@pulumi/kubernetes"),
    packageVersion(nodeModules, "@pulumi/tls"),
  ]);
  return [
    pulumi,
    kubernetesPlugin(kubernetesVersion ?? pinned.kubernetes),
    tlsPlugin(tlsVersion ?? pinned.tls),
    etcd,
    kubernetes,
  ];
}

async function packageVersion(nodeModules: string, name: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(nodeModules, name, "package.json"), "utf8"));
    return isObject(value) && typeof value["version"] === "string" ? value["version"] : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const pulumiVersion = "3.256.0";

/** The Node.js language host: comes with official releases of Pulumi, cannot be built from Go modules. */
export const languageHost = "pulumi-language-nodejs";

/** The Pulumi engine and command line. */
export const pulumi: Part = {
  name: "pulumi",
  version: pulumiVersion,
  kind: "programs",
  programs: [{ name: "pulumi", version: { args: ["version"], answer: /v?(\d+\.\d+\.\d+)/ } }],
  extras: [languageHost, "pulumi-language-yaml"],
  range: atLeast(pulumiVersion),
  release: pulumiRelease,
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
  hasStub: false,
};

function pulumiRelease(platform: Platform): readonly ReleaseFile[] {
  const name = `pulumi-v${pulumiVersion}-${platformName(platform).replace("amd64", "x64")}.tar.gz`;
  return [
    {
      url: `https://get.pulumi.com/releases/sdk/${name}`,
      sums: [
        `https://github.com/pulumi/pulumi/releases/download/v${pulumiVersion}/pulumi-${pulumiVersion}-checksums.txt`,
      ],
      format: "archive",
    },
  ];
}

const etcdVersion = "3.6.8";

/** The database below kube-apiserver. */
export const etcd: Part = {
  name: "etcd",
  version: etcdVersion,
  kind: "programs",
  programs: [{ name: "etcd", version: { args: ["--version"], answer: /^etcd Version: (\S+)/m } }],
  extras: [],
  range: sameMinor(etcdVersion),
  release: etcdRelease,
  recipe: {
    folder: "etcd",
    version: etcdVersion,
    flags: ["-ldflags", "-s -w"],
    packages: { "go.etcd.io/etcd/server/v3": "etcd" },
    cost: "about 1 minute on 2 cores",
  },
  hasStub: false,
};

function etcdRelease(platform: Platform): readonly ReleaseFile[] {
  const folder = `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}`;
  // On macOS it is a zip archive, which that system's tar reads too.
  const extension = platform.os === "darwin" ? "zip" : "tar.gz";
  return [
    {
      url: `${folder}/etcd-v${etcdVersion}-${platformName(platform)}.${extension}`,
      sums: [`${folder}/SHA256SUMS`],
      format: "archive",
    },
  ];
}

const kubernetesVersion = "1.36.4";
const [major, minor] = kubernetesVersion.split(".");

const kubernetesPrograms: readonly Program[] = [
  { name: "kube-apiserver", version: { args: ["--version"], answer: /^Kubernetes v(\S+)/m } },
  { name: "kube-controller-manager", version: { args: ["--version"], answer: /^Kubernetes v(\S+)/m } },
  { name: "kubectl", version: { args: ["version", "--client"], answer: /^Client Version: v(\S+)/m } },
];

/** The parts of a Kubernetes control plane that issue certificates and decide on access, and its command line. */
export const kubernetes: Part = {
  name: "kubernetes",
  version: kubernetesVersion,
  kind: "programs",
  programs: kubernetesPrograms,
  extras: [],
  range: sameMinor(kubernetesVersion),
  release: kubernetesRelease,
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
    packages: Object.fromEntries(kubernetesPrograms.map(({ name }) => [`k8s.io/kubernetes/cmd/${name}`, name])),
    cost: "about 13 minutes on 2 cores, 2 GB of memory",
  },
  hasStub: false,
};

function kubernetesRelease({ os, arch }: Platform): readonly ReleaseFile[] | string {
  if (os === "darwin") return "Kubernetes publishes kube-apiserver and kube-controller-manager for Linux only";
  return kubernetesPrograms.map(({ name }) => {
    const url = `https://dl.k8s.io/v${kubernetesVersion}/bin/${os}/${arch}/${name}`;
    return { url, sums: [`${url}.sha256`], format: "program" };
  });
}

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
  return { ...plugin("tls", version), hasStub: true };
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
    hasStub: false,
  };
}
