import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";

import { downloadText } from "../../../toolchain/downloads/download.mts";
import { fetchPart } from "../../../toolchain/locate.mts";
import type { ReleaseFile } from "../../../toolchain/parts/part.mts";
import { scriptOfVersion, temporaryFolder, testContext, toolPart, writeArchive } from "./support/fakes.mts";

type Answers = Readonly<Record<string, RequestListener>>;

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Serves these paths on loopback and counts the requests. */
async function serve(answers: Answers): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const requested = request.url ?? "";
    requests.push(requested);
    const answer = answers[requested];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

const send =
  (content: string | Buffer): RequestListener =>
  (_, response) =>
    response.end(content);

const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

async function archiveOf(version: string): Promise<Buffer> {
  return readFile(
    await writeArchive(path.join(await temporaryFolder(), "tool.tar.gz"), { "tool/tool": scriptOfVersion(version) }),
  );
}

async function fetchRelease(files: readonly ReleaseFile[], hasStandIn = false) {
  const context = await testContext(await temporaryFolder());
  const part = toolPart({ release: () => files, hasStandIn });
  const result = await fetchPart({ part, failures: [] }, ["releases"], context);
  return { ...result, reason: result.failures[0]?.reason, context, part };
}

describe("an official release", () => {
  test("is downloaded, checked against its published sum and unpacked", async () => {
    const archive = await archiveOf("1.2.3");
    const { url } = await serve({ "/tool.tar.gz": send(archive), "/sums": send(`${sha256(archive)}  tool.tar.gz\n`) });
    const { located } = await fetchRelease([{ url: `${url}/tool.tar.gz`, sums: [`${url}/sums`], format: "archive" }]);
    expect(located).toMatchObject({ source: "releases", origin: `downloaded from ${new URL(url).host}` });
  });

  test("may consist of single programs", async () => {
    const script = `#!/bin/sh\n${scriptOfVersion("1.2.3")}\n`;
    const { url } = await serve({ "/tool": send(script), "/tool.sha256": send(sha256(script)) });
    const { located } = await fetchRelease([{ url: `${url}/tool`, sums: [`${url}/tool.sha256`], format: "program" }]);
    expect(located?.files.map(({ name }) => name)).toEqual(["tool"]);
  });

  test("is refused by name with a wrong sum", async () => {
    const archive = await archiveOf("1.2.3");
    const expected = "0".repeat(64);
    const { url, requests } = await serve({ "/tool.tar.gz": send(archive), "/sums": send(`${expected}  tool.tar.gz`) });
    const { located, reason } = await fetchRelease([
      { url: `${url}/tool.tar.gz`, sums: [`${url}/sums`], format: "archive" },
    ]);
    expect(located).toBeUndefined();
    expect(reason).toContain(
      `${url}/tool.tar.gz is refused: expected SHA-256 ${expected} (${url}/sums), got ${sha256(archive)}`,
    );
    expect(requests).toEqual(["/sums", "/tool.tar.gz"]);
  });

  test("takes the sum from the first address that has one", async () => {
    const archive = await archiveOf("1.2.3");
    const { url } = await serve({
      "/tool.tar.gz": send(archive),
      "/sha1": send(`${"0".repeat(40)}  ./tool.tar.gz`),
      "/release": send(JSON.stringify({ assets: [{ name: "tool.tar.gz", digest: `sha256:${sha256(archive)}` }] })),
    });
    const file = { url: `${url}/tool.tar.gz`, format: "archive" } as const;
    const sums = [`${url}/absent`, `${url}/sha1`, `${url}/release`];
    expect((await fetchRelease([{ ...file, sums }])).located?.source).toBe("releases");
    const without = await fetchRelease([{ ...file, sums: sums.slice(0, 2) }]);
    expect(without.reason).toContain("/absent: expected status 200, got 404 Not Found; ");
    expect(without.reason).toContain("/sha1: no SHA-256 sum of tool.tar.gz in it");
  });

  test("is refused when it is truncated, after one more try", async () => {
    const archive = await archiveOf("1.2.3");
    const { url, requests } = await serve({
      "/sums": send(`${sha256(archive)}  tool.tar.gz`),
      "/tool.tar.gz": (_, response) => {
        response.writeHead(200, { "content-length": archive.length });
        response.write(archive.subarray(0, 50), () => response.destroy());
      },
    });
    const { located, reason } = await fetchRelease([
      { url: `${url}/tool.tar.gz`, sums: [`${url}/sums`], format: "archive" },
    ]);
    expect(located).toBeUndefined();
    expect(reason).toContain(`${url}/tool.tar.gz: terminated`);
    expect(requests).toEqual(["/sums", "/tool.tar.gz", "/tool.tar.gz"]);
  });

  test("is not asked for again soon where a stand-in does", async () => {
    const { url, requests } = await serve({});
    const files: readonly ReleaseFile[] = [{ url: `${url}/tool`, sums: [`${url}/sums`], format: "program" }];
    const first = await fetchRelease(files, true);
    expect(first.reason).toContain("/sums: expected status 200, got 404");
    const second = await fetchPart({ part: first.part, failures: [] }, ["releases"], first.context);
    expect(second.failures).toEqual([{ source: "releases", reason: first.reason }]);
    expect(requests).toEqual(["/sums"]);
  });

  test("says where there is none for the platform", async () => {
    const context = await testContext(await temporaryFolder());
    const result = await fetchPart({ part: toolPart(), failures: [] }, ["releases"], context);
    expect(result.failures).toEqual([{ source: "releases", reason: "it has no releases" }]);
  });
});

describe("a download", () => {
  const signal = new AbortController().signal;
  const timeouts = { connectMilliseconds: 50, idleMilliseconds: 50 };

  test("is tried once more when the server fails", async () => {
    let failures = 1;
    const { url } = await serve({
      "/text": (_, response) => (failures-- > 0 ? response.writeHead(503).end() : response.end("text")),
    });
    expect(await downloadText(`${url}/text`, { signal })).toBe("text");
  });

  test("ends when no answer begins, and when one stops", async () => {
    const { url } = await serve({
      "/silent": () => undefined,
      "/stuck": (_, response) => void response.writeHead(200).write("begin"),
    });
    await expect(downloadText(`${url}/silent`, { signal, timeouts })).rejects.toThrow("/silent: no answer in 0.05 s");
    await expect(downloadText(`${url}/stuck`, { signal, timeouts })).rejects.toThrow("/stuck: no data for 0.05 s");
  });

  test("ends when the run is stopped", async () => {
    const controller = new AbortController();
    const { url } = await serve({
      "/silent": () => {
        controller.abort(new Error("stopped"));
      },
    });
    await expect(downloadText(`${url}/silent`, { signal: controller.signal })).rejects.toThrow("stopped");
  });
});
