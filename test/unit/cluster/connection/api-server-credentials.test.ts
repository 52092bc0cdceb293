import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { type ApiServer } from "../../../../components/cluster/connection/api-server";
import * as certificates from "@kubernetes-user/toolchain/certificates";
import { everythingOf, expectError, rejectionOf } from "../../support/errors";
import { secretWord, token } from "../../support/secrets";

import {
  ask,
  authority,
  base64,
  cert,
  end,
  key,
  open,
  outcome,
  port,
  server,
  useServer,
} from "../../support/https-server";

useServer();

describe("credentials", () => {
  const apiVersion = "client.authentication.k8s.io/v1";
  const exec = (code: string, command = process.execPath): object => ({
    exec: { apiVersion, command, args: ["-e", code], interactiveMode: "Never" },
  });
  const answer = (status: object): string => JSON.stringify({ kind: "ExecCredential", apiVersion, status });
  const printed = (status: object): string => `console.log(${JSON.stringify(answer(status))})`;

  /** What the server sees of whoever asks: the certificate's name and the headers. */
  async function seen(api: ApiServer): Promise<NodeJS.Dict<unknown>> {
    let sight = {};
    server.once("request", ({ socket, headersDistinct }: IncomingMessage, response: ServerResponse) => {
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
      sight = { ...headersDistinct, name: subject?.CN };
      response.end("{}");
    });
    await ask(api);
    return sight;
  }

  it.each([
    ["a token", { token }, { authorization: [`Bearer ${token}`] }],
    ["a password", { username: "jane", password: "p" }, { authorization: [`Basic ${base64("jane:p")}`] }],
    ["a certificate", { "client-certificate-data": base64(cert), "client-key-data": base64(key) }, { name: "admin" }],
    ["a command's token", exec(printed({ token })), { authorization: [`Bearer ${token}`] }],
    ["a command's certificate", exec(printed({ clientCertificateData: cert, clientKeyData: key })), { name: "admin" }],
  ])("sends %s", async (_, user, expected) => {
    expect(await seen(await open(user))).toMatchObject(expected);
  });

  it("reads a token's file anew for each request, and takes it before a token", async () => {
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    const tokenFile = join(folder, "token");
    const api = await open({ token: "not this", tokenFile });
    for (const content of ["one", "two"]) {
      await writeFile(tokenFile, `${content}\n`);
      expect(await seen(api)).toMatchObject({ authorization: [`Bearer ${content}`] });
    }
    await rm(folder, { recursive: true });
    expectError(await rejectionOf(ask(api)), "unauthorized", "ENOENT", "Check the files");
  });

  it("reads the files of a certificate anew for each request", async () => {
    const folder = await mkdtemp(join(tmpdir(), "certificate-"));
    const [certificateFile, keyFile] = [join(folder, "cert"), join(folder, "key")];
    const api = await open({ "client-certificate": certificateFile, "client-key": keyFile });
    for (const name of ["before", "after"]) {
      const rotated = certificates.clientCertificate(authority, { commonName: name });
      await writeFile(certificateFile, rotated.certificatePem);
      await writeFile(keyFile, rotated.keyPem);
      expect(await seen(api)).toMatchObject({ name });
    }
    await writeFile(keyFile, key);
    expectError(await rejectionOf(ask(api)), "unauthorized", "client certificate", "belong together");
    await rm(folder, { recursive: true });
  });

  it.each([
    ["with the next credential", ["one", "two"], [401, 200], { sent: 2 }],
    ["once, and tells the second refusal", ["one", "two"], [401, 401], { statusCode: 401 }],
    ["not at all but", ["one"], [403], { statusCode: 403 }],
  ])("asks again %s after a 401", async (_, tokens, statuses, expected) => {
    const folder = await mkdtemp(join(tmpdir(), "runs-"));
    // Each run brings another token: the length of the file to which each adds a byte.
    const file = JSON.stringify(join(folder, "runs"));
    const next = `require("fs").appendFileSync(${file}, "."), ${JSON.stringify(tokens)}[require("fs").statSync(${file}).size - 1]`;
    const code = `const token = (${next}); console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "${apiVersion}", status: { token } }))`;
    const sent: unknown[] = [];
    server.on("request", ({ headers }: IncomingMessage, response: ServerResponse) => {
      sent.push(headers.authorization);
      response.writeHead(statuses[sent.length - 1] ?? 500).end(`{"sent":${sent.length}}`);
    });
    expect(await outcome(ask(await open(exec(code))))).toMatchObject(expected);
    expect(sent).toEqual(tokens.map((token) => `Bearer ${token}`));
    await rm(folder, { recursive: true });
  });

  it("asks once with a token that was refused", async () => {
    const reached = jest.fn((_, response: ServerResponse) => response.writeHead(401).end());
    server.on("request", reached);
    expect(await outcome(ask(await open()))).toMatchObject({ statusCode: 401 });
    expect(reached).toHaveBeenCalledTimes(1);
  });

  it("asks in another user's name", async () => {
    const extra = { scopes: ["view", "edit"], "acme.test/project (old)": ["x"] };
    const as = { as: "jane", "as-uid": "7", "as-groups": ["developers", "on, call"], "as-user-extra": extra };
    expect(await seen(await open({ token, ...as }))).toMatchObject({
      "impersonate-user": ["jane"],
      "impersonate-uid": ["7"],
      "impersonate-group": ["developers", "on, call"],
      "impersonate-extra-scopes": ["view", "edit"],
      "impersonate-extra-acme.test%2fproject%20%28old%29": ["x"],
    });
  });

  it.each([
    ["fails", exec(`console.error("${secretWord}"); console.log("${secretWord}"); process.exit(1)`), process.execPath],
    ["prints no JSON", exec(`console.log("${secretWord}")`), process.execPath],
    ["prints no credential", exec(`console.log('{"kind":"${secretWord}"}')`), process.execPath],
    ["does not exist", exec("", "/nowhere/credentials"), "/nowhere/credentials failed (ENOENT)"],
  ])("names a command that %s, and nothing of what it prints", async (_, user, words) => {
    const error = await rejectionOf(ask(await open(user)));
    expectError(error, "unauthorized", "credential command", words);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it.each<[string, (command: net.Socket) => unknown, string]>([
    ["that answers in time", (command) => command.end(answer({ token: "t" })), "Bearer t"],
    ["until the caller ends", end, "ETIMEDOUT"],
    ["in vain", () => jest.advanceTimersByTimeAsync(1), `${process.execPath} failed (no answer within 60 seconds)`],
  ])("waits for a command %s, for 60 seconds at most", async (_, act, words) => {
    server.on("request", ({ headers }: IncomingMessage, response) => response.end(JSON.stringify(headers)));
    const lifeline = net.createServer();
    await once(lifeline.listen(0, "127.0.0.1"), "listening");
    // It prints what it is sent, and runs until the connection to it is closed.
    const code = `require("node:net").connect(${port(lifeline)}, "127.0.0.1").pipe(process.stdout)`;
    const result = outcome(ask(await open(exec(code))));
    const [command] = (await once(lifeline, "connection")) as [net.Socket];
    lifeline.close();
    await jest.advanceTimersByTimeAsync(59_999);
    act(command);
    expect(inspect(await result)).toContain(words);
    command.end();
  });
});
