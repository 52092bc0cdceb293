import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { resolveKubeconfig } from "../../../components/cluster/admin-kubeconfig";
import { errorOf, everythingOf, expectError } from "../support/errors";
import { secretWord } from "../support/secrets";

/** A kubeconfig whose entries are called `name`. */
function kubeconfig(name: string, more = ""): string {
  return `clusters: [{name: ${name}, cluster: {server: "https://${name}.test"}}]
users: [{name: ${name}, user: {token: ${secretWord}${more}}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]
current-context: ${name}
`;
}

describe("resolveKubeconfig", () => {
  let folder: string;
  const before = process.env["KUBECONFIG"];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-admin-"));
    write("a", kubeconfig("a"));
    write("b", kubeconfig("b"));
    write("empty", "");
    write("comment", "# nothing\n");
    mkdirSync(join(folder, "folder"));
    symlinkSync("loop", join(folder, "loop"));
  });

  afterEach(() => {
    if (before === undefined) {
      delete process.env["KUBECONFIG"];
    } else {
      process.env["KUBECONFIG"] = before;
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The context in use with KUBECONFIG of these files. */
  function contextOf(...names: readonly string[]): string {
    process.env["KUBECONFIG"] = names.map((name) => (name === "" ? "" : join(folder, name))).join(":");
    return resolveKubeconfig({ kubeconfig: undefined, context: undefined }).context;
  }

  it("checks what it has read before only once, and sees what has changed", () => {
    const read = (): unknown => resolveKubeconfig({ kubeconfig: path, context: undefined });
    const path = write("changing", kubeconfig("before"));
    const before = read();
    expect(read()).toBe(before);
    write("changing", kubeconfig("after"));
    expect(read()).toMatchObject({ context: "after" });
    write("changing", "{");
    expectError(errorOf(read), "kubeconfig-unreadable");
    write("changing", kubeconfig("before"));
    expect(read()).toBe(before);
  });

  it("keeps contexts of one kubeconfig apart, and folders that relative paths are taken from", () => {
    const content = kubeconfig("a").replace("contexts: [", "contexts: [{name: b, context: {cluster: a, user: a}}, ");
    const path = write("contexts", content);
    const contextsOf = ["a", "b", "a"].map((context) => resolveKubeconfig({ kubeconfig: path, context }).context);
    expect(contextsOf).toEqual(["a", "b", "a"]);
    const elsewhere = ["x", "y"].map((name) => {
      mkdirSync(join(folder, name));
      const plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}";
      const content = kubeconfig("a").replace(`token: ${secretWord}`, plugin);
      const path = write(join(name, "config"), content);
      return resolveKubeconfig({ kubeconfig: path, context: undefined }).kubeconfig;
    });
    expect(elsewhere[0]).toContain(join(folder, "x", "plugin"));
    expect(elsewhere[1]).toContain(join(folder, "y", "plugin"));
  });

  it("reads files that a kubeconfig names each time", () => {
    const authority = write("authority", certificateAuthority("one").certificatePem);
    const content = kubeconfig("a").replace('.test"', `.test", certificate-authority: ${authority}`);
    const path = write("naming", content);
    const read = (): unknown => resolveKubeconfig({ kubeconfig: path, context: undefined }).cluster;
    const before = read();
    write("authority", certificateAuthority("two").certificatePem);
    expect(read()).not.toEqual(before);
  });

  it("takes what has several lines, or is JSON, for the kubeconfig itself, with paths from where the program is", () => {
    const plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}";
    const text = kubeconfig("text").replace(`token: ${secretWord}`, plugin);
    const found = resolveKubeconfig({ kubeconfig: text, context: undefined });
    expect([found.context, found.kubeconfig]).toEqual(["text", expect.stringContaining(join(process.cwd(), "plugin"))]);
    const entry = (name: string, value: object): string => JSON.stringify([{ name: "json", [name]: value }]);
    const clusters = entry("cluster", { server: "https://json.test" });
    const contexts = entry("context", { cluster: "json", user: "json" });
    const users = entry("user", { token: secretWord });
    const json = ` {"clusters":${clusters},"users":${users},"contexts":${contexts},"current-context":"json"}`;
    expect(resolveKubeconfig({ kubeconfig: json, context: undefined }).context).toBe("json");
    const error = errorOf(() => resolveKubeconfig({ kubeconfig: "\n:", context: undefined, owner: "jane" }));
    expectError(error, "kubeconfig-unreadable", "jane: kubeconfig");
  });

  it("finds the home folder's kubeconfig, and takes a ~ for that folder at a path's beginning only", () => {
    const home = jest.spyOn(os, "homedir").mockReturnValue(folder);
    mkdirSync(join(folder, ".kube"));
    write(".kube/config", kubeconfig("home"));
    const contextIn = (kubeconfig: string | undefined): string =>
      resolveKubeconfig({ kubeconfig, context: undefined }).context;
    process.env["KUBECONFIG"] = "";
    expect(contextIn(undefined)).toBe("home");
    expect(contextIn("~/.kube/config")).toBe("home");
    expect(errorOf(() => contextIn("~")).message).toContain(`${folder} cannot be read (EISDIR)`);
    expect(errorOf(() => contextIn(`${folder}/~/a`)).message).toContain(`${folder}/~/a cannot be read (ENOENT)`);
    expect(errorOf(() => contextIn("~a")).message).toContain("/~a cannot be read (ENOENT)");
    home.mockRestore();
  });

  it.each([
    [["a", "b"], "a"],
    [["b", "a"], "b"],
    [["gone", "b"], "b"],
    [["empty", "b"], "b"],
    [["comment", "b"], "b"],
    [["", "", "b", ""], "b"],
    [["b", "b"], "b"],
  ])("finds what kubectl finds with KUBECONFIG of %j", (names, expected) => {
    expect(contextOf(...names)).toBe(expected);
  });

  it.each([
    ["there is no kubeconfig at", ["gone", "lost"]],
    ["there is no kubeconfig at KUBECONFIG (::)", ["", "", ""]],
    ["cannot be read (EISDIR)", ["folder", "a"]],
    ["cannot be read (ELOOP)", ["a", "loop"]],
    ["cannot be read (ENOTDIR)", ["a/config", "a"]],
    ["expected a kubeconfig with clusters, users and contexts, found none", ["empty"]],
    ["expected a kubeconfig with clusters, users and contexts, found none", ["comment", "empty"]],
  ])("says that %s", (words, names) => {
    expectError(
      errorOf(() => contextOf(...names)),
      "kubeconfig-unreadable",
      words,
    );
  });

  it("names the one file of several that is broken, and shows nothing of it", () => {
    write("broken", `a: [${secretWord}`);
    const error = errorOf(() => contextOf("a", "broken"));
    expectError(error, "kubeconfig-unreadable", `${join(folder, "broken")}: line 1 is not YAML`);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("reads a file once, so that it may be a pipe", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", `cat "${join(folder, "b")}" > "${pipe}"`], { stdio: "ignore" });
    expect(contextOf("pipe")).toBe("b");
    writer.unref();
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ["UTF-16 LE, as Windows PowerShell writes it", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 BE", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
  ])("reads %s", (_, encode) => {
    const path = write("encoded", encode(kubeconfig("a").replaceAll("\n", "\r\n")));
    expect(resolveKubeconfig({ kubeconfig: path, context: undefined }).cluster.server).toBe("https://a.test");
  });

  it("refuses a file that is no text, by its path", () => {
    const path = write("latin", Buffer.from(kubeconfig("größe"), "latin1"));
    const error = errorOf(() => resolveKubeconfig({ kubeconfig: path, context: undefined, owner: "jane" }));
    expectError(error, "kubeconfig-unreadable", `jane: the kubeconfig ${path} is neither UTF-8 nor UTF-16`);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("refuses a path where no file is", () => {
    const path = join(folder, "gone");
    expectError(
      errorOf(() => resolveKubeconfig({ kubeconfig: path, context: undefined })),
      "kubeconfig-unreadable",
      `${path} cannot be read (ENOENT)`,
    );
  });

  it.each(["gone", "folder", "loop"])("refuses a user whose token file is none: %s", (name) => {
    const path = write("token-file", kubeconfig("a", `, tokenFile: ${name}`));
    expectError(
      errorOf(() => resolveKubeconfig({ kubeconfig: path, context: undefined })),
      "kubeconfig-unreadable",
      'user "a": its tokenFile cannot be read',
    );
  });

  it("only looks at the files of a user, and does not read them", () => {
    execFileSync("mkfifo", [join(folder, "token")]);
    const path = write("token-pipe", kubeconfig("a", ", tokenFile: token"));
    expect(resolveKubeconfig({ kubeconfig: path, context: undefined }).context).toBe("a");
  });
});
