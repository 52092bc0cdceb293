import { type Row, config, server } from "./row.mts";

const flat = config();
const other = config({ server: "server: https://127.0.0.1:2", user: "token: other" });
/** Contexts only, as some keep theirs apart. */
const contextsOnly = "contexts:\n- name: x\n  context: {cluster: c, user: u}\ncurrent-context: x\n";
const clustersOnly = `clusters:\n- name: c\n  cluster: {server: "${server}"}\nusers:\n- name: u\n  user: {token: t}\n`;

function list(
  title: string,
  expected: Row["expected"],
  value: string,
  files: Row["files"],
  more: Partial<Row> = {},
): Row {
  return { title: `KUBECONFIG: ${title}`, expected, list: value, files, ...more };
}

/** Several files in KUBECONFIG, and other ways to name a file. */
export const lists: readonly Row[] = [
  list("two files, the first wins", "same", "FOLDER/a:FOLDER/b", { a: flat, b: other }),
  list("two files the other way round", "same", "FOLDER/b:FOLDER/a", { a: flat, b: other }),
  list("a name in two files, no field is mixed", "same", "a:b", {
    a: flat.replace(`server: ${server}`, `server: ${server}\n    tls-server-name: a`),
    b: other.replace("server:", "proxy-url: http://127.0.0.1:1\n    server:"),
  }),
  list("contexts and clusters apart", "same", "a:b", { a: contextsOnly, b: clustersOnly }),
  list("current-context in the second file only", "same", "a:b", {
    a: flat.replace("current-context: x\n", ""),
    b: "current-context: x\n",
  }),
  list("current-context empty in the first file", "same", "a:b", {
    a: flat.replace("current-context: x", 'current-context: ""'),
    b: other,
  }),
  list("current-context of the first file unknown", "both refuse", "a:b", { a: "current-context: gone\n", b: flat }),
  list("a missing file", "same", "gone:a", { a: flat }),
  list("only missing files", "both refuse", "gone:lost", { a: flat }),
  list("a missing folder", "same", "gone/config:a", { a: flat }),
  list("a path below a file", "both refuse", "a/config:a", { a: flat }),
  list("an empty file first", "same", "empty:a", { empty: "", a: flat }),
  list("an empty file only", "both refuse", "empty", { empty: "" }),
  list("white space only, first", "same", "blank:a", { blank: "\n\n", a: flat }),
  list("a comment only, first", "same", "comment:a", { comment: "# none\n", a: flat }),
  list("a folder", "both refuse", "folder:a", { folder: undefined, a: flat }),
  list("a broken file last", "both refuse", "a:broken", { a: flat, broken: "a: [" }),
  list("a file that cannot be read, last", "both refuse", "a:closed", { a: flat }, { unreadable: ["closed"] }),
  list("doubled separators", "same", "::a::b:", { a: flat, b: other }),
  list("separators only", "both refuse", "::", { ".kube/config": flat }),
  list("empty", "same", "", { ".kube/config": flat }),
  list("the same file twice", "same", "a:a", { a: flat }),
  list("the same file by two paths", "same", "a:./a", { a: flat }),
  list("relative paths", "same", "./sub/../a", { a: flat, "sub/b": other }),
  list("spaces in a name", "same", "my config:b", { "my config": flat, b: other }),
  list("a space before a path", "same", " a:b", { a: other, b: flat }),
  list("~, which nobody expands", "both refuse", "~/config", { config: flat }),
  list("a CA file beside the second file", "both refuse", "a:sub/b", {
    a: contextsOnly,
    "sub/b": clustersOnly.replace(server, `${server}", certificate-authority: "ca.crt`),
  }),
  list("an entry that cannot be used, replaced by the first file", "same", "a:b", {
    a: flat,
    b: config({ server: "server: none", user: "" }),
  }),
  list("duplicate names within the second file", "both refuse", "a:b", {
    a: flat,
    b: "users:\n- name: u\n- name: u\n",
  }),
  list("another kind in the second file", "both refuse", "a:b", { a: flat, b: "apiVersion: v1\nkind: Pod\n" }),
  { title: "~/.kube/config", expected: "same", files: { ".kube/config": flat } },
  { title: "~/.kube/config missing", expected: "both refuse", files: { config: flat } },
  { title: "~/.kube/config is a folder", expected: "both refuse", files: { ".kube/config": undefined } },
  {
    title: "--kubeconfig beside KUBECONFIG",
    expected: "same",
    files: { a: flat, b: other },
    list: "a",
    given: "FOLDER/b",
  },
  { title: "--kubeconfig, relative", expected: "same", files: { "sub/a": flat }, given: "sub/a" },
  { title: "--kubeconfig of a missing file", expected: "both refuse", files: { a: flat }, list: "a", given: "gone" },
  { title: "--kubeconfig of an empty file", expected: "both refuse", files: { a: "", b: flat }, list: "b", given: "a" },
  { title: "--kubeconfig of a folder", expected: "both refuse", files: { a: undefined }, given: "a" },
  { title: "--kubeconfig with a separator in it", expected: "same", files: { "a:b": flat }, given: "a:b" },
  { title: "--kubeconfig in ~", expected: "home", files: { a: flat }, given: "~/a" },
];
