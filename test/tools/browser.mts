import { spawnSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { type Browser, type Page, chromium } from "playwright-core";

/** How Chromium is called by distributions. */
const names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** The path of this machine's Chromium; undefined where there is none. */
export const chromiumProgram = names
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((path) => spawnSync(path, ["--version"]).status === 0);

/** Where screenshots stay after a run; git ignores it. */
const screenshots = resolve(import.meta.dirname, "../../build/screenshots");

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

/** What was found on a page. */
export interface Finding {
  /** By how many pixels it is wider than the screen. */
  readonly overflow: number;
  /** What axe finds to keep people from reading it. */
  readonly violations: readonly string[];
  /** What the browser has said, such as what the page's policy forbade. */
  readonly messages: readonly string[];
  /** What was loaded. */
  readonly requests: readonly string[];
}

/** A Chromium that goes with its tests. */
export class HeadlessChromium implements AsyncDisposable {
  private readonly browser: Browser;

  private constructor(browser: Browser) {
    this.browser = browser;
  }

  static async start(program: string): Promise<HeadlessChromium> {
    return new HeadlessChromium(await chromium.launch({ executablePath: program }));
  }

  /** Opens a file, looks at it, and leaves a screenshot of that name. */
  async look(file: string, { width, colorScheme }: View, screenshot: string): Promise<Finding> {
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    try {
      const page = await context.newPage();
      const [messages, requests]: [string[], string[]] = [[], []];
      page.on("console", (message) => messages.push(message.text()));
      page.on("pageerror", (error) => messages.push(String(error)));
      page.on("dialog", (dialog) => {
        messages.push(`it asks: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${screenshot}-${width}-${colorScheme}.png`), fullPage: true });
      const overflow = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      return { overflow, violations: await violationsOf(page), messages, requests };
    } finally {
      await context.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}

/** @see https://github.com/dequelabs/axe-core/blob/develop/doc/API.md */
async function violationsOf(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))",
  );
}
