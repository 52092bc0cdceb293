/** A user's name as a file's name: letters, digits and `.`, `_`, `@`, `+`, `-` stay. Different names may become the same. */
export function fileNameOf(username: string): string {
  const name = username.replace(/[^\p{L}\p{N}._@+-]+/gu, "-").replace(/^[.-]+/, "");
  return name === "" ? "user" : name;
}
