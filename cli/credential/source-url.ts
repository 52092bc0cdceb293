/** Whether a source is an https URL, and not a file's path: `C:\\jane` is a URL to some. */
export function isUrl(source: string): boolean {
  return /^https:\/\//i.test(source) && URL.canParse(source);
}
