import fs, { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { Credentials } from "../../../../components/cluster/credentials/credentials";
import { expectError, rejectionOf } from "../../support/errors";
import { useFakeTime } from "../../support/fake-time";
import { apiVersion, printing } from "../../support/plugin-programs";

useFakeTime();

const cluster = { name: "prod", server: "https://prod.test" };
const signal = new AbortController().signal;

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const exec = {
  exec: {
    apiVersion,
    command: process.execPath,
    args: ["-e", printing(`{ token: "plugin" }`)],
    interactiveMode: "Never",
  },
};
let plugins = 0;

/** Each has a plugin of its own: what one has brought is kept for the whole process. */
function credentials(user: Readonly<Record<string, unknown>>): Credentials {
  const env = [{ name: "PLUGIN", value: String((plugins += 1)) }];
  const { exec } = user;
  return new Credentials(typeof exec === "object" ? { ...user, exec: { ...exec, env } } : user, cluster, {});
}

const jwt = `e30.${base64(JSON.stringify({ exp: 4e9 }))}.s`;
const oidc = { "auth-provider": { name: "oidc", config: { "id-token": jwt } } };
const certificate = { "client-certificate-data": base64("cert"), "client-key-data": base64("key") };

describe("Credentials", () => {
  // As client-go orders them: a plugin is for those who have nothing else.
  it.each([
    ["nothing", {}, undefined, undefined],
    ["a plugin alone", exec, "Bearer plugin", undefined],
    ["a token before a plugin", { ...exec, token: "t" }, "Bearer t", undefined],
    ["a login before a plugin", { ...exec, username: "jane" }, `Basic ${base64("jane:")}`, undefined],
    ["a certificate before a plugin", { ...exec, ...certificate }, undefined, "cert"],
    ["a token beside a certificate", { ...certificate, token: "t" }, "Bearer t", "cert"],
    ["an empty token as none", { ...exec, token: "" }, "Bearer plugin", undefined],
    ["OpenID Connect", oidc, `Bearer ${jwt}`, undefined],
    ["a token before OpenID Connect", { ...oidc, token: "t" }, "Bearer t", undefined],
    ["OpenID Connect beside a certificate", { ...oidc, ...certificate }, `Bearer ${jwt}`, "cert"],
    [
      "another auth-provider as nothing",
      { "auth-provider": { ...oidc["auth-provider"], name: "gcp" } },
      undefined,
      undefined,
    ],
    ["a password without a user as nothing", { password: "p" }, undefined, undefined],
  ])("are %s", async (_, user, authorization, cert) => {
    const found = await credentials(user).forRequest(signal);
    const { authorization: sent, Authorization: alsoSent } = found.headers;
    expect([sent ?? alsoSent, found.certificate?.cert]).toEqual([authorization, cert]);
  });

  it("are renewed where a plugin has brought them, and nowhere else", async () => {
    const [given, brought] = [credentials({ token: "t" }), credentials(exec)];
    expect(given.renew(await given.forRequest(signal))).toBe(false);
    const first = await brought.forRequest(signal);
    expect(brought.renew(first)).toBe(true);
    expect((await brought.forRequest(signal)).fromPlugin).not.toBe(first.fromPlugin);
  });

  it("tell of a tokenFile that is empty, and of files that are not there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, " \n");
    expectError(await rejectionOf(credentials({ tokenFile }).forRequest(signal)), "unauthorized", "tokenFile is empty");
    await rm(folder, { recursive: true });
    const gone = { "client-certificate": tokenFile, "client-key": tokenFile };
    expectError(await rejectionOf(credentials(gone).forRequest(signal)), "unauthorized", "ENOENT", "Check the files");
    expect(jest.getTimerCount()).toBe(0);
  });

  it("are those of the file, which goes before a token and a plugin", async () => {
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, " new\n");
    const beside = [{ token: "old" }, exec, oidc];
    const found = await Promise.all(beside.map((more) => credentials({ tokenFile, ...more }).forRequest(signal)));
    await rm(folder, { recursive: true });
    for (const { headers } of found) {
      expect(headers).toEqual({ authorization: "Bearer new" });
    }
  });

  it("hold the key beside its certificate, and no token where there is none", async () => {
    const { certificatePem: cert, keyPem: key } = certificateAuthority("jane");
    const given = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    const answer = `{ clientCertificateData: ${JSON.stringify(cert)}, clientKeyData: ${JSON.stringify(key)} }`;
    const brought = { exec: { ...exec.exec, args: ["-e", printing(answer)] } };
    for (const user of [given, brought]) {
      const found = await credentials(user).forRequest(signal);
      expect([found.certificate, found.headers]).toEqual([{ cert, key }, {}]);
    }
  });

  it("are waited for 60 seconds: a file may be a pipe to which nobody writes", async () => {
    jest.spyOn(fs, "readFile").mockReturnValue(new Promise(() => undefined));
    const failed = rejectionOf(credentials({ tokenFile: "/pipe" }).forRequest(signal));
    await jest.advanceTimersByTimeAsync(59_999);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expectError(await failed, "unauthorized", "not within 60 seconds", "Check the files");
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ["nobody else's", {}, {}],
    ["a user's", { as: "jane" }, { "Impersonate-User": "jane" }],
    ["empty as none", { as: "", "as-uid": "", "as-groups": null, "as-user-extra": null }, {}],
    [
      "a user's with everything",
      { as: "jane", "as-uid": "7", "as-groups": ["a", "b"], "as-user-extra": { "x/y(z)": ["1", "2"], none: "text" } },
      {
        "Impersonate-User": "jane",
        "Impersonate-Uid": "7",
        "Impersonate-Group": ["a", "b"],
        "Impersonate-Extra-x%2Fy%28z%29": ["1", "2"],
      },
    ],
    ["of texts in UTF-8", { as: "Zoë" }, { "Impersonate-User": Buffer.from("Zoë").toString("latin1") }],
  ])("act for another user when they say so: %s", async (_, impersonation, expected) => {
    const given = await credentials({ token: "t", ...impersonation }).forRequest(signal);
    expect(given.headers).toEqual({ authorization: "Bearer t", ...expected });
    const brought = await credentials({ ...exec, ...impersonation }).forRequest(signal);
    expect(brought.headers).toEqual({ authorization: "Bearer plugin", ...expected });
  });

  it("are not waited for when nobody wants them any more", async () => {
    const ended = credentials({ token: "t" }).forRequest(AbortSignal.abort());
    await expect(ended).rejects.toStrictEqual(new ConnectionError("ETIMEDOUT"));
    expect(jest.getTimerCount()).toBe(0);
  });

  it("of OpenID Connect go to nobody while NODE_TLS_REJECT_UNAUTHORIZED is 0", async () => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const error = await rejectionOf(credentials(oidc).forRequest(signal));
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    expectError(error, "unauthorized", "NODE_TLS_REJECT_UNAUTHORIZED");
  });
});
