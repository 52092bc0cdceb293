import {
  type Alias,
  type Document,
  type Node,
  type Scalar,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
} from "yaml";
import { type GoScalar, resolvePlain, resolveTagged, shortTag } from "./go-scalars";

/** Why a text cannot be read. It names places, never contents: what stands there may be a secret. */
export class UnreadableYaml extends Error {}

/** Aliases may stand for so many values in all; a kubeconfig of a thousand contexts has a tenth of them. */
const mostValues = 100_000;

/**
 * How a text is read. `as kubectl`: its first document, of a key that comes twice the last one, and a merge key (`<<`)
 * where it stands; characters that end a line for kubectl alone are refused. `to rebuild`: as one plain document, with
 * each key once and no merges, by whoever checks every field and lets nothing of the text itself through.
 */
export type Reading = "as kubectl" | "to rebuild";

/**
 * Reads YAML or JSON by the rules of YAML 1.1, as Go has them.
 *
 * @returns null for a text without content.
 * @throws UnreadableYaml
 */
export function readYaml(yaml: string, reading: Reading): unknown {
  const text = yaml.startsWith("\ufeff") ? yaml.slice(1) : yaml;
  if (reading === "as kubectl") {
    refuseCharacters(text);
  }
  // Every scalar as the text that stands there: what it means is told by its quotes and its tag. Warnings quote contents.
  const options = { schema: "failsafe", prettyErrors: false, logLevel: "error" } as const;
  const [document, second] = parseAllDocuments(text, { ...options, uniqueKeys: reading === "to rebuild" });
  if (document === undefined) {
    return null;
  }
  const [error] = document.errors;
  if (error !== undefined) {
    throw new UnreadableYaml(`line ${lineOf(text, error.pos[0])} is not YAML (${error.code})`);
  }
  if (second !== undefined && reading === "to rebuild") {
    throw new UnreadableYaml("it holds several documents");
  }
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== "1.1") {
    throw new UnreadableYaml("it declares another YAML version than 1.1, which kubectl reads");
  }
  return new Reader(document, text, reading).value(document.contents);
}

/** Control characters, and those that end a line for kubectl and in no editor: nobody knows what others read there. */
function refuseCharacters(text: string): void {
  const at = text.search(/[^\t\n\r\x20-\x7e\xa0-\ud7ff\ud800-\udfff\ue000-\ufffd]|[\u2028\u2029]|\r(?!\n)|^\ufeff/);
  if (at < 0) {
    return;
  }
  const code = text.charCodeAt(at);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const what = `line ${lineOf(text, at)} holds ${name}`;
  if ([0x0d, 0x85, 0x2028, 0x2029].includes(code)) {
    throw new UnreadableYaml(`${what}, which is a line break for kubectl alone. Remove it`);
  }
  throw new UnreadableYaml(
    code === 0
      ? `${what}, as a file in UTF-16 without a byte order mark does. Save it as UTF-8`
      : `${what}, which YAML does not allow. Remove it`,
  );
}

/** The line of a place in a text, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** What each alias stands for: the last one before it that has its anchor. */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) {
          targets.set(node, target);
        }
      } else if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}

/** Makes values of a document's nodes. */
class Reader {
  private readonly text: string;
  private readonly reading: Reading;
  private readonly targets: ReadonlyMap<Alias, Node>;
  /** Anchors whose contents are being read. */
  private readonly open = new Set<Node>();
  private aliased = 0;

  constructor(document: Document, text: string, reading: Reading) {
    this.targets = targetsOf(document);
    this.text = text;
    this.reading = reading;
  }

  value(node: unknown): unknown {
    if (node === null || node === undefined) {
      return null;
    }
    if (this.open.size > 0) {
      this.count();
    }
    if (isAlias(node)) {
      return this.throughAlias(node, (target) => this.value(target));
    }
    if (isScalar(node)) {
      return this.scalar(node);
    }
    if (isMap(node)) {
      const entries = new Map<string, unknown>();
      this.readInto(entries, node);
      return Object.fromEntries(entries);
    }
    if (isSeq(node)) {
      return node.items.map((item) => this.value(item));
    }
    throw new UnreadableYaml("something in it is no value");
  }

  private scalar(node: Scalar): string | number | boolean | null {
    const text = node.source ?? "";
    if (!text.isWellFormed()) {
      throw new UnreadableYaml("a text in it holds half of a surrogate pair");
    }
    const resolved = this.resolve(node, text);
    if (resolved === undefined || (typeof resolved === "number" && !Number.isFinite(resolved))) {
      throw new UnreadableYaml(`line ${this.line(node)} holds a value that is not what its tag says, or no number`);
    }
    return resolved;
  }

  private resolve({ tag, type }: Scalar, text: string): GoScalar {
    if (tag !== undefined) {
      return resolveTagged(shortTag(tag), text);
    }
    return type === "PLAIN" ? resolvePlain(text) : text;
  }

  private readInto(entries: Map<string, unknown>, node: unknown): void {
    if (isAlias(node)) {
      this.throughAlias(node, (target) => {
        this.readInto(entries, target);
      });
      return;
    }
    if (!isMap(node)) {
      throw new UnreadableYaml("a merge key (<<) in it holds neither a map nor a list of maps");
    }
    for (const { key, value } of node.items) {
      if (this.reading === "as kubectl" && isMergeKey(key)) {
        this.merge(entries, value);
      } else {
        entries.set(this.key(key), this.value(value));
      }
    }
  }

  /** What comes first in a list of maps holds. */
  private merge(entries: Map<string, unknown>, node: unknown): void {
    const maps = isSeq(node) ? [...node.items].reverse() : [node];
    for (const map of maps) {
      this.readInto(entries, map);
    }
  }

  private key(node: unknown): string {
    const key = this.value(node);
    if (typeof key === "string" || typeof key === "number" || typeof key === "boolean") {
      return String(key);
    }
    throw new UnreadableYaml("a key in it is not a text");
  }

  private throughAlias<T>(alias: Alias, use: (target: Node) => T): T {
    const target = this.targets.get(alias);
    if (target === undefined) {
      throw new UnreadableYaml(`an alias ("*…") in it does not resolve; quote texts that begin with "*"`);
    }
    if (this.open.has(target)) {
      throw new UnreadableYaml("an anchor in it holds its own alias");
    }
    this.count();
    this.open.add(target);
    try {
      return use(target);
    } finally {
      this.open.delete(target);
    }
  }

  /** Counts what stands in one place and is read in another. */
  private count(): void {
    this.aliased += 1;
    if (this.aliased > mostValues) {
      throw new UnreadableYaml("its aliases expand to too much");
    }
  }

  private line(node: Node): number {
    return lineOf(this.text, node.range?.[0] ?? 0);
  }
}

function isMergeKey(key: unknown): boolean {
  return (
    isScalar(key) &&
    key.source === "<<" &&
    (key.tag === undefined ? key.type === "PLAIN" : shortTag(key.tag) === "!!merge")
  );
}
