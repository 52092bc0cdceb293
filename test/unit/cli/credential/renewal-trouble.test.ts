import { renew } from "../../../../cli/credential/renewal";
import { formatTime } from "../../../../components/core/time";
import { userKubeconfig } from "../../../../components/core/kubeconfig/user-kubeconfig";
import {
  cluster,
  credential,
  day,
  hour,
  look,
  newer,
  now,
  old,
  path,
  role,
  sign,
  sources,
} from "../../support/renewals";

const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

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
