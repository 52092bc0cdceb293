import { Document, type Node, type Scalar, type ScalarTag, visit } from "yaml";

/**
 * What parsers agree to take as it stands, without quotes: YAML 1.1, which Go reads, takes `no`, `012` and `1:30` for
 * something else than a text, and npm's yaml writes YAML 1.2, where they are texts.
 */
const plainText = /^[A-Za-z](?:[\w@./+=-]|:(?=[\w/])| (?=\w))*$/;
const notTexts = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/**
 * A text that is written in quotes, every character in ASCII. Go's YAML (kubectl) takes U+0085, U+2028 and U+2029 for
 * line breaks, even in quotes, and others hide from whoever looks at the file.
 */
class AsciiText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** How a document writes {@link AsciiText}; it reads nothing. */
const asciiTag: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => value instanceof AsciiText,
  resolve: (text) => text,
  stringify: ({ value }) => quote(value instanceof AsciiText ? value.text : String(value)),
};

/** Options of a document in which {@link quoteScalars} is used. */
export const asciiOptions = { customTags: [asciiTag] };

/**
 * A value as YAML that every parser reads alike and that hides nothing: all of it is in ASCII without control
 * characters, and what is not plain letters and digits stands in double quotes.
 */
export function formatYaml(value: unknown): string {
  const document = new Document(value, { ...asciiOptions, aliasDuplicateObjects: false });
  quoteScalars(document, (text) => !isPlain(text));
  return document.toString({ lineWidth: 0 });
}

/** Has a document that has {@link asciiOptions}, or a part of it, write those texts in ASCII of which `which` says so. */
export function quoteScalars(part: Document | Node, which: (text: string) => boolean): void {
  visit(part, {
    Scalar: (_, node) => {
      quoteScalar(node, which);
    },
  });
}

function quoteScalar(node: Scalar, which: (text: string) => boolean): void {
  if (typeof node.value === "string" && which(node.value)) {
    node.value = new AsciiText(node.value);
    delete node.type;
    delete node.source;
  }
}

/** Whether a text means the same to every parser when it stands without quotes. */
export function isPlain(text: string): boolean {
  return plainText.test(text) && !notTexts.test(text);
}

/** A text in double quotes, in ASCII. */
function quote(text: string): string {
  // JSON's escapes are YAML's too, but for characters beyond U+FFFF: Go refuses halves of them.
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
