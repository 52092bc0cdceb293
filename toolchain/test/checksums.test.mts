import { findSum } from "../downloads.mts";

const sum = "0123456789abcdef".repeat(4);
const other = "f".repeat(64);

describe("published sums", () => {
  test.each([
    ["a list", `${other}  b.tar.gz\n${sum}  a.tar.gz\n`],
    ["a list of binary files", `${sum} *a.tar.gz`],
    ["a list with folders", `${sum}  ./a.tar.gz`],
    ["capitals", `${sum.toUpperCase()}  a.tar.gz`],
    ["a lone sum", `${sum}\n`],
    ["GitHub's release", JSON.stringify({ assets: [{ name: "a.tar.gz", digest: `sha256:${sum}` }] })],
  ])("are read from %s", (_, published) => {
    expect(findSum(published, "a.tar.gz")).toBe(sum);
  });

  test.each([
    ["another file's", `${sum}  b.tar.gz`],
    ["a list with two sums of the file", `${sum}  a.tar.gz\n${other}  a.tar.gz`],
    ["a SHA-1 sum", `${"0".repeat(40)}  a.tar.gz`],
    ["a release without digests", JSON.stringify({ assets: [{ name: "a.tar.gz" }] })],
    ["a page that is no list", "<html>Not found</html>"],
    ["broken JSON", "{"],
  ])("are not taken from %s", (_, published) => {
    expect(findSum(published, "a.tar.gz")).toBeUndefined();
  });
});
