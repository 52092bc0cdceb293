import { type Html, html } from "../../html/html";

/** A name that somebody else has chosen: in a writing direction of its own, and kept within its own box. */
export function nameElement(name: string): Html {
  return html`<bdi class="n">${name}</bdi>`;
}

/** Names, separated by commas. */
export function nameList(names: readonly string[]): Html {
  return html`${names.map((name, index) => html`${index === 0 ? "" : ", "}${nameElement(name)}`)}`;
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
