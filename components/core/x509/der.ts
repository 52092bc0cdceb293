/** Says where bytes break the Distinguished Encoding Rules (X.690). */
export class InvalidDer extends Error {}

/**
 * The elements that stand one after the other in `bytes`, each with its tag and its length. Only what has one encoding
 * is taken: tags below 31, lengths that are definite, minimal and within the bytes.
 *
 * @throws InvalidDer
 */
export function derElements(bytes: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const end = headerOf(rest) + lengthOf(rest);
    if (end > rest.length) {
      throw new InvalidDer("an element is longer than what holds it");
    }
    elements.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return elements;
}

/** What an element holds, without its tag and its length. */
export function derContent(element: Buffer): Buffer {
  return element.subarray(headerOf(element));
}

/** Bytes of an element's tag and length. */
function headerOf(bytes: Buffer): number {
  const first = bytes[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function lengthOf(bytes: Buffer): number {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    throw new InvalidDer("an element has no short tag and length");
  }
  if (first < 0x80) {
    return first;
  }
  // As many as there are: where some are cut off, the element ends behind what holds it.
  const digits = bytes.subarray(2, headerOf(bytes));
  // Four bytes would be 16 MB.
  if (digits.length === 0 || digits.length > 3 || digits[0] === 0) {
    throw new InvalidDer("an element has no definite, minimal length");
  }
  const length = digits.readUIntBE(0, digits.length);
  if (length < 0x80) {
    throw new InvalidDer("an element has no minimal length");
  }
  return length;
}
