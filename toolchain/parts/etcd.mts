import { platformName, type Platform } from "../platform.mts";
import { sameMinor } from "../versions.mts";
import type { Part, ReleaseFile } from "./part.mts";

const version = "3.6.8";

/** The database below kube-apiserver. */
export const etcd: Part = {
  name: "etcd",
  version,
  kind: "programs",
  programs: [{ name: "etcd", version: { args: ["--version"], answer: /^etcd Version: (\S+)/m } }],
  extras: [],
  range: sameMinor(version),
  release,
  recipe: {
    folder: "etcd",
    version,
    flags: ["-ldflags", "-s -w"],
    packages: { "go.etcd.io/etcd/server/v3": "etcd" },
    cost: "about 1 minute on 2 cores",
  },
  hasStandIn: false,
};

function release(platform: Platform): readonly ReleaseFile[] {
  const folder = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
  // On macOS it is a zip archive, which that system's tar reads too.
  const extension = platform.os === "darwin" ? "zip" : "tar.gz";
  return [
    {
      url: `${folder}/etcd-v${version}-${platformName(platform)}.${extension}`,
      sums: [`${folder}/SHA256SUMS`],
      format: "archive",
    },
  ];
}
