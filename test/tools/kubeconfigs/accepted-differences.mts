/** Differences from kubectl that are meant, and why. */
export const acceptedDifferences = {
  "line-breaks": "x", "byte-order-marks": "x", "private-keys": "x", extensions: "x", "root-fields": "x", "odd-servers": "x", http: "x", scheme: "x", "credentials-in-server": "x", "missing-token-file": "x", "bytes-as-numbers": "x", home: "x",
} as const;

/** One of {@link acceptedDifferences}. */
export type AcceptedDifference = keyof typeof acceptedDifferences;
