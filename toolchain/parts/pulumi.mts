import { platformName, type Platform } from "../platform.mts";
import { atLeast } from "../versions.mts";
import type { Part, ReleaseFile } from "./part.mts";

const version = "3.256.0";

/** The Node.js language host: comes with official releases of Pulumi, cannot be built from Go modules. */
export const languageHost = "pulumi-language-nodejs";

/** The Pulumi engine and command line. */
export const pulumi: Part = {
  name: "pulumi",
  version,
  kind: "programs",
  programs: [{ name: "pulumi", version: { args: ["version"], answer: /v?(\d+\.\d+\.\d+)/ } }],
  extras: [languageHost, "pulumi-language-yaml"],
  range: atLeast(version),
  release,
  recipe: {
    folder: "pulumi",
    version,
    flags: [
      "-tags",
      "osusergo",
      "-ldflags",
      `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
    ],
    packages: {
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi": "pulumi",
      "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml": "pulumi-language-yaml",
    },
    cost: "about 5 minutes on 2 cores",
  },
  hasStandIn: false,
};

function release(platform: Platform): readonly ReleaseFile[] {
  const name = `pulumi-v${version}-${platformName(platform).replace("amd64", "x64")}.tar.gz`;
  return [
    {
      url: `https://get.pulumi.com/releases/sdk/${name}`,
      sums: [`https://github.com/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`],
      format: "archive",
    },
  ];
}
