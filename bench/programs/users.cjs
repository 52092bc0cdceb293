/* global require, process */
/* eslint @typescript-eslint/no-require-imports: off -- a program as users run it, without a compiler */
"use strict";

/* As many users as BENCH_USERS says, each with a Role of its own. */

const { readFileSync } = require("node:fs");
const { KubernetesUser } = require("kubernetes-user");

const explicit = process.env.BENCH_EXPLICIT_KUBECONFIG === "yes";
const cluster = explicit ? { kubeconfig: readFileSync(process.env.KUBECONFIG, "utf8") } : {};

for (let number = 1; number <= Number(process.env.BENCH_USERS); number += 1) {
  new KubernetesUser(`user-${number}`, {
    ...cluster,
    access: [
      { namespaces: ["default"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] },
    ],
  });
}
