import { createHash } from "node:crypto";
import fc from "fast-check";
import { type Html, html, nothing, styleSheet } from "../../../../cli/html/html";
import { hasHiddenCharacters } from "../../../../components/core/text/hidden-characters";
import { hostileNames } from "../../support/hostile-names";
import { hostileName } from "../../support/report-stacks";

/** What a browser makes of escaped text. */
function readBack(markup: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`", amp: "&" };
  return markup.replace(/&([^;]+);/g, (_, name: string) => entities[name] ?? "?");
}

describe("html", () => {
  it("escapes texts, in elements and in attributes", () => {
    const { markup } = html`<p title="${hostileName}">${hostileName}</p>`;
    const escaped = String.raw`&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&#39;&#96;&amp;amp;\u{202e}gnp.\u{200b}\u{7}`;
    expect(markup).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it.each(hostileNames)("lets no text end an element or an attribute, or hide anything: %j", (name) => {
    const { markup } = html`<p title="${name}">${name}</p>`;
    expect(
      markup
        .replace(/^<p title="/, "")
        .replace(/<\/p>$/, "")
        .replace('">', ""),
    ).not.toMatch(/[<>"'`]/);
    expect(hasHiddenCharacters(markup)).toBe(false);
  });

  it("loses no character of any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "`", "=", "/", " ", "a", ";", "x") }),
        (text) => {
          const { markup } = html`${text}`;
          expect(readBack(markup)).toBe(text);
          expect(markup).not.toMatch(/[<>"'`]/);
        },
      ),
    );
  });

  it("takes markup of its own, lists of it, numbers and nothing", () => {
    const items = [1, 2].map((count) => html`<li>${count}</li>`);
    expect(html`<b>${items}${items[0] ?? nothing}${nothing}</b>`.markup).toBe("<b><li>1</li><li>2</li><li>1</li></b>");
  });

  it("leaves out the indentation of a template, and nothing of a text", () => {
    // prettier-ignore
    const { markup } = html`<p>
        ${"a  b\n   c"}
      </p>`;
    expect(markup).toBe("<p>\na  b\\n   c\n</p>");
  });

  // prettier-ignore
  it.each<[string, () => Html]>([
    ["in a tag", () => html`<p ${"x"}></p>`],
    ["as an attribute without quotes", () => html`<p title=${"x"}></p>`],
    ["as an attribute in single quotes", () => html`<p title='${"x"}'></p>`],
    ["as code of an event", () => html`<p onclick="${"x"}"></p>`],
    ["as a style", () => html`<p style="${"x"}"></p>`],
    ["as an address", () => html`<a href="${"javascript:x"}"></a>`],
    ["as a part of an address", () => html`<a href="https:${"x"}"></a>`],
    ["as the address of an image", () => html`<img src="${"x"}">`],
    ["as what a meta element says", () => html`<meta content="${"x"}">`],
    ["in a script", () => html`<script>${"x"}</script>`],
    ["in a style sheet", () => html`<style>${"x"}</style>`],
    ["in a comment", () => html`<!-- ${"x"} -->`],
    ["in a tag that goes on elsewhere", () => html`<p title="${"x"}"`],
    ["as markup in an attribute", () => html`<p title="${html`<b></b>`}"></p>`],
  ])("refuses a value %s", (_, make) => {
    expect(make).toThrow(TypeError);
  });

  it("takes an address within the page", () => {
    expect(html`<a href="#c${1}"></a>`.markup).toBe('<a href="#c1"></a>');
  });
});

describe("styleSheet", () => {
  it("comes with a policy that admits it and nothing else", () => {
    const { policy, style } = styleSheet("p { color: red }");
    const hash = createHash("sha256").update("p { color: red }").digest("base64");
    expect(style.markup).toBe("<style>p { color: red }</style>");
    expect(policy.markup).toBe(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    );
  });

  it("holds no markup", () => {
    expect(() => styleSheet("</style><script>")).toThrow(TypeError);
  });
});
