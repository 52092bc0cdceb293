/* global require, process */
/* eslint @typescript-eslint/no-require-imports: off -- a program as users run it, without a compiler */
"use strict";

/* As many users as BENCH_USERS says. */

const { readFileSync } = require("node:fs");
const { KubernetesUser } = require("kubernetes-user");

const variant = process.env.BENCH_VARIANT;
const cluster = variant === "explicit kubeconfig" ? { kubeconfig: readFileSync(process.env.KUBECONFIG, "utf8") } : {};
const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];
const grant = variant === "shared Role" ? { role: sharedRole().metadata.name } : { rules };

function sharedRole() {
  const { rbac } = require("@pulumi/kubernetes");
  return new rbac.v1.Role("shared", { metadata: { name: "shared", namespace: "default" }, rules });
}

for (let number = 1; number <= Number(process.env.BENCH_USERS); number += 1) {
  new KubernetesUser(`user-${number}`, { ...cluster, access: [{ namespaces: ["default"], ...grant }] });
}
