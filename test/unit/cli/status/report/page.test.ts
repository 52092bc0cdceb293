import fc from "fast-check";
import { hasHiddenCharacters } from "../../../../../components/core/text/hidden-characters";
import { askedCluster, pageTime, pageWith, rowsOf, textOf } from "../../../support/report-pages";
import { type ExportedUser, crowd, hostileName, inHours, team } from "../../../support/report-stacks";
import { hostileNames } from "../../../support/hostile-names";
import { binding, role } from "../../../support/rbac-objects";
import { secretWord } from "../../../support/secrets";

const hours = [-12, 4, 12] as const;

/** The elements of a page in order, with the names of their attributes. */
function skeletonOf(page: string): string {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, "")).join("");
}

/** One user of whom everything is called so. */
function called(name: string): ExportedUser {
  return {
    username: name,
    groups: [name],
    cluster: `https://${name}`,
    hours,
    access: [
      { namespaces: [name], rules: [{ apiGroups: [name], resources: [name], resourceNames: [name], verbs: [name] }] },
      { namespaces: [name], role: name },
      { clusterWide: true, clusterRole: name },
      { clusterWide: true, rules: [{ nonResourceURLs: [name], verbs: [name] }] },
    ],
    outputs: {
      csrName: name,
      serialNumber: name,
      credentialId: name,
      openRequest: { phase: "denied", csrName: name },
      replaced: [
        { username: name, groups: [name], serialNumber: name, credentialId: name, notAfter: inHours(5, pageTime) },
      ],
    },
  };
}

describe("a page", () => {
  it("has no script, loads nothing, and says so to the browser", () => {
    const page = pageWith([...team(pageTime), ...crowd(20)]);
    expect(page).toMatch(
      /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8" \/>\n<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'">/,
    );
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|base|form|audio|video|foreignObject)\b/i);
    expect(page).not.toMatch(/<[^>]*\s(?:on\w+|style|src|srcset|action|background)\s*=/i);
    expect(
      [...page.matchAll(/<[^>]*\shref="([^"]*)"/g)].filter(([, target]) => target?.startsWith("#") !== true),
    ).toEqual([]);
    expect(page).not.toMatch(/url\((?!#hatch\))|@import/);
  });

  it("has each id once, and no link without its target", () => {
    const objects = [
      role("ClusterRole", "view", undefined, [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]),
      binding({ namespace: "shop", role: "ClusterRole/view", subject: "User/bob" }),
    ];
    const page = pageWith(team(pageTime), { asked: askedCluster(objects) });
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/(?:href="#|url\(#|labelledby=")([\w-]+)/g)].map(([, id]) => id);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(targets).toContain("c0r0");
  });

  it.each([...hostileNames, hostileName])("is the same page whatever names there are: %j", (name) => {
    const page = pageWith([called(name)]);
    expect(skeletonOf(page)).toBe(skeletonOf(pageWith([called("jane")])));
    expect(hasHiddenCharacters(page.replaceAll("\n", ""))).toBe(false);
    expect(page).not.toMatch(/^ *(?:::|##)/m);
  });

  it("is the same page whatever text there is", () => {
    const plain = skeletonOf(pageWith([called("jane")]));
    const text = fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "`", "/", "!", "-", "b", "\u202e", "\n"),
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, (name) => {
        expect(skeletonOf(pageWith([called(name)]))).toBe(plain);
      }),
      { numRuns: 50 },
    );
  });

  it("shows names as they are, and what hides in them as the table does", () => {
    const [row] = rowsOf(pageWith([{ username: "a<b>\u202e&amp;", groups: ["g\u0007"], hours }]), "lifetimes");
    expect(row?.[0]).toBe(String.raw`a<b>\u{202e}&amp; in g\u{7}`);
  });

  it("tells two names apart that are too long for a page", () => {
    const [one, other] = ["1", "2"].map(
      (end) => rowsOf(pageWith([{ username: "x".repeat(5000) + end, hours }]), "lifetimes")[0]?.[0],
    );
    expect(one).toMatch(/^x{256} … \(5001 characters, sha256:[0-9a-f]{16}\)$/);
    expect(other).not.toBe(one);
    expect(rowsOf(pageWith([{ username: "x".repeat(256), hours }]), "lifetimes")[0]?.[0]).toBe("x".repeat(256));
  });

  it("shows no secret, not even of a state that was exported with them", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: `"${secretWord}"`,
    };
    const users: ExportedUser[] = [
      { username: secret, groups: secret, cluster: secret, hours, access: secret },
      {
        username: "jane",
        hours,
        cluster: `https://admin:${secretWord}@prod.test`,
        access: [{ namespaces: secret, rules: secret }, { namespaces: [secret], rules: [{ verbs: [secret] }] }, secret],
        outputs: {
          kubeconfig: secret,
          privateKey: secretWord,
          certificate: secretWord,
          rotation: secretWord,
          openRequest: { phase: "pending", csrName: "x", command: secretWord },
        },
      },
    ];
    const page = pageWith(users);
    expect(page).not.toContain(secretWord);
    expect(page).toContain("name not known");
    expect(page).toContain("kept as a secret");
    expect(page).toContain("https://prod.test");
  });

  it("says that its tags are not all ways to more access", () => {
    const page = textOf(pageWith(team(pageTime)));
    expect(page).toContain("\nstarts Pods\n");
    expect(page).toMatch(/How to read this page[^]*The tags are not all: rights without one may lead to more access/);
  });

  it("of nobody says so, and where to look", () => {
    const page = pageWith([]);
    expect(page).toMatch(/<title>Kubernetes users: No users<\/title>/);
    expect(textOf(page)).toContain("The state declares no KubernetesUser.");
    expect(page).not.toContain("<table");
    expect(textOf(pageWith([], { stacks: 0, asked: askedCluster([]) }))).toContain("(--stack FILE)");
  });

  it("of thousands is made in seconds, and grows with their number only", () => {
    const began = performance.now();
    const page = pageWith(crowd(5000));
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(rowsOf(page, "lifetimes")).toHaveLength(5000);
    expect(page.length).toBeLessThan(5000 * 4000);
  });

  it("of clusters has a section for each, and links to them", () => {
    const page = textOf(pageWith(team(pageTime)));
    expect(page).toContain("\nhttps://prod.example.com:6443\n10 users\nhttps://test.example.com:6443\n4 users\n");
    expect(pageWith(team(pageTime).slice(0, 3))).not.toContain("<nav");
  });
});
