import { type ValidationErrors, describe } from "./validation-errors";
import { hiddenCharacters } from "../text/hidden-characters";

/** X.520 gives a common name and an organization name 64 characters at most (RFC 5280, appendix A: ub-common-name). */
const maximumLength = 64;

/** So many groups a person has at most: nobody who has to decide on a request reads a longer list. */
export const maximumGroups = 32;

/** Who a certificate speaks for: `username` is its subject's CN, `groups` are its O values. */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Whether two lists hold the same names, in whatever order. */
export function sameNames(some: readonly string[], others: readonly string[]): boolean {
  const sorted = [...others].sort();
  return some.length === others.length && [...some].sort().every((name, index) => name === sorted[index]);
}

/** The first name that a list holds twice. */
export function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** Notes what keeps `value` from being a user's name. */
export function checkUsername(errors: ValidationErrors, path: string, value: unknown): void {
  if (value === "") {
    errors.add(path, `expected 1 to ${maximumLength} characters, got "". Name the person or machine that gets access.`);
    return;
  }
  const username = errors.string(path, value);
  if (username !== undefined) {
    checkSubjectValue(errors, path, username, "user");
  }
}

/** Notes what keeps `value` from being a list of groups. */
export function checkGroups(errors: ValidationErrors, path: string, value: unknown): void {
  const seen = new Set<string>();
  const groups = errors.array(path, value) ?? [];
  if (groups.length > maximumGroups) {
    errors.add(
      path,
      `expected at most ${maximumGroups} groups, got ${groups.length}. Bind roles to fewer, larger groups.`,
    );
  }
  for (const [index, element] of groups.entries()) {
    const at = `${path}[${index}]`;
    const group = errors.string(at, element ?? null);
    if (group === undefined) {
      continue;
    }
    checkSubjectValue(errors, at, group, "group");
    if (seen.has(group)) {
      errors.add(at, `${describe(group)} is listed twice. Name each group once.`);
    }
    seen.add(group);
  }
}

function checkSubjectValue(errors: ValidationErrors, path: string, value: string, kind: "user" | "group"): void {
  // Code points, as ASN.1 counts them, not UTF-16 units.
  const length = Array.from(value).length;
  if (length > maximumLength) {
    errors.add(path, `expected 1 to ${maximumLength} characters, got ${length}. X.509 allows no more in a subject.`);
  }
  for (const message of unreadable(value)) {
    errors.add(path, message);
  }
  if (value.startsWith("system:")) {
    errors.add(
      path,
      `${describe(value)} is reserved: names that begin with "system:" belong to Kubernetes, and their rights cannot be taken back. ` +
        `Choose another ${kind} name and grant what is needed through access.`,
    );
  }
}

/** More marks than this on one letter are no writing: they cover what stands around it. */
const mostMarks = 8;

/** Why a name is not what people see: then one name could pass for another, in a request, a log or an audit. */
function unreadable(value: string): string[] {
  if (!value.isWellFormed()) {
    return [`expected well-formed Unicode, got ${describe(value)}. It holds half of a surrogate pair.`];
  }
  const messages: string[] = [];
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) {
    messages.push(`expected no control characters, got ${describe(value)}. Remove them.`);
  }
  if (value !== value.trim()) {
    messages.push(`expected no space at either end, got ${describe(value)}. Remove it.`);
  }
  if (messages.length > 0) {
    return messages;
  }
  const hidden = hiddenCharacters(value);
  if (hidden.length > 0) {
    messages.push(
      `expected visible characters, got ${describe(value)}. Remove ${hidden.join(", ")}: with hidden characters one name can pass for another.`,
    );
  }
  // A decoder writes this one for bytes that it cannot read: others may read another name there.
  if (value.includes("\ufffd")) {
    messages.push(
      `expected no replacement character (U+FFFD), got ${describe(value)}. It stands for bytes that are not text.`,
    );
  }
  if (/(?:^|[^\p{L}\p{M}\p{N}])\p{M}/u.test(value) || new RegExp(`\\p{Mn}{${mostMarks + 1}}`, "u").test(value)) {
    messages.push(
      `expected combining marks on letters only, at most ${mostMarks} on each, got ${describe(value)}. Elsewhere they change how other characters look.`,
    );
  }
  if (value !== value.normalize("NFC")) {
    messages.push(
      `expected composed characters (Unicode normalization form C), got ${describe(value)}. Another name looks the same. Write the composed one, as text.normalize("NFC") makes it.`,
    );
  }
  return messages;
}
