import { decodeKubeconfig } from "../../../../components/core/kubeconfig/kubeconfig-bytes";

const text = "name: größe-日本-😀\n";
const utf16 = (content: string): Buffer => Buffer.from(content, "utf16le");

describe("decodeKubeconfig", () => {
  it.each<[string, Uint8Array, string]>([
    ["UTF-8", Buffer.from(text), text],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`), `\ufeff${text}`],
    ["UTF-16 LE with a byte order mark", utf16(`\ufeff${text}`), `\ufeff${text}`],
    ["UTF-16 BE with a byte order mark", utf16(`\ufeff${text}`).swap16(), `\ufeff${text}`],
    ["nothing", Buffer.alloc(0), ""],
  ])("reads %s", (_, bytes, expected) => {
    expect(decodeKubeconfig(bytes)).toBe(expected);
  });

  it.each<[string, Uint8Array]>([
    ["Latin-1", Buffer.from("größe", "latin1")],
    ["an overlong encoding", Buffer.from([0xc0, 0xaf])],
    ["the first half of a byte order mark", Buffer.from([0xff, 0x61])],
    ["the first half of the other one", Buffer.from([0xfe, 0x61])],
    ["the second half of a byte order mark", Buffer.from([0x61, 0xfe])],
    ["the second half of the other one", Buffer.from([0x61, 0xff])],
    ["half of a surrogate pair", Buffer.from([0xed, 0xa0, 0x80])],
    ["half of a surrogate pair in UTF-16", utf16("\ufeffa\ud800b")],
    ["UTF-16 that ends within a character", utf16(`\ufeff${text}`).subarray(0, -1)],
  ])("refuses %s", (_, bytes) => {
    expect(decodeKubeconfig(bytes)).toBeUndefined();
  });
});
