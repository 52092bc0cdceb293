import { createHash } from "node:crypto";
import { printableLine } from "../../components/core/text/printable";

/** Markup that {@link html} has made: nothing else makes any. */
export class Html {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  /** @internal For the functions of this file alone. */
  static of(markup: string): Html {
    return new Html(markup);
  }
}

/** What may stand in a template: texts are escaped, markup is not. */
export type HtmlValue = string | number | Html | readonly Html[];

/** Nothing, where a template has something only at times. */
export const nothing = Html.of("");

type Place = "text" | "attribute";

/** A template without the indentation of its source, and where each of its values stands. */
interface Template {
  readonly parts: readonly string[];
  readonly places: readonly Place[];
}

/** Each template, looked at once. */
const templates = new WeakMap<TemplateStringsArray, Template>();

/**
 * Makes markup. The template itself is ours; every value is somebody else's and is escaped, whatever it is for, so that
 * no name ends an attribute or begins an element. Characters that hide are shown as the rest of the command shows them.
 *
 * @throws TypeError when a template has a value where escaping would not be enough: in a tag outside of quotes, in an
 * attribute that holds code or an address, or in an element whose text is no text.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const template = templates.get(strings) ?? templateOf(strings);
  templates.set(strings, template);
  const { parts, places } = template;
  return Html.of(
    parts
      .map((part, index) => (index === 0 ? "" : markupOf(values[index - 1] ?? "", places[index - 1])) + part)
      .join(""),
  );
}

/**
 * A style sheet, and the policy of a page that has nothing else: no script, nothing from elsewhere, no other style.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
 */
export function styleSheet(css: string): { readonly policy: Html; readonly style: Html } {
  if (css.includes("<")) {
    throw new TypeError("a style sheet cannot hold the beginning or the end of an element");
  }
  const hash = createHash("sha256").update(css).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return {
    policy: Html.of(`<meta http-equiv="Content-Security-Policy" content="${policy}">`),
    style: Html.of(`<style>${css}</style>`),
  };
}

function markupOf(value: HtmlValue, place: Place | undefined): string {
  if (typeof value === "string") {
    return escapeText(value);
  }
  if (typeof value === "number") {
    return String(value);
  }
  if (place === "attribute") {
    throw new TypeError("markup cannot stand in an attribute");
  }
  return value instanceof Html ? value.markup : value.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escapeText(text: string): string {
  return printableLine(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? "");
}

/** In these attributes a text that is escaped is still obeyed; an address within the page is an exception. */
const obeyed = /\s(?:on\w*|style|srcdoc|(?:xlink:)?href|src|action|formaction|content|http-equiv)="(?!#)[^"]*$/i;

function templateOf(strings: TemplateStringsArray): Template {
  const parts = strings.map((part) => part.replace(/\s*\n\s*/g, "\n"));
  const prefixes = strings.slice(0, -1).map((_, index) => strings.slice(0, index + 1).join(""));
  if (isInTag(strings.join(""))) {
    throw new TypeError("a template ends within a tag");
  }
  return { parts, places: prefixes.map(placeAfter) };
}

function placeAfter(prefix: string): Place {
  if (/<(?:script|style|!--)/i.test(prefix)) {
    throw new TypeError("no value may stand in or after a script, a style sheet or a comment");
  }
  if (!isInTag(prefix)) {
    return "text";
  }
  if (!/\s[\w:-]+="[^"]*$/.test(prefix) || obeyed.test(prefix)) {
    throw new TypeError(`no value may stand here: ${prefix.slice(-40)}`);
  }
  return "attribute";
}

function isInTag(prefix: string): boolean {
  return prefix.lastIndexOf("<") > prefix.lastIndexOf(">");
}
