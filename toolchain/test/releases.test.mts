import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";

import { downloadText } from "../downloads.mts";
import { fetchPart } from "../install.mts";
import type { ReleaseFile } from "../parts/part.mts";
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

interface Fetching {
  readonly hasStub?: boolean;
  /** The sums that are pinned, by URL. */
  readonly pins: Readonly<Record<string, string>>;
}

async function fetchRelease(files: readonly ReleaseFile[], { hasStub = false, pins }: Fetching) {
  const releases = new Map(Object.entries(pins));
  const context = await testContext(await temporaryFolder(), { pins: { archives: new Map(), releases } });
  const part = toolPart({ release: () => files, hasStub });
  const result = await fetchPart({ part, failures: [] }, ["releases"], context);
  return { ...result, reason: result.failures[0]?.reason, context, part };
}

describe("an official release", () => {
  test("is downloaded, checked against its pinned sum and unpacked", async () => {
    const archive = await archiveOf("1.2.3");
    const { url } = await serve({ "/tool.tar.gz": send(archive) });
    const { located } = await fetchRelease([{ url: `${url}/tool.tar.gz`, sums: [], format: "archive" }], {
      pins: { [`${url}/tool.tar.gz`]: sha256(archive) },
    });
    expect(located).toMatchObject({ source: "releases", origin: `downloaded from ${new URL(url).host}` });
  });

  test("may consist of single programs", async () => {
    const script = `#!/bin/sh\n${scriptOfVersion("1.2.3")}\n`;
    const { url } = await serve({ "/tool": send(script) });
    const { located } = await fetchRelease([{ url: `${url}/tool`, sums: [], format: "program" }], {
      pins: { [`${url}/tool`]: sha256(script) },
    });
    expect(located?.files.map(({ name }) => name)).toEqual(["tool"]);
  });

  test("is refused by name with another sum than the pinned one, even if the server's own list agrees with it", async () => {
    const [genuine, replaced] = await Promise.all([archiveOf("1.2.3"), archiveOf("1.2.4")]);
    const { url } = await serve({
      "/tool.tar.gz": send(replaced),
      "/sums": send(`${sha256(replaced)}  tool.tar.gz`),
    });
    const { located, reason, context } = await fetchRelease(
      [{ url: `${url}/tool.tar.gz`, sums: [`${url}/sums`], format: "archive" }],
      { pins: { [`${url}/tool.tar.gz`]: sha256(genuine) } },
    );
    expect(located).toBeUndefined();
    expect(reason).toContain(
      `${url}/tool.tar.gz is refused: expected SHA-256 ${sha256(genuine)} (toolchain/parts/pins.json), got ${sha256(replaced)}.`,
    );
    expect(context.lines).toEqual([`tool 1.2.3: ${reason ?? ""}`]);
  });

  test("is not even asked for where the sum of one of its files is not pinned", async () => {
    const script = `#!/bin/sh\n${scriptOfVersion("1.2.3")}\n`;
    const { url, requests } = await serve({ "/tool": send(script), "/tool.sha256": send(sha256(script)) });
    const files: readonly ReleaseFile[] = [
      { url: `${url}/tool`, sums: [`${url}/tool.sha256`], format: "program" },
      { url: `${url}/other`, sums: [], format: "program" },
    ];
    const { located, reason } = await fetchRelease(files, { pins: { [`${url}/tool`]: sha256(script) } });
    expect(located).toBeUndefined();
    expect(reason).toBe(
      `${url}/other: expected its SHA-256 sum in toolchain/parts/pins.json, got none, so it is not downloaded. ` +
        'Run "npm run toolchain -- pin", review what it writes, and commit it.',
    );
    expect(requests).toEqual([]);
  });

  test("is asked for as soon as it is pinned, stub or not", async () => {
    const script = `#!/bin/sh\n${scriptOfVersion("1.2.3")}\n`;
    const { url } = await serve({ "/tool": send(script) });
    const files: readonly ReleaseFile[] = [{ url: `${url}/tool`, sums: [], format: "program" }];
    const { part, context } = await fetchRelease(files, { hasStub: true, pins: {} });
    const pins = { ...context.pins, releases: new Map([[`${url}/tool`, sha256(script)]]) };
    const pinned = await fetchPart({ part, failures: [] }, ["releases"], { ...context, pins });
    expect(pinned.located?.source).toBe("releases");
  });

  test("is refused when it is truncated, after one more try", async () => {
    const archive = await archiveOf("1.2.3");
    const { url, requests } = await serve({
      "/tool.tar.gz": (_, response) => {
        response.writeHead(200, { "content-length": archive.length });
        response.write(archive.subarray(0, 50), () => response.destroy());
      },
    });
    const { located, reason } = await fetchRelease([{ url: `${url}/tool.tar.gz`, sums: [], format: "archive" }], {
      pins: { [`${url}/tool.tar.gz`]: sha256(archive) },
    });
    expect(located).toBeUndefined();
    expect(reason).toContain(`${url}/tool.tar.gz: terminated`);
    expect(requests).toEqual(["/tool.tar.gz", "/tool.tar.gz"]);
  });

  test("is not asked for again soon where a stub does", async () => {
    const { url, requests } = await serve({});
    const files: readonly ReleaseFile[] = [{ url: `${url}/tool`, sums: [], format: "program" }];
    const first = await fetchRelease(files, { hasStub: true, pins: { [`${url}/tool`]: sha256("") } });
    expect(first.reason).toContain("/tool: expected status 200, got 404");
    const second = await fetchPart({ part: first.part, failures: [] }, ["releases"], first.context);
    expect(second.failures).toEqual([{ source: "releases", reason: first.reason }]);
    expect(requests).toEqual(["/tool"]);
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
