import { createHash } from "node:crypto";
import { type Html, html, nothing } from "../../html/html";

/** No name that Kubernetes takes is longer. */
const longestName = 256;

/** So many names stand open; more are folded. */
const openNames = 24;

/** A name that somebody else has chosen, in a writing direction of its own. */
export function nameElement(name: string): Html {
  return textElement(name, longestName);
}

/**
 * A text of somebody else's that is not too long for a page on which others stand, too. One that is, is told from others
 * that begin alike by its length and its digest.
 */
export function textElement(text: string, longest: number): Html {
  if (text.length <= longest) {
    return html`<bdi>${text}</bdi>`;
  }
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return html`<bdi>${text.slice(0, longest)}</bdi>… (${text.length} characters, sha256:${digest})`;
}

/** Names separated by commas, to stand where an element may that can be unfolded. */
export function nameList(names: readonly string[]): Html {
  return foldedList(names.map(nameElement));
}

/** The same for what is markup already. */
export function foldedList(names: readonly Html[]): Html {
  const folded = names.slice(openNames);
  return html`${commaList(names.slice(0, openNames))}${
    folded.length === 0
      ? nothing
      : html`<details>
          <summary>and ${folded.length} more</summary>
          ${commaList(folded)}
        </details>`
  }`;
}

function commaList(names: readonly Html[]): Html[] {
  return names.map((name, index) => html`${index === 0 ? "" : ", "}${name}`);
}

/** A user, or that the name is not known. */
export function userElement(username: string | undefined): Html {
  return username === undefined ? html`<i>name not known</i>` : nameElement(username);
}

/** A cluster's address. One with a password in it, which no kubeconfig may have, is shown without. */
export function serverElement(server: string | undefined): Html {
  return server === undefined
    ? html`<i>address not known</i>`
    : nameElement(server.replace(/^([a-z][a-z0-9+.-]*:\/*)[^/?#]*@/i, "$1"));
}

/** `1 user`, `2 users`. */
export function counted(count: number, what: string, whats = `${what}s`): string {
  return `${count} ${count === 1 ? what : whats}`;
}
