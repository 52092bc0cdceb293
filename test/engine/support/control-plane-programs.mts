import { type ControlPlanePrograms } from "@kubernetes-user/toolchain";

/** The programs are where the test runner has put them, which is on PATH. */
export function controlPlanePrograms(): ControlPlanePrograms {
  const folder = (process.env["PATH"] ?? "").split(":")[0] ?? "";
  return {
    etcd: `${folder}/etcd`,
    "kube-apiserver": `${folder}/kube-apiserver`,
    "kube-controller-manager": `${folder}/kube-controller-manager`,
  };
}
