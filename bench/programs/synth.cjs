/* global require */
/* eslint @typescript-eslint/no-require-imports: off -- a program as users run it, without a compiler */
"use strict";

/* Writes the manifests of a user for each request in requests.json. */

const { App, Chart } = require("cdk8s");
const { KubernetesUser } = require("kubernetes-user/cdk8s");

const app = new App({ outdir: "manifests" });
const users = new Chart(app, "users");
for (const [index, request] of require("./requests.json").entries()) {
  new KubernetesUser(users, `user-${index}`, {
    request,
    access: [
      { namespaces: ["default"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] },
    ],
  });
}
app.synth();
