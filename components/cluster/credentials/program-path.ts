import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { type Environment } from "../connection/environment-proxy";

/**
 * Where the program of a command lies; undefined when PATH has none of that name.
 *
 * It is looked up as Go does it: in our own PATH, whatever variables the kubeconfig adds, and in absolute folders only,
 * so that no file of the folder that somebody happens to stand in is run.
 */
export function programPath(
  command: string,
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const windows = platform === "win32";
  if (command.includes("/") || (windows && /[\\:]/.test(command))) {
    return command;
  }
  const endings = windows ? ["", ...(environment["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";")] : [""];
  return (environment["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => endings.map((ending) => join(folder, command + ending)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
