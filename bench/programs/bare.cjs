/* global require, process */
/* eslint @typescript-eslint/no-require-imports: off -- a program as users run it, without a compiler */
"use strict";

/*
 * The resources of users.cjs in the same order, composed by hand: no option is checked, nothing is compared, resumed,
 * renewed or verified. What users.cjs takes longer is what this package's logic costs.
 */

const { ComponentResource, CustomResource } = require("@pulumi/pulumi");
const { rbac } = require("@pulumi/kubernetes");
const { CertRequest, PrivateKey } = require("@pulumi/tls");

/** A dynamic resource by a constant text, as the package has it: serialized code would cost more. */
class Certificate extends CustomResource {
  constructor(name, inputs, options) {
    const __provider = `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("./bare-provider.cjs")`;
    super("pulumi-nodejs:dynamic:Resource", name, { ...inputs, certificate: undefined, __provider }, options);
  }
}

class User extends ComponentResource {
  constructor(username) {
    super("bench:index:User", username);
    const key = new PrivateKey(`${username}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const request = new CertRequest(
      `${username}-request`,
      { privateKeyPem: key.privateKeyPem, subject: { commonName: username } },
      { parent: this },
    );
    const inputs = { username, request: request.certRequestPem };
    const certificate = new Certificate(`${username}-certificate`, inputs, { parent: this });
    const metadata = { name: `${username}-access`, namespace: "default" };
    const options = { parent: this, dependsOn: certificate };
    new rbac.v1.Role(
      `${username}-role`,
      { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] },
      options,
    );
    new rbac.v1.RoleBinding(
      `${username}-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: username }],
      },
      options,
    );
    this.registerOutputs({});
  }
}

for (let number = 1; number <= Number(process.env.BENCH_USERS); number += 1) {
  new User(`user-${number}`);
}
