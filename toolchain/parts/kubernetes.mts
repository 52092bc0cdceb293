import type { Platform } from "../platform.mts";
import { sameMinor } from "../versions.mts";
import type { Part, Program, ReleaseFile } from "./part.mts";

const version = "1.36.4";
const [major, minor] = version.split(".");

const programs: readonly Program[] = [
  { name: "kube-apiserver", version: { args: ["--version"], answer: /^Kubernetes v(\S+)/m } },
  { name: "kube-controller-manager", version: { args: ["--version"], answer: /^Kubernetes v(\S+)/m } },
  { name: "kubectl", version: { args: ["version", "--client"], answer: /^Client Version: v(\S+)/m } },
];

/** The parts of a Kubernetes control plane that issue certificates and decide on access, and its command line. */
export const kubernetes: Part = {
  name: "kubernetes",
  version,
  kind: "programs",
  programs,
  extras: [],
  range: sameMinor(version),
  release,
  recipe: {
    folder: "kubernetes",
    version,
    flags: [
      "-pgo=off",
      "-ldflags",
      [
        "-s -w",
        `-X k8s.io/component-base/version.gitVersion=v${version}`,
        `-X k8s.io/component-base/version.gitMajor=${major}`,
        `-X k8s.io/component-base/version.gitMinor=${minor}`,
        "-X k8s.io/component-base/version.gitTreeState=clean",
        `-X k8s.io/client-go/pkg/version.gitVersion=v${version}`,
      ].join(" "),
    ],
    packages: Object.fromEntries(programs.map(({ name }) => [`k8s.io/kubernetes/cmd/${name}`, name])),
    cost: "about 13 minutes on 2 cores, 2 GB of memory",
  },
  hasStandIn: false,
};

function release({ os, arch }: Platform): readonly ReleaseFile[] | string {
  if (os === "darwin") return "Kubernetes publishes kube-apiserver and kube-controller-manager for Linux only";
  return programs.map(({ name }) => {
    const url = `https://dl.k8s.io/v${version}/bin/${os}/${arch}/${name}`;
    return { url, sums: [`${url}.sha256`], format: "program" };
  });
}
