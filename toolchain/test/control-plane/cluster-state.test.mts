import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ClusterRecord, clusterState, removeCluster, writeCluster } from "../../control-plane/clusters.mts";
import { identifyProcess, type NamedProcess } from "../../control-plane/process-identity.mts";

describe("what is known of a cluster", () => {
  const cache = mkdtempSync(join(tmpdir(), "cluster-state-test-"));
  const before = process.env["KUBERNETES_USER_CACHE"];
  const own = identifyProcess(process.pid);
  const running: NamedProcess = { name: "kube-controller-manager", pid: process.pid, startTime: own?.startTime ?? "" };
  const ended: NamedProcess = { ...running, name: "etcd", startTime: "long ago" };
  const started = (...processes: NamedProcess[]): ClusterRecord => ({
    folder: "/f",
    server: "https://127.0.0.1:1",
    kubeconfig: "/f/kubeconfig",
    since: "2026-01-01T00:00:00Z",
    processes,
  });

  beforeAll(() => {
    process.env["KUBERNETES_USER_CACHE"] = cache;
  });
  afterEach(() => {
    removeCluster("one");
  });
  afterAll(() => {
    if (before === undefined) delete process.env["KUBERNETES_USER_CACHE"];
    else process.env["KUBERNETES_USER_CACHE"] = before;
    rmSync(cache, { recursive: true });
  });

  it("is nothing before it is started, nor after it was removed", () => {
    expect(clusterState("one")).toEqual({ state: "absent" });
    writeCluster("one", started(running));
    removeCluster("one");
    removeCluster("one");
    expect(clusterState("one")).toEqual({ state: "absent" });
  });

  it("is running while all its processes run, and broken otherwise", () => {
    writeCluster("one", started(running));
    expect(clusterState("one")).toEqual({ state: "running", cluster: started(running) });
    expect(statSync(join(cache, "clusters", "one.json")).mode & 0o777).toBe(0o600);
    writeCluster("one", started(running, ended, { ...ended, name: "kube-apiserver" }));
    expect(clusterState("one")).toMatchObject({ state: "broken", reason: "etcd, kube-apiserver have ended" });
  });

  it.each(["{", "[]", "null", '{"folder":"/f"}', '{"phase":"starting","starter":{"pid":1}}'])(
    "is broken when the record reads %s",
    (text) => {
      const path = join(cache, "clusters", "one.json");
      mkdirSync(join(cache, "clusters"), { recursive: true });
      writeFileSync(path, text);
      expect(clusterState("one")).toMatchObject({ state: "broken", reason: "its record is unreadable" });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );
});
