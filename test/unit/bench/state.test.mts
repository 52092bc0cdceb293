import { sharesOf } from "../../../bench/parts/state.mts";

const resources = [
  { urn: "urn:1", type: "pulumi:pulumi:Stack" },
  { urn: "urn:2", type: "tls:index/privateKey:PrivateKey", outputs: { key: "é".repeat(50), list: [1, [2]] } },
  { urn: "urn:3", type: "tls:index/privateKey:PrivateKey", outputs: { key: "" } },
];
/** As the engine writes it. */
const fileOf = (content: readonly object[]): string =>
  JSON.stringify({ version: 3, checkpoint: { stack: "s", latest: { resources: content } } });

describe("sharesOf", () => {
  it("counts the resources of each type, largest first", () => {
    expect(sharesOf(fileOf(resources)).map(({ type, count }) => [type, count])).toEqual([
      ["tls:index/privateKey:PrivateKey", 2],
      ["pulumi:pulumi:Stack", 1],
    ]);
  });

  it("takes the bytes as they are in the file", () => {
    const sum = sharesOf(fileOf(resources)).reduce((bytes, share) => bytes + share.bytes, 0);
    // The last resource has no comma after it.
    expect(sum - 1).toBe(Buffer.byteLength(fileOf(resources)) - Buffer.byteLength(fileOf([])));
  });
});
