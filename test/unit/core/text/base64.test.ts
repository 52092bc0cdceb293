import { decodeBase64 } from "../../../../components/core/text/base64";

describe("decodeBase64", () => {
  it("takes the canonical form, folded or not, and nothing that Node passes over", () => {
    expect(decodeBase64("Y2\nE=")?.toString()).toBe("ca");
    expect(decodeBase64("Y2\r\nE=\r\n")?.toString()).toBe("ca");
    for (const text of ["Y2E", "Y2E==", "Y2F=", "Y2E=!", "Y 2E=", "Y2E=\u2028", "Y2E_"]) {
      expect(decodeBase64(text)).toBeUndefined();
    }
  });
});
