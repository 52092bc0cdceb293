import { provider } from "@pulumi/pulumi";
import { fstatSync } from "node:fs";
import { engineLifeline } from "../pulumi/certificate/engine-lifeline";
import { type PluginAddress } from "./construct";
import { Construction } from "./construction";
import { Plugin } from "./plugin";

/**
 * Serves the plugin to the engine that has started this process.
 *
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/providers/implementers/
 */
export async function servePlugin(address: PluginAddress): Promise<void> {
  const gone = hasEngineAtInput() ? engineLifeline() : new AbortController().signal;
  await provider.main(new Plugin(address, gone), process.argv.slice(2));
  // The server has set its own handlers by now, which would answer all calls with what one of them has met.
  Construction.catchFailures();
}

/** A plugin that a language host starts has no input (on engine 3.256): the host ends it. */
function hasEngineAtInput(): boolean {
  const input = fstatSync(0);
  return input.isFIFO() || input.isSocket();
}
