import { programsIn } from "../../../bench/scene/scene.mts";

describe("programsIn", () => {
  it("names the toolchain's programs with their versions, and says which are stubs", () => {
    const lines = [
      "etcd 3.6.8: from the cache (unpacked from etcd-v3.6.8-linux-amd64.tar.xz)",
      "pulumi-resource-tls 5.6.1: using this project's stub (the official plugin could not be had)",
      "started etcd (process 4711)",
    ];
    expect(programsIn(lines)).toEqual(["etcd 3.6.8", "pulumi-resource-tls 5.6.1 (stub)"]);
  });
});
