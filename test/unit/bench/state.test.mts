import { sharesOf } from "../../../bench/parts/state.mts";

const resources = [
  { urn: "urn:1", type: "pulumi:pulumi:Stack" },
  { urn: "urn:2", type: "tls:index/privateKey:PrivateKey", outputs: { key: "é".repeat(50), list: [1, [2]] } },
  { urn: "urn:3", type: "tls:index/privateKey:PrivateKey", outputs: { key: "" } },
];
/** As the engine writes it. */
const file = JSON.stringify({ version: 3, checkpoint: { stack: "s", latest: { resources } } }, undefined, 4);

describe("sharesOf", () => {
  it("counts the resources of each type, largest first", () => {
    expect(sharesOf(file).map(({ type, count }) => [type, count])).toEqual([
      ["tls:index/privateKey:PrivateKey", 2],
      ["pulumi:pulumi:Stack", 1],
    ]);
  });

  it("takes the bytes as they lie in the file", () => {
    const empty = JSON.stringify({ version: 3, checkpoint: { stack: "s", latest: { resources: [] } } }, undefined, 4);
    const sum = sharesOf(file).reduce((bytes, share) => bytes + share.bytes, 0);
    // The line break after the bracket, the indentation of the closing one, and no comma after the last resource.
    expect(sum).toBe(Buffer.byteLength(file) - Buffer.byteLength(empty) - 1 - 12 + 2 - 1);
  });
});
