import { isAbsolute, join } from "node:path";

/** What says where a user's programs keep what they know. */
export interface UserFolders {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder of the credential files: `$XDG_STATE_HOME/kubernetes-user` (default `~/.local/state/kubernetes-user`),
 * `~/Library/Application Support/kubernetes-user` on macOS, `%LOCALAPPDATA%\kubernetes-user` on Windows.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ relative paths in the variables are ignored
 */
export function stateFolder({ platform, home, environment }: UserFolders): string {
  const named = (variable: string, ...fallback: readonly string[]): string => {
    const folder = environment[variable];
    return folder !== undefined && isAbsolute(folder) ? folder : join(home, ...fallback);
  };
  switch (platform) {
    case "darwin":
      return join(home, "Library", "Application Support", "kubernetes-user");
    case "win32":
      return join(named("LOCALAPPDATA", "AppData", "Local"), "kubernetes-user");
    default:
      return join(named("XDG_STATE_HOME", ".local", "state"), "kubernetes-user");
  }
}
