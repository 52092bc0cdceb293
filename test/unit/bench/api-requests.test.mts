import { difference, readCounts } from "../../../bench/cluster/api-requests.mts";

function metric(labels: Readonly<Record<string, string>>, count: number): string {
  const text = Object.entries({ code: "200", component: "apiserver", ...labels }).map(
    ([name, value]) => `${name}="${value}"`,
  );
  return `apiserver_request_total{${text.join(",")}} ${count}`;
}

const requests = { resource: "certificatesigningrequests", version: "v1" };

describe("readCounts", () => {
  it("adds up what was answered with different codes", () => {
    const counts = readCounts(
      [
        "# TYPE apiserver_request_total counter",
        metric({ ...requests, subresource: "", verb: "POST" }, 3),
        metric({ ...requests, subresource: "", verb: "POST", code: "409" }, 1),
        metric({ ...requests, subresource: "approval", verb: "PUT" }, 2),
      ].join("\n"),
    );
    expect(Object.fromEntries(counts)).toEqual({
      "POST certificatesigningrequests": 4,
      "PUT certificatesigningrequests/approval": 2,
    });
  });

  it("leaves out the signer's updates, what controllers ask for, and other metrics", () => {
    const counts = readCounts(
      [
        metric({ ...requests, subresource: "status", verb: "PUT" }, 5),
        metric({ resource: "leases", subresource: "", verb: "PUT" }, 5),
        metric({ resource: "namespaces", subresource: "", verb: "WATCH" }, 5),
        `apiserver_request_duration_seconds_count{resource="roles",subresource="",verb="GET"} 5`,
      ].join("\n"),
    );
    expect([...counts]).toEqual([]);
  });
});

describe("difference", () => {
  it("has what came since, and nothing that did not", () => {
    const before = new Map([
      ["GET roles", 2],
      ["LIST roles", 7],
    ]);
    const after = new Map([
      ["GET roles", 5],
      ["LIST roles", 7],
      ["APPLY roles", 1],
    ]);
    expect([...difference(before, after)]).toEqual([
      ["GET roles", 3],
      ["APPLY roles", 1],
    ]);
  });
});
