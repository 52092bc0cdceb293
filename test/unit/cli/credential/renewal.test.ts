import { createPrivateKey, createPublicKey } from "node:crypto";
import { renew } from "../../../../cli/credential/renewal";
import { type ClusterAnswer, type Sources, shownSource } from "../../../../cli/credential/sources";
import { type Credential, type StoredCredential } from "../../../../cli/credential/stored-credential";
import { readChain } from "../../../../components/core/x509/certificate-chain";
import { publicationPath } from "../../../../components/core/rbac/published-certificate";
import { formatTime } from "../../../../components/core/time";
import { userKubeconfig } from "../../../../components/core/kubeconfig/user-kubeconfig";
import { type CertificateContent, privateKey, requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 15, 12);
const hour = 3_600_000;
const day = 24 * hour;
const identity = { username: "jane", groups: ["developers"] };
const request = requestOf(identity);
const key = createPrivateKey(privateKey());
const publicKey = createPublicKey(key);
const cluster = { name: "prod", server: "https://prod.test" };
const path = publicationPath(publicKey, undefined);

const sign = (content: Partial<CertificateContent> = {}): string =>
  signCertificate({ ...identity, request, notBefore: now - hour, notAfter: now + 14 * day, ...content });

/** A certificate of 14 days that has been due for renewal for an hour. */
const old = sign({ notBefore: now - day - hour, notAfter: now + 13 * day - hour });
const newer = sign();

function credential(certificate = old, changes: Partial<StoredCredential> = {}): Credential {
  const chain = readChain(certificate);
  if (chain === undefined) {
    throw new Error("expected a certificate");
  }
  const stored = {
    cluster,
    path,
    sources: [],
    certificate: chain.pem,
    privateKey: privateKey(),
    renewAfter: formatTime(now - hour),
    askedAt: formatTime(now - day),
    askAfter: formatTime(now - hour),
    toldAt: undefined,
    ...changes,
  };
  return { stored, key, publicKey, chain };
}

const role = (certificate: string, renewAfter?: string): unknown => ({
  metadata: {
    annotations: {
      "kubernetes-user/certificate": certificate,
      ...(renewAfter === undefined ? {} : { "kubernetes-user/renew-after": renewAfter }),
    },
  },
});

interface World {
  /** What the cluster answers by path, to the stored certificate and to nobody. */
  readonly own?: Partial<ClusterAnswer> | Error;
  readonly anonymous?: Partial<ClusterAnswer>;
  /** Certificates that the cluster does not take. */
  readonly refused?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** By how much the cluster's clock is ahead. */
  readonly offset?: number;
  readonly asked?: string[];
  /** What it answers to who asks for its version. */
  readonly version?: number;
}

function sources({
  own = {},
  anonymous = {},
  refused = [],
  files = {},
  offset = 0,
  asked = [],
  version = 200,
}: World): Sources {
  return {
    now: () => now,
    askCluster: (asking, certificate) => {
      asked.push(`${asking} ${certificate === undefined ? "anonymous" : "certificate"}`);
      if (certificate !== undefined && own instanceof Error) {
        return Promise.reject(own);
      }
      const serverTime = now + offset;
      if (certificate !== undefined && refused.includes(certificate)) {
        return Promise.resolve({ status: 401, content: undefined, serverTime });
      }
      const known = own instanceof Error ? {} : own;
      const answer = asking === "/version" ? { status: version } : certificate === undefined ? anonymous : known;
      return Promise.resolve({ status: 403, content: undefined, serverTime, ...answer });
    },
    read: (source) => {
      asked.push(source);
      const text = files[source];
      return text === undefined ? Promise.reject(new Error("it is not there")) : Promise.resolve(text);
    },
  };
}

const { signal } = new AbortController();
const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );
const look = (one: Credential, world: World): ReturnType<typeof renew> => renew(one, sources(world), signal);

describe("renew, with a cluster that publishes", () => {
  it("takes the newer certificate, and asks again when the next one is due", async () => {
    const renewAfter = formatTime(now + day);
    const renewal = await look(credential(), { own: { status: 200, content: role(newer, renewAfter) } });
    expect(renewal).toMatchObject({
      kind: "renewed",
      warning: undefined,
      stored: { certificate: newer, renewAfter, askAfter: renewAfter, askedAt: formatTime(now) },
    });
  });

  it("is content with the same one, without a word, and looks again within the hour", async () => {
    const renewal = await look(credential(), { own: { status: 200, content: role(old) } });
    expect(renewal).toMatchObject({
      kind: "current",
      warning: undefined,
      stored: { certificate: old, askAfter: formatTime(now + hour) },
    });
  });

  it("learns from the same one when the next is due", async () => {
    const renewAfter = formatTime(now + 20 * hour);
    const renewal = await look(credential(), { own: { status: 200, content: role(old, renewAfter) } });
    expect(renewal).toMatchObject({ kind: "current", stored: { renewAfter, askAfter: renewAfter } });
  });

  it("looks again sooner, and says so, when little is left", async () => {
    const ending = sign({ notBefore: now - 9 * hour, notAfter: now + hour });
    const renewal = await look(credential(ending), { own: { status: 200, content: role(ending) } });
    expect(renewal.stored.askAfter).toBe(formatTime(now + hour / 20));
    expect(renewal.warning).toMatch(/ends .* there is no newer one/);
  });

  it("does not let whoever publishes put the next look off to the end", async () => {
    const renewal = await look(credential(), { own: { status: 200, content: role(newer, "9999-01-01T00:00:00Z") } });
    expect(renewal.stored.renewAfter).toBe(formatTime(now + 14 * day - (14 * day + hour) / 10));
  });

  it.each([
    ["another's key", sign({ request: requestOf(identity, "P384") }), /for another key/],
    ["another's name", sign({ username: "eve" }), /for the user "eve"/],
    ["a server", sign({ purposes: ["1.3.6.1.5.5.7.3.1"] }), /not for clients/],
    ["an authority", sign({ isAuthority: true }), /not for clients/],
    ["tomorrow", sign({ notBefore: now + hour }), /valid only from/],
    ["yesterday", sign({ notAfter: now - 1000 }), /expired/],
    ["an earlier time", sign({ notBefore: now - 2 * day, notAfter: now + 12 * day }), /older than this one/],
    ["nobody", "no certificate", /is not a PEM certificate/],
  ])("does not take a certificate for %s", async (_, published, why) => {
    const renewal = await look(credential(), { own: { status: 200, content: role(published) } });
    expect(renewal).toMatchObject({ kind: "current", stored: { certificate: old } });
    expect(renewal.answers).toEqual([expect.stringMatching(why)]);
  });

  it("does not take one that the cluster refuses, which would lock its owner out", async () => {
    const renewal = await look(credential(), { own: { status: 200, content: role(newer) }, refused: [newer] });
    expect(renewal).toMatchObject({ kind: "current", stored: { certificate: old } });
    expect(renewal.answers).toEqual([expect.stringContaining("the cluster answered 401 to it")]);
  });

  it.each([429, 500, 503])("does not take one that the cluster cannot judge, and answers %i to", async (status) => {
    const world = { own: { status: 200, content: role(newer) }, version: status };
    expect(await look(credential(), world)).toMatchObject({ kind: "current", stored: { certificate: old } });
  });

  it("takes one that began earlier and lasts longer, as after a lifetime that was short for a while", async () => {
    const longer = sign({ notBefore: now - 2 * day, notAfter: now + 14 * day });
    expect(await look(credential(), { own: { status: 200, content: role(longer) } })).toMatchObject({
      kind: "renewed",
    });
  });

  it("takes another group, which is the declaration's to say", async () => {
    const other = sign({ groups: ["oncall"] });
    const renewal = await look(credential(), { own: { status: 200, content: role(other) } });
    expect(renewal.kind).toBe("renewed");
  });
});

describe("renew, in trouble", () => {
  it("works on with the old one when it is published no more, and says so once in six hours", async () => {
    const first = await look(credential(), { own: { status: 403 } });
    expect(first).toMatchObject({ kind: "current", stored: { certificate: old, toldAt: formatTime(now) } });
    expect(first.warning).toContain("publishes no certificate for this key any more (403)");
    const lately = credential(old, { toldAt: formatTime(now - 5 * hour) });
    expect((await look(lately, { own: { status: 403 } })).warning).toBeUndefined();
    const longAgo = credential(old, { toldAt: formatTime(now - 7 * hour) });
    expect((await look(longAgo, { own: { status: 403 } })).warning).toBeDefined();
  });

  it("works on with the old one when the cluster is not reached", async () => {
    const renewal = await look(credential(), { own: new Error("it cannot be reached.") });
    expect(renewal).toMatchObject({ kind: "current", answers: ["https://prod.test: it cannot be reached"] });
  });

  it("asks without a certificate when the cluster refuses the old one", async () => {
    const ended = sign({ notBefore: now - 15 * day, notAfter: now - day });
    const asked: string[] = [];
    const world = { refused: [ended], anonymous: { status: 200, content: role(newer) }, asked };
    expect(await look(credential(ended), world)).toMatchObject({ kind: "renewed", stored: { certificate: newer } });
    expect(asked).toEqual([`${path} certificate`, `${path} anonymous`, "/version certificate"]);
  });

  it.each([
    ["PEM", newer],
    ["a Role", JSON.stringify(role(newer))],
    [
      "a kubeconfig",
      userKubeconfig({ cluster, username: "jane", certificate: newer, privateKey: undefined, namespace: undefined }),
    ],
  ])("takes it from another source as %s", async (_, text) => {
    const ended = sign({ notBefore: now - 15 * day, notAfter: now - day });
    const one = credential(ended, { sources: ["https://files.test/jane", "/mnt/jane"] });
    const renewal = await look(one, { refused: [ended], files: { "/mnt/jane": text } });
    expect(renewal).toMatchObject({ kind: "renewed", stored: { certificate: newer } });
    expect(renewal.answers).toEqual([
      "https://prod.test: it answered 401, and without a certificate it answered 403",
      "https://files.test/jane: it is not there",
      "/mnt/jane: it has a newer certificate",
    ]);
  });

  it("says when it ended, what each source answered, and what to ask for", async () => {
    const ended = sign({ notBefore: now - 15 * day, notAfter: now - day });
    const one = credential(ended, { sources: ["/mnt/jane"] });
    const error = await failureOf(look(one, { refused: [ended] }));
    expect(error).toMatchObject({ code: "certificate-expired" });
    expect(String(error)).toContain(`"jane" for https://prod.test ended ${formatTime(now - day)}`);
    expect(String(error)).toContain("/mnt/jane: it is not there");
    expect(String(error)).toContain("kubernetes-user kubeconfig FILE --key KEY --renew");
    expect(String(error)).not.toContain("PRIVATE KEY");
  });

  it("stops when it is interrupted", async () => {
    const interrupted = AbortSignal.abort(new Error("interrupted"));
    await expect(renew(credential(), sources({}), interrupted)).rejects.toThrow("interrupted");
  });
});

describe("renew, when the cluster is in trouble", () => {
  it.each([429, 502, 503])("goes by the clock when the answer is %i", async (status) => {
    const ended = sign({ notBefore: now - 15 * day, notAfter: now - day });
    expect(await failureOf(look(credential(ended), { own: { status } }))).toMatchObject({
      code: "certificate-expired",
    });
    expect(await look(credential(), { own: { status } })).toMatchObject({ kind: "current" });
  });

  it("takes no clock from who is not the cluster", async () => {
    const offset = -50 * 365 * day;
    const renewal = await look(credential(), { own: { status: 503 }, offset });
    expect(Date.parse(renewal.stored.askAfter)).toBeLessThanOrEqual(now + hour);
  });

  it("looks again within a day, whatever a clock or whoever publishes says", async () => {
    const offset = -50 * 365 * day;
    const renewal = await look(credential(), { own: { status: 200, content: role(old) }, offset });
    expect(Date.parse(renewal.stored.askAfter)).toBeLessThanOrEqual(now + day);
  });

  it("does not wait for a source that never answers", async () => {
    const ended = sign({ notBefore: now - 15 * day, notAfter: now - day });
    const world = { ...sources({ refused: [ended] }), read: () => new Promise<string>(() => undefined) };
    const stop = new AbortController();
    const looking = failureOf(renew(credential(ended, { sources: ["/mnt/away"] }), world, stop.signal));
    stop.abort(new Error("enough"));
    expect(await looking).toMatchObject({ message: "enough" });
  });
});

describe("renew, with a clock that is wrong", () => {
  it("trusts the cluster when the clock is 9 hours ahead", async () => {
    const short = sign({ notBefore: now - 11 * hour, notAfter: now - hour });
    const offset = -9 * hour;
    const renewal = await look(credential(short), { own: { status: 200, content: role(short) }, offset });
    expect(renewal).toMatchObject({ kind: "current", stored: { certificate: short } });
    // By this machine's clock.
    expect(Date.parse(renewal.stored.askAfter)).toBeGreaterThan(now);
    const due = credential(short, { renewAfter: formatTime(now - 10 * hour) });
    const again = await look(due, { own: { status: 403 }, offset });
    expect(again.warning).toContain("9 hours ahead of the cluster's");
  });

  it("trusts the cluster when the clock is 25 hours behind", async () => {
    const short = sign({ notBefore: now - hour, notAfter: now + 9 * hour });
    const error = await failureOf(look(credential(short), { refused: [short], offset: 25 * hour }));
    expect(error).toMatchObject({ code: "certificate-expired" });
    expect(String(error)).toContain(`ended ${formatTime(now + 9 * hour)}`);
    expect(String(error)).toContain("25 hours behind the cluster's");
  });

  it("goes by the clock when there is nobody to ask", async () => {
    const ended = sign({ notBefore: now - 2 * day, notAfter: now });
    expect(await failureOf(look(credential(ended), { own: new Error("unreachable") }))).toMatchObject({
      code: "certificate-expired",
    });
  });

  it("schedules the next look by this machine's clock", async () => {
    const renewAfter = formatTime(now + 2 * day);
    const world = { own: { status: 200, content: role(newer, renewAfter) }, offset: 25 * hour };
    expect((await look(credential(), world)).stored.askAfter).toBe(formatTime(now + 2 * day - 25 * hour));
  });
});

describe("shownSource", () => {
  it.each([
    ["https://files.test/jane?token=secret#more", "https://files.test/jane?…"],
    ["https://files.test/jane", "https://files.test/jane"],
    ["/mnt/jane", "/mnt/jane"],
  ])("shows %s as %s", (source, expected) => {
    expect(shownSource(source)).toBe(expected);
  });
});
