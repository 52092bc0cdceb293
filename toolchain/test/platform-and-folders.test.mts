import { cacheFolder } from "../cache.mts";
import { currentPlatform, platformName } from "../parts/part.mts";
import { parseSources } from "../sources/context.mts";

describe("the platform", () => {
  test("has the names that releases use", () => {
    expect(platformName(currentPlatform("linux", "x64"))).toBe("linux-amd64");
    expect(platformName(currentPlatform("darwin", "arm64"))).toBe("darwin-arm64");
  });

  test("is refused where nothing is published", () => {
    expect(() => currentPlatform("win32", "x64")).toThrow(
      "operating system: expected linux or darwin (macOS), got win32",
    );
    expect(() => currentPlatform("linux", "riscv64")).toThrow("processor: expected x64 or arm64, got riscv64");
  });
});

describe("the cache folder", () => {
  test("is the chosen one, else that of the system", () => {
    const home = { HOME: "/home/ada" };
    expect(cacheFolder({ ...home, KUBERNETES_USER_CACHE: "/chosen", XDG_CACHE_HOME: "/xdg" }, "linux")).toBe("/chosen");
    expect(cacheFolder({ ...home, XDG_CACHE_HOME: "/xdg" }, "linux")).toBe("/xdg/kubernetes-user");
    expect(cacheFolder(home, "linux")).toBe("/home/ada/.cache/kubernetes-user");
    expect(cacheFolder(home, "darwin")).toBe("/home/ada/Library/Caches/kubernetes-user");
  });

  test("is not a relative XDG_CACHE_HOME", () => {
    expect(cacheFolder({ HOME: "/home/ada", XDG_CACHE_HOME: "xdg" }, "linux")).toBe("/home/ada/.cache/kubernetes-user");
  });
});

describe("KUBERNETES_USER_TOOLCHAIN_SOURCES", () => {
  test("names the sources to use, all by default", () => {
    expect([...parseSources("archives, build")]).toEqual(["archives", "build"]);
    expect([...parseSources(undefined)]).toEqual(["archives", "releases", "build"]);
  });

  test("is refused with an unknown word", () => {
    expect(() => parseSources("archives,mirror")).toThrow('got "mirror"');
  });
});
