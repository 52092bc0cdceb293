/**
 * The text of a kubeconfig's file: UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell writes it. Undefined
 * when the bytes are not what they should be by their mark: then kubectl refuses them, too.
 */
export function decodeKubeconfig(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) {
    return "utf-16le";
  }
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
