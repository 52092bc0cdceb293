/** The oldest Node.js that has all that is used here: major and minor version. package.json says the same. */
const needed = [22, 19] as const;

/**
 * What a Node.js that is too old lacks, as the rest of a sentence; undefined where it is new enough.
 *
 * @param found its version, such as "22.19.0".
 */
export function neededNode(found: string): string | undefined {
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const isNewEnough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  return isNewEnough
    ? undefined
    : `needs Node.js ${needed.join(".")} or newer, and this is ${found} (${process.execPath})`;
}
