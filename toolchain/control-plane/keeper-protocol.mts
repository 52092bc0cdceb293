import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { ControlPlanePrograms } from "./control-plane.mts";
import type { ServersReady } from "./servers.mts";

/** What an owner tells its keeper, one JSON object a line. The pipe's end means "stop" until "detach" was said. */
export type KeeperCommand =
  | {
      readonly command: "start";
      readonly programs: ControlPlanePrograms;
      readonly signer: boolean;
      readonly signingDuration?: string;
    }
  | { readonly command: "restartApiServer" }
  | { readonly command: "detach" }
  | { readonly command: "stop" };

/** What a keeper tells its owner, one JSON object a line. */
export type KeeperEvent =
  | { readonly event: "folder"; readonly folder: string }
  | { readonly event: "processes"; readonly pids: Readonly<Record<string, number>> }
  | { readonly event: "log"; readonly line: string }
  | ({ readonly event: "ready" } & ServersReady)
  | { readonly event: "restarted" }
  | { readonly event: "detached" }
  | { readonly event: "failed"; readonly message: string };

/** Calls back with each message that an owner sends; resolves at the stream's end. */
export function readCommands(stream: Readable, handle: (message: KeeperCommand) => void): Promise<void> {
  return readLines(stream, (line) => {
    handle(JSON.parse(line) as KeeperCommand);
  });
}

/** Calls back with each message that a keeper sends; resolves at the stream's end. */
export function readEvents(stream: Readable, handle: (message: KeeperEvent) => void): Promise<void> {
  return readLines(stream, (line) => {
    handle(JSON.parse(line) as KeeperEvent);
  });
}

// Both ends come from the same files, so that what was written as a message can be read as one without a check.
async function readLines(stream: Readable, handle: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) handle(line);
}

/** One message as a line. */
export function messageLine(message: KeeperCommand | KeeperEvent): string {
  return `${JSON.stringify(message)}\n`;
}
