import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo } from "node:net";

import { command } from "../engine/support/commands.mts";
import { Machine, credentialIdOf } from "../engine/support/machine.mts";
import { Person } from "../engine/support/publication.mts";
import { certificateAuthority, servingCertificate } from "../unit/support/test-authority.ts";

const long = 14 * 24 * 60;
const past = "2020-01-01T00:00:00Z";

describe("a kubeconfig that stays fresh", () => {
  let machine: Machine;

  beforeEach(async () => {
    machine = await Machine.create();
  });

  afterEach(async () => {
    await machine[Symbol.asyncDispose]();
  });

  it("gets each newer certificate by itself, and works on when none is published any more", async () => {
    const person = await Person.create("fresh-jane");
    const [first, second] = [person.certificate(-60, long), person.certificate(-30, long)];
    await person.publish(first);
    const { exitCode, stderr } = await machine.handOver(person, first);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const kubeconfig = await readFile(machine.folder.file("kubeconfig"), "utf8");
    expect(kubeconfig).not.toMatch(/client-(certificate|key)/);
    expect(await machine.whoami()).toEqual({
      username: "fresh-jane",
      credentialId: credentialIdOf(first),
      stderr: "",
    });

    // A newer one is there, and it is time to look.
    await person.publish(second);
    await machine.change({ askAfter: past });
    expect((await machine.whoami()).credentialId).toBe(credentialIdOf(second));

    await person.withdraw();
    await machine.change({ askAfter: past, renewAfter: past });
    const withdrawn = await machine.whoami();
    expect(withdrawn.credentialId).toBe(credentialIdOf(second));
    expect(withdrawn.stderr).toContain("publishes no certificate for this key any more");
    // Once is enough.
    await machine.change({ askAfter: past });
    expect((await machine.whoami()).stderr).toBe("");
  });

  it("says what is wrong once the certificate has ended and there is no other", async () => {
    const person = await Person.create("fresh-ended");
    await machine.handOver(person, person.certificate(-60, long));
    await machine.change({ certificate: person.certificate(-60, -1), askAfter: past });
    const { username, stderr } = await machine.whoami();
    expect(username).toBe("");
    expect(stderr).toContain("[certificate-expired]");
    expect(stderr).toContain("kubernetes-user kubeconfig FILE --key KEY --renew");
    expect(stderr).not.toContain("PRIVATE KEY");
  });

  it("comes back after its end where everybody may read what is published", async () => {
    const person = await Person.create("fresh-anonymous");
    const next = person.certificate(-5, long);
    await person.publish(next, { anonymous: true });
    await machine.handOver(person, person.certificate(-60, long));
    await machine.change({ certificate: person.certificate(-60, -1), askAfter: past });
    expect((await machine.whoami()).credentialId).toBe(credentialIdOf(next));
    await person.withdraw();
  });

  it("comes back after its end by a file", async () => {
    const person = await Person.create("fresh-file");
    const next = person.certificate(-5, long);
    const shared = await machine.folder.write("shared", await person.keyless(next));
    await machine.handOver(person, person.certificate(-60, long), "--from", shared);
    await machine.change({ certificate: person.certificate(-60, -1), askAfter: past });
    expect((await machine.whoami()).credentialId).toBe(credentialIdOf(next));
  });

  it("comes back after its end by a URL, whose server has to prove itself", async () => {
    const person = await Person.create("fresh-url");
    const next = person.certificate(-5, long);
    const authority = certificateAuthority("files");
    const { certificatePem: cert, keyPem: key } = servingCertificate(authority, { commonName: "files" }, ["127.0.0.1"]);
    const asked: (string | undefined)[] = [];
    const server = createHttpsServer({ cert, key }, ({ url }, response) => {
      asked.push(url);
      response.end(next);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/jane?token=secret-token`;
      await machine.handOver(person, person.certificate(-60, long), "--from", url);
      await machine.change({ certificate: person.certificate(-60, -1), askAfter: past });
      const untrusted = await machine.whoami();
      expect(untrusted).toMatchObject({ username: "" });
      expect(untrusted.stderr).toContain("/jane?…: ");
      expect(untrusted.stderr).not.toContain("secret-token");
      const trusting = { NODE_EXTRA_CA_CERTS: await machine.folder.write("files.pem", authority.certificatePem) };
      const { exitCode, stdout } = await machine.cliWith(trusting, "credential", await machine.credentialFile());
      expect(exitCode).toBe(0);
      expect(stdout).toContain(JSON.stringify(next));
      expect(asked).toEqual(["/jane?token=secret-token"]);
    } finally {
      server.close();
    }
  });

  it("does not wait for a file that never ends", async () => {
    const person = await Person.create("fresh-pipe");
    const pipe = machine.folder.file("pipe");
    expect(await command("mkfifo", [pipe])).toMatchObject({ exitCode: 0 });
    await machine.handOver(person, person.certificate(-60, long), "--from", pipe);
    await machine.change({ askAfter: past });
    const { exitCode } = await machine.cli("credential", await machine.credentialFile());
    expect(exitCode).toBe(0);
  });

  /** What a clock that is off by so many hours makes of a process. */
  const clockOff = async (hours: number): Promise<Readonly<Record<string, string>>> => {
    const off = `const now = Date.now; Date.now = () => now() + ${hours} * 3600000;`;
    return { NODE_OPTIONS: `--require ${await machine.folder.write("clock.cjs", off)}` };
  };

  it("goes by the cluster's clock when this machine's is 9 hours ahead", async () => {
    const person = await Person.create("fresh-ahead");
    const certificate = person.certificate(-60, 120);
    await machine.handOver(person, certificate);
    await machine.change({ renewAfter: past });
    const file = await machine.credentialFile();
    const { exitCode, stdout, stderr } = await machine.cliWith(await clockOff(9), "credential", file);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(JSON.stringify(certificate));
    expect(stderr).toContain("9 hours ahead of the cluster's");
  });

  it("says how far this machine's clock is behind when the cluster takes the certificate for ended", async () => {
    const person = await Person.create("fresh-behind");
    await machine.handOver(person, person.certificate(-60, long));
    await machine.change({ certificate: person.certificate(-120, -60), askAfter: past });
    const file = await machine.credentialFile();
    const { exitCode, stderr } = await machine.cliWith(await clockOff(-25), "credential", file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[certificate-expired]");
  });

  it.each([
    ["another key", async (): Promise<string> => (await Person.create("fresh-wrong")).certificate(-1, long)],
    [
      "another name",
      async (person: Person): Promise<string> => Promise.resolve(person.certificate(-1, long, { username: "eve" })),
    ],
    [
      "another authority",
      async (person: Person): Promise<string> => Promise.resolve(person.certificate(-1, long, { issuer: undefined })),
    ],
  ])("does not take a certificate of %s", async (_, other) => {
    const person = await Person.create("fresh-wrong");
    const first = person.certificate(-60, long);
    await person.publish(await other(person));
    await machine.handOver(person, first);
    await machine.change({ askAfter: past, renewAfter: past });
    const { credentialId, stderr } = await machine.whoami();
    expect(credentialId).toBe(credentialIdOf(first));
    expect(stderr).toMatch(/for another key|for the user "eve"|answered 401 to it/);
    await person.withdraw();
  });
});
