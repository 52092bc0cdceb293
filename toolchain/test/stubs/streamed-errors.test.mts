import { once } from "node:events";
import { credentials, type Client, Server, ServerCredentials, status } from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { languageRuntime } from "../../stubs/language-host/service.mts";
import { resourceProvider } from "../../stubs/tls/service.mts";

const server = new Server();
const clients: Client[] = [];
let address: string;

beforeAll(async () => {
  server.addService(languageGrpc.LanguageRuntimeService, languageRuntime(""));
  server.addService(providerGrpc.ResourceProviderService, resourceProvider());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  address = `127.0.0.1:${port}`;
});

afterAll(() => {
  for (const client of clients) client.close();
  server.forceShutdown();
});

function hostClient(): InstanceType<typeof languageGrpc.LanguageRuntimeClient> {
  const client = new languageGrpc.LanguageRuntimeClient(address, credentials.createInsecure());
  clients.push(client);
  return client;
}

describe("a streamed call that fails ends with its error", () => {
  test("installing dependencies", async () => {
    const call = hostClient().installDependencies(new language.InstallDependenciesRequest()).resume();

    expect(await once(call, "error")).toMatchObject([{ code: status.UNIMPLEMENTED }]);
  });

  test("running a plugin that is no policy pack", async () => {
    const call = hostClient().runPlugin(new language.RunPluginRequest().setKind("resource")).resume();

    expect(await once(call, "error")).toMatchObject([{ code: status.UNIMPLEMENTED }]);
  });

  test("running a policy pack that is not named", async () => {
    const call = hostClient().runPlugin(new language.RunPluginRequest().setKind("analyzer")).resume();

    expect(String(await once(call, "error"))).toContain("where the program is");
  });

  test("listing resources", async () => {
    const client = new providerGrpc.ResourceProviderClient(address, credentials.createInsecure());
    clients.push(client);
    const call = client.list(new provider.ListRequest()).resume();

    expect(await once(call, "error")).toMatchObject([{ code: status.UNIMPLEMENTED }]);
  });
});
