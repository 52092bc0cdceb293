import { type handleServerStreamingCall, type handleUnaryCall } from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language, {
  type AboutRequest,
  type AboutResponse,
  type GetProgramDependenciesRequest,
  type GetProgramDependenciesResponse,
  type GetRequiredPackagesRequest,
  type GetRequiredPackagesResponse,
  type InstallDependenciesRequest,
  type InstallDependenciesResponse,
  type RunPluginRequest,
  type RunPluginResponse,
  type RunRequest,
  type RunResponse,
  type RuntimeOptionsRequest,
  type RuntimeOptionsResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { version } from "@pulumi/pulumi/version.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

import type { Children } from "./children.mts";
import { packageManagers, parseRuntimeOptions, sdkEnvironment } from "./options.mts";
import { findProgram, installArguments, packageManagerOf, packageManagerVersion } from "./package-manager.mts";
import { installedPackages, programDependencies, requiredPlugins, sdkConflict } from "./packages.mts";
import { programOf, resolveFrom, runProgram } from "./program.mts";
import { fail, unary, unimplemented } from "../shared/server.mts";

/** What the host was started with. */
export interface HostContext {
  readonly engineAddress: string;
  readonly tracing: string;
  readonly children: Children;
}

/** The LanguageRuntime service: every method that running programs needs; code generation is left out. */
export function languageRuntime(context: HostContext): ILanguageRuntimeServer {
  const { children, tracing } = context;
  let { engineAddress } = context;

  const run: handleUnaryCall<RunRequest, RunResponse> = (call, callback) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => {
      cancelled.abort();
    });
    void runProgram(call.request, { children, engineAddress, tracing, cancelled: cancelled.signal }).then((outcome) => {
      callback(null, new language.RunResponse().setError(outcome.error).setBail(outcome.bail));
    });
  };

  return {
    handshake: unary((request) => {
      engineAddress = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    getRequiredPackages: unary(getRequiredPackages),
    run,
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    installDependencies: installDependencies(children),
    runtimeOptionsPrompts: unary(runtimeOptionsPrompts),
    // The official host writes a file here for pnpm's sake only.
    template: unary(() => new language.TemplateResponse()),
    about: unary(about),
    getProgramDependencies: unary(getProgramDependencies),
    runPlugin: runPlugin(children),
    cancel: unary(() => {
      children.interrupt();
      return new empty.Empty();
    }),
    // Older than GetRequiredPackages, and not in the official host either.
    getRequiredPlugins: unimplemented("pulumi-language-nodejs", "GetRequiredPlugins"),
    generateProgram: unimplemented("pulumi-language-nodejs", "GenerateProgram"),
    generateProject: unimplemented("pulumi-language-nodejs", "GenerateProject"),
    generatePackage: unimplemented("pulumi-language-nodejs", "GeneratePackage"),
    pack: unimplemented("pulumi-language-nodejs", "Pack"),
    link: unimplemented("pulumi-language-nodejs", "Link"),
  };
}

function getRequiredPackages(request: GetRequiredPackagesRequest): GetRequiredPackagesResponse {
  const packages = installedPackages(programOf(request.getInfo()).directory);
  const conflict = sdkConflict(packages);
  if (conflict !== undefined) process.stderr.write(`${conflict}\n`);
  return new language.GetRequiredPackagesResponse().setPackagesList(
    requiredPlugins(packages).map(({ name, version: wanted, server, parameterization }) => {
      const dependency = new plugin.PackageDependency()
        .setName(name)
        .setKind("resource")
        .setVersion(wanted)
        .setServer(server);
      if (parameterization === undefined) return dependency;
      return dependency.setParameterization(
        new plugin.PackageParameterization()
          .setName(parameterization.name)
          .setVersion(parameterization.version)
          .setValue(parameterization.value),
      );
    }),
  );
}

function getProgramDependencies(request: GetProgramDependenciesRequest): GetProgramDependenciesResponse {
  const { directory } = programOf(request.getInfo());
  return new language.GetProgramDependenciesResponse().setDependenciesList(
    programDependencies(directory, request.getTransitivedependencies()).map(({ name, version: installed }) =>
      new language.DependencyInfo().setName(name).setVersion(installed),
    ),
  );
}

async function about(request: AboutRequest): Promise<AboutResponse> {
  const manager = packageManagerOf(programOf(request.getInfo()));
  const response = new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
  response
    .getMetadataMap()
    .set("packagemanager", manager)
    .set("packagemanagerVersion", await packageManagerVersion(manager));
  return response;
}

function runtimeOptionsPrompts(request: RuntimeOptionsRequest): RuntimeOptionsResponse {
  const response = new language.RuntimeOptionsResponse();
  if ("packagemanager" in programOf(request.getInfo()).options) return response;
  const { STRING } = language.RuntimeOptionPrompt.RuntimeOptionType;
  const choice = (manager: string, displayName: string) =>
    new language.RuntimeOptionPrompt.RuntimeOptionValue()
      .setPrompttype(STRING)
      .setStringvalue(manager)
      .setDisplayname(displayName);
  return response.setPromptsList([
    new language.RuntimeOptionPrompt()
      .setKey("packagemanager")
      .setDescription("The package manager to use for installing dependencies")
      .setPrompttype(STRING)
      .setChoicesList(
        packageManagers.map((manager) =>
          choice(manager, findProgram(manager) !== undefined ? manager : `${manager} [not found]`),
        ),
      )
      .setDefault(choice("npm", "")),
  ]);
}

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

/** Plugins that are themselves Node.js programs: a folder with PulumiPlugin.yaml, or a policy pack's. */
export function runPlugin(children: Children): handleServerStreamingCall<RunPluginRequest, RunPluginResponse> {
  return (call) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => {
      cancelled.abort();
    });
    const run = async (): Promise<void> => {
      const { request } = call;
      const { directory, options: given } = programOf(request.getInfo());
      const options = parseRuntimeOptions(given);
      // A policy pack's runner finds the pack, and tsconfig.json, in the folder that it is started in.
      const isPolicyPack = request.getKind() === "analyzer";
      const runner = isPolicyPack ? "run-policy-pack" : "run-plugin";
      const module = resolveFrom(directory, `@pulumi/pulumi/cmd/${runner}`, `npm install in ${directory}`);
      const words = isPolicyPack ? [...request.getArgsList(), "."] : [directory, ...request.getArgsList()];
      const { code } = await children.run(
        process.execPath,
        [module, ...options.nodeArguments, ...words],
        {
          env: { ...environmentOf(request.getEnvList()), ...sdkEnvironment(options) },
          cwd: isPolicyPack ? directory : request.getPwd(),
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
