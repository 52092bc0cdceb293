import { shownSource } from "../../../../cli/credential/sources";
import { formatTime } from "../../../../components/core/time";
import { requestOf } from "../../support/test-authority";
import { credential, day, hour, identity, look, newer, now, old, role, sign } from "../../support/renewals";

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

describe("shownSource", () => {
  it.each([
    ["https://files.test/jane?token=secret#more", "https://files.test/jane?…"],
    ["https://files.test/jane", "https://files.test/jane"],
    ["/mnt/jane", "/mnt/jane"],
  ])("shows %s as %s", (source, expected) => {
    expect(shownSource(source)).toBe(expected);
  });
});
