import { type handleServerStreamingCall, status } from "@grpc/grpc-js";
import language, {
  type InstallDependenciesRequest,
  type InstallDependenciesResponse,
  type RunPluginRequest,
  type RunPluginResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import { fail, RpcError } from "../shared/rpc.mts";
import { type Children } from "./children.mts";
import { parseRuntimeOptions, sdkEnvironment } from "./options.mts";
import { installArguments, packageManagerOf } from "./package-manager.mts";
import { programOf, resolveFrom } from "./program.mts";

/** Installs what the program's package.json names, and passes on what the package manager says. */
export function installDependencies(
  children: Children,
): handleServerStreamingCall<InstallDependenciesRequest, InstallDependenciesResponse> {
  return (call) => {
    const say = (text: string): void => {
      call.write(new language.InstallDependenciesResponse().setStdout(Buffer.from(text)));
    };
    const install = async (): Promise<void> => {
      const program = programOf(call.request.getInfo());
      const manager = packageManagerOf(program);
      say("Installing dependencies...\n\n");
      const { code } = await children.run(manager, installArguments(manager), {
        env: process.env,
        cwd: program.directory,
        output: {
          stdout: (chunk) => call.write(new language.InstallDependenciesResponse().setStdout(chunk)),
          stderr: (chunk) => call.write(new language.InstallDependenciesResponse().setStderr(chunk)),
        },
      });
      if (code !== 0) throw new Error(`${manager} install failed with exit code ${code ?? "none"}`);
      say("Finished installing dependencies\n\n");
    };
    install().then(
      () => {
        call.end();
      },
      (error: unknown) => {
        fail(call, error);
      },
    );
  };
}

/** Plugins that are themselves Node.js programs: a folder with PulumiPlugin.yaml. */
export function runPlugin(children: Children): handleServerStreamingCall<RunPluginRequest, RunPluginResponse> {
  return (call) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => {
      cancelled.abort();
    });
    const run = async (): Promise<void> => {
      const { request } = call;
      if (request.getKind() === "analyzer") {
        throw new RpcError(status.UNIMPLEMENTED, "policy packs need the official pulumi-language-nodejs");
      }
      const { directory, options: given } = programOf(request.getInfo());
      const options = parseRuntimeOptions(given);
      const module = resolveFrom(directory, "@pulumi/pulumi/cmd/run-plugin", `npm install in ${directory}`);
      const { code } = await children.run(
        process.execPath,
        [module, ...options.nodeArguments, directory, ...request.getArgsList()],
        {
          env: { ...environmentOf(request.getEnvList()), ...sdkEnvironment(options) },
          cwd: request.getPwd(),
          output: {
            stdout: (chunk) => call.write(new language.RunPluginResponse().setStdout(chunk)),
            stderr: (chunk) => call.write(new language.RunPluginResponse().setStderr(chunk)),
          },
        },
        cancelled.signal,
      );
      if (code !== 0) throw new Error(`Program exited with non-zero exit code: ${code ?? "none"}`);
    };
    run().then(
      () => {
        call.end();
      },
      (error: unknown) => {
        fail(call, error);
      },
    );
  };
}

function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")];
    }),
  );
}
