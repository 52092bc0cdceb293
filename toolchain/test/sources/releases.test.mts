import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";

import { install, scriptOfVersion, temporaryFolder, testContext, toolPart, writeArchive } from "../support/fakes.mts";

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

async function fetchRelease(urls: readonly string[], pins: Readonly<Record<string, string>>) {
  const context = testContext(await temporaryFolder(), { pins, sources: ["releases"] });
  const part = toolPart({ release: () => urls });
  return { ...(await install(part, context)), context, part };
}

const script = `#!/bin/sh\n${scriptOfVersion("1.2.3")}\n`;

describe("an official release", () => {
  test("is downloaded, checked against its pinned sum and unpacked", async () => {
    const archive = await archiveOf("1.2.3");
    const { url } = await serve({ "/tool.tar.gz": send(archive) });
    const file = `${url}/tool.tar.gz`;
    const { folder = "", context } = await fetchRelease([file], { [file]: sha256(archive) });
    expect(context.lines).toEqual([
      `tool 1.2.3: downloading ${file}`,
      `tool 1.2.3: downloaded from ${new URL(url).host}`,
    ]);
    expect(await readFile(path.join(folder, "tool"), "utf8")).toBe(script);
  });

  test("may consist of single programs", async () => {
    const { url } = await serve({ "/tool": send(script) });
    const { folder = "" } = await fetchRelease([`${url}/tool`], { [`${url}/tool`]: sha256(script) });
    expect(await readFile(path.join(folder, "tool"), "utf8")).toBe(script);
  });

  test("is refused by name with another sum than the pinned one", async () => {
    const [genuine, replaced] = await Promise.all([archiveOf("1.2.3"), archiveOf("1.2.4")]);
    const { url } = await serve({ "/tool.tar.gz": send(replaced) });
    const file = `${url}/tool.tar.gz`;
    const { reason, context } = await fetchRelease([file], { [file]: sha256(genuine) });
    const refusal =
      `${file} is refused: expected SHA-256 ${sha256(genuine)} (toolchain/parts/pins.json), ` +
      `got ${sha256(replaced)}.`;
    expect(reason).toContain(refusal);
    expect(context.lines).toContainEqual(expect.stringContaining(refusal));
  });

  test("is not even asked for where the sum of one of its files is not pinned", async () => {
    const { url, requests } = await serve({ "/tool": send(script), "/other": send(script) });
    const { reason } = await fetchRelease([`${url}/tool`, `${url}/other`], { [`${url}/tool`]: sha256(script) });
    expect(reason).toContain(
      `${url}/other: expected its SHA-256 sum in toolchain/parts/pins.json, got none, so it is not downloaded`,
    );
    expect(requests).toEqual([]);
  });

  test("is refused when it is truncated or not there", async () => {
    const archive = await archiveOf("1.2.3");
    const { url } = await serve({
      "/tool.tar.gz": (_, response) => {
        response.writeHead(200, { "content-length": archive.length });
        response.write(archive.subarray(0, 50), () => response.destroy());
      },
    });
    const [file, absent] = [`${url}/tool.tar.gz`, `${url}/absent`];
    const pins = { [file]: sha256(archive), [absent]: sha256(archive) };
    expect((await fetchRelease([file], pins)).reason).toContain(`${file}: terminated`);
    expect((await fetchRelease([absent], pins)).reason).toContain(`${absent}: expected status 200, got 404`);
  });

  test("says where there is none for the platform", async () => {
    expect((await fetchRelease([], {})).reason).toContain("releases: it has no release for linux-amd64");
  });

  test("ends when the run is stopped", async () => {
    const controller = new AbortController();
    const { url } = await serve({
      "/silent": () => {
        controller.abort(new Error("stopped"));
      },
    });
    const pins = { [`${url}/silent`]: sha256("") };
    const context = testContext(await temporaryFolder(), { pins, signal: controller.signal });
    const { reason } = await install(toolPart({ release: () => [`${url}/silent`] }), context);
    expect(reason).toBe("stopped");
  });
});
