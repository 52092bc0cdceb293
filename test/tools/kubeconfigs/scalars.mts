import { type Row, config, data, variant } from "./row.mts";

/** A password, written in different ways. What is no text to Go's YAML is an error. */
const passwords: readonly (readonly [string, Row["expected"]])[] = [
  ["00123", "both refuse"],
  ["123", "both refuse"],
  ["-7", "both refuse"],
  ["+7", "both refuse"],
  ["08", "both refuse"],
  ["0o17", "both refuse"],
  ["0x1F", "both refuse"],
  ["0b101", "both refuse"],
  ["1_000", "both refuse"],
  ["_1", "same"],
  ["1.5", "both refuse"],
  ["1.", "both refuse"],
  [".5", "both refuse"],
  ["1e3", "both refuse"],
  ["1e", "same"],
  [".inf", "both refuse"],
  [".nan", "both refuse"],
  ["true", "both refuse"],
  ["yes", "both refuse"],
  ["y", "both refuse"],
  ["on", "both refuse"],
  ["oN", "same"],
  ["null", "same"],
  ["~", "same"],
  ["", "same"],
  ["12:30:45", "same"],
  ["190:20", "same"],
  ["2026-01-31", "same"],
  ["2026-01-31T10:00:00Z", "same"],
  ["0x", "same"],
  ["0xFFFFFFFFFFFFFFFFF", "same"],
  ["99999999999999999999999", "both refuse"],
  ["1.2.3", "same"],
  ['"00123"', "same"],
  ["'yes'", "same"],
  ["!!str 00123", "same"],
  ["!!int '5'", "both refuse"],
  ["!!binary aGFsbG8=", "same"],
  ["!custom word", "same"],
  ["!!float word", "both refuse"],
  ["!!bool word", "both refuse"],
  ["[a]", "both refuse"],
  ["{a: b}", "both refuse"],
  ["=", "same"],
  ["<<", "same"],
  ["|\n  two\n  lines", "same"],
  [">-\n  folded\n  lines", "same"],
  ["two\n  lines", "same"],
  ['"a\\u00e9\\x41\\n\\t\\N\\L\\_ b\\\n    c"', "same"],
  ["a # comment", "same"],
  ["a#b", "same"],
  ["a:b", "same"],
  ["'it''s'", "same"],
];

/** Scalars that are something else than texts in one YAML or the other. */
export const scalars: readonly Row[] = [
  ...passwords.map(([written, expected]) =>
    variant(`password: ${JSON.stringify(written)}`, expected, { user: `username: jane\npassword: ${written}` }),
  ),
  variant("password: a&b", "same", { user: "username: jane\npassword: a&b*c!d%e" }),
  variant("token: 12345", "both refuse", { user: "token: 12345" }),
  variant("server: 6443", "both refuse", { server: "server: 6443" }),
  variant("namespace: 007", "both refuse", { context: "namespace: 007" }),
  variant("namespace: null", "same", { context: "namespace: null" }),
  variant("insecure-skip-tls-verify: yes", "same", { cluster: "insecure-skip-tls-verify: yes" }),
  variant("insecure-skip-tls-verify: on", "same", { cluster: "insecure-skip-tls-verify: on" }),
  variant('insecure-skip-tls-verify: "true"', "both refuse", { cluster: 'insecure-skip-tls-verify: "true"' }),
  variant("insecure-skip-tls-verify: 1", "both refuse", { cluster: "insecure-skip-tls-verify: 1" }),
  variant("insecure-skip-tls-verify: null", "same", { cluster: "insecure-skip-tls-verify: null" }),
  variant("insecure-skip-tls-verify: TRUE, no CA", "same", { cluster: "insecure-skip-tls-verify: TRUE" }),
  {
    title: "names that are numbers",
    expected: "both refuse",
    files: { config: config().replaceAll("name: c\n", "name: 1\n").replaceAll("cluster: c\n", "cluster: 1\n") },
  },
  {
    title: "names that are quoted numbers and booleans",
    expected: "same",
    files: {
      config: config()
        .replaceAll("name: c\n", 'name: "1"\n')
        .replaceAll("cluster: c\n", "cluster: '1'\n")
        .replaceAll("name: x\n", "name: 'yes'\n")
        .replaceAll("current-context: x\n", "current-context: 'yes'\n"),
    },
  },
  {
    title: "current-context: yes",
    expected: "both refuse",
    files: {
      config: config({ current: "current-context: yes" }).replaceAll("name: x\n", "name: 'yes'\n"),
    },
  },
  variant("a number in an entry that is not used", "both refuse", {
    root: "preferences: {}",
    user: "token: t\n- name: other\n  user:\n    password: 1".replace("\n- ", "\n- "),
  }),
  variant("certificate-authority-data: a list of numbers", "bytes-as-numbers", {
    cluster: `certificate-authority-data: [${[...Buffer.from(data.authority, "base64")].join(",")}]`,
  }),
];
