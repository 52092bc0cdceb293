/* global require, process, exports, Buffer, URLSearchParams */
/* eslint @typescript-eslint/no-require-imports: off -- a program as users run it, without a compiler */
"use strict";

/* Creates a CertificateSigningRequest, approves it and waits for the certificate, with as little as that takes. */

const { randomBytes } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { Agent, request } = require("node:https");
const { parse } = require("yaml");

const { clusters, users } = parse(readFileSync(process.env.KUBECONFIG, "utf8"));
const { server, "certificate-authority-data": ca } = clusters[0].cluster;
const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
const agent = new Agent({ keepAlive: true, ...bytesOf({ ca, cert, key }) });
const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

function bytesOf(texts) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text, "base64")]));
}

function open(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const call = request(server + path, { method, agent, headers }, (response) => {
      if (response.statusCode < 300) resolve(response.setEncoding("utf8"));
      else reject(new Error(`${method} ${path} answered ${response.statusCode}`));
    });
    call.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function call(method, path, body) {
  let text = "";
  for await (const chunk of await open(method, path, body)) text += chunk;
  return JSON.parse(text);
}

async function certificateOf(name, resourceVersion) {
  const query = new URLSearchParams({ watch: "true", fieldSelector: `metadata.name=${name}`, resourceVersion });
  let text = "";
  for await (const chunk of await open("GET", `${requests}?${query}`)) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop();
    const issued = lines.map((line) => JSON.parse(line).object.status.certificate).find(Boolean);
    if (issued !== undefined) return Buffer.from(issued, "base64").toString();
  }
  throw new Error(`the watch of ${name} has ended`);
}

exports.create = async ({ username, request: pem }) => {
  const name = `${username}-${randomBytes(6).toString("hex")}`;
  const submitted = await call("POST", requests, {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name },
    spec: {
      request: Buffer.from(pem).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 86_400,
      usages: ["client auth"],
    },
  });
  submitted.status.conditions = [{ type: "Approved", status: "True", reason: "Bench", message: "measured" }];
  const approved = await call("PUT", `${requests}/${name}/approval`, submitted);
  const certificate = await certificateOf(name, approved.metadata.resourceVersion);
  return { id: name, outs: { username, request: pem, certificate } };
};
