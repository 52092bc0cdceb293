import { type handleServerStreamingCall } from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language, {
  type AboutRequest,
  type AboutResponse,
  type GetRequiredPackagesRequest,
  type GetRequiredPackagesResponse,
  type LanguageHandshakeRequest,
  type LanguageHandshakeResponse,
  type RunPluginRequest,
  type RunPluginResponse,
  type RunRequest,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import plugin, { type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { version } from "@pulumi/pulumi/version.js";
import empty, { type Empty } from "google-protobuf/google/protobuf/empty_pb.js";

import { fail, unary, unimplemented, UnimplementedError } from "../server.mts";
import { interruptAll, programOf, resolveFrom, runNode, runProgram, sdkEnvironment } from "./program.mts";

/** The LanguageRuntime service, as far as running programs and policy packs goes. */
export function languageRuntime(address: string): ILanguageRuntimeServer {
  let engineAddress = address;
  const left = <Request, Response>(method: string) =>
    unimplemented<Request, Response>("pulumi-language-nodejs", method);
  return {
    handshake: unary((request: LanguageHandshakeRequest): LanguageHandshakeResponse => {
      engineAddress = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    // None: each resource names its plugin's version by itself, and nothing is downloaded here.
    getRequiredPackages: unary<GetRequiredPackagesRequest, GetRequiredPackagesResponse>(
      () => new language.GetRequiredPackagesResponse(),
    ),
    run: unary((request: RunRequest, call): Promise<RunResponse> => {
      const cancelled = new AbortController();
      call.on("cancelled", () => {
        cancelled.abort();
      });
      return runProgram(request, engineAddress, cancelled.signal);
    }),
    runPlugin,
    about: unary<AboutRequest, AboutResponse>(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    getPluginInfo: unary<Empty, PluginInfo>(() => new plugin.PluginInfo().setVersion(version)),
    cancel: unary<Empty, Empty>(() => {
      interruptAll();
      return new empty.Empty();
    }),
    installDependencies: (call) => {
      fail(call, new UnimplementedError("InstallDependencies: not in this stub. Run npm install."));
    },
    getRequiredPlugins: left("GetRequiredPlugins"),
    getProgramDependencies: left("GetProgramDependencies"),
    runtimeOptionsPrompts: left("RuntimeOptionsPrompts"),
    template: left("Template"),
    generateProgram: left("GenerateProgram"),
    generateProject: left("GenerateProject"),
    generatePackage: left("GeneratePackage"),
    pack: left("Pack"),
    link: left("Link"),
  };
}

/** Policy packs. Its runner finds the pack, and tsconfig.json, in the folder that it is started in. */
const runPlugin: handleServerStreamingCall<RunPluginRequest, RunPluginResponse> = (call) => {
  const { request } = call;
  const cancelled = new AbortController();
  call.on("cancelled", () => {
    cancelled.abort();
  });
  const run = async (): Promise<void> => {
    if (request.getKind() !== "analyzer") {
      throw new UnimplementedError(`plugins of the kind ${JSON.stringify(request.getKind())}: not in this stub`);
    }
    const { directory, options } = programOf(request.getInfo());
    const module = resolveFrom(directory, "@pulumi/pulumi/cmd/run-policy-pack");
    const { code } = await runNode([module, ...request.getArgsList(), "."], {
      env: { ...environmentOf(request.getEnvList()), ...sdkEnvironment(options) },
      cwd: directory,
      cancelled: cancelled.signal,
      output: {
        stdout: (chunk) => call.write(new language.RunPluginResponse().setStdout(chunk)),
        stderr: (chunk) => call.write(new language.RunPluginResponse().setStderr(chunk)),
      },
    });
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

function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")];
    }),
  );
}
