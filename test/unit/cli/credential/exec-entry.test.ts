import { credentialFileOf, execEntry } from "../../../../cli/credential/exec-entry";

const entry = execEntry("kubernetes-user", "/state/jane.json");
const exec = entry["exec"] as Readonly<Record<string, unknown>>;

describe("execEntry", () => {
  it("never asks for a terminal, and says how to get the command", () => {
    expect(exec).toMatchObject({ interactiveMode: "Never", provideClusterInfo: true, command: "kubernetes-user" });
    expect(String(exec["installHint"])).toContain("npm install --global kubernetes-user");
  });
});

describe("credentialFileOf", () => {
  it("finds the file of an entry of ours", () => {
    expect(credentialFileOf(entry)).toBe("/state/jane.json");
    expect(credentialFileOf({ exec: { ...exec, env: null, command: "/opt/kubernetes-user" } })).toBe(
      "/state/jane.json",
    );
  });

  it.each([
    ["other arguments", { exec: { ...exec, args: ["credential", "/state/jane.json", "--more"] } }],
    ["another command's word", { exec: { ...exec, args: ["token", "/state/jane.json"] } }],
    ["a relative path", { exec: { ...exec, args: ["credential", "jane.json"] } }],
    ["no arguments", { exec: { ...exec, args: null } }],
    ["an environment", { exec: { ...exec, env: [{ name: "PATH", value: "/evil" }] } }],
    ["a certificate beside it, which kubectl would use", { ...entry, "client-certificate-data": "AAAA" }],
    ["no command", { token: "secret" }],
    ["null", { exec: null }],
  ])("finds none in an entry with %s", (_, value) => {
    expect(credentialFileOf(value)).toBeUndefined();
  });
});
