import { stateFolder } from "../../../../cli/credential/state-folder";

describe("stateFolder", () => {
  it.each([
    ["linux", {}, "/home/jane/.local/state/kubernetes-user"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/state/kubernetes-user"],
    ["linux", { XDG_STATE_HOME: "relative" }, "/home/jane/.local/state/kubernetes-user"],
    ["linux", { XDG_STATE_HOME: "" }, "/home/jane/.local/state/kubernetes-user"],
    ["darwin", { XDG_STATE_HOME: "/state" }, "/home/jane/Library/Application Support/kubernetes-user"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/kubernetes-user"],
    ["win32", {}, "/home/jane/AppData/Local/kubernetes-user"],
  ] as const)("on %s with %j it is %s", (platform, environment, expected) => {
    expect(stateFolder({ platform, home: "/home/jane", environment })).toBe(expected);
  });
});
