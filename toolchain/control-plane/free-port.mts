import { createServer } from "node:net";

/** A port of 127.0.0.1 that nobody used a moment ago. Another program may be faster to take it. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("127.0.0.1 has no free port"));
        else resolve(address.port);
      });
    });
  });
}
