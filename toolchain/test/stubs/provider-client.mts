import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider, { type DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { resourceProvider } from "../../stubs/tls/service.mts";
import type { Properties } from "../../stubs/tls/resources.mts";

export const keyType = "tls:index/privateKey:PrivateKey";
export const requestType = "tls:index/certRequest:CertRequest";

/** The plugin's service behind a real gRPC connection, called as the engine calls it. */
export class ProviderClient {
  readonly #server: Server;
  readonly #client: InstanceType<typeof providerGrpc.ResourceProviderClient>;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  static async start(): Promise<ProviderClient> {
    const server = new Server();
    server.addService(providerGrpc.ResourceProviderService, resourceProvider());
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return new ProviderClient(server, port);
  }

  stop(): void {
    this.#client.close();
    this.#server.forceShutdown();
  }

  /** What `check` objects to: `property: reason`. */
  async check(type: string, news: Properties): Promise<string[]> {
    const request = new provider.CheckRequest().setUrn(urnOf(type)).setNews(struct.Struct.fromJavaScript(news));
    const response = await answer<InstanceType<typeof provider.CheckResponse>>((done) =>
      this.#client.check(request, done),
    );
    return response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
  }

  async create(type: string, properties: Properties, preview = false): Promise<{ id: string; properties: Properties }> {
    const request = new provider.CreateRequest()
      .setUrn(urnOf(type))
      .setProperties(struct.Struct.fromJavaScript(properties))
      .setPreview(preview);
    const response = await answer<InstanceType<typeof provider.CreateResponse>>((done) =>
      this.#client.create(request, done),
    );
    return { id: response.getId(), properties: response.getProperties()?.toJavaScript() ?? {} };
  }

  async diff(type: string, olds: Properties, news: Properties): Promise<DiffResponse> {
    const request = new provider.DiffRequest()
      .setUrn(urnOf(type))
      .setId("id")
      .setOlds(struct.Struct.fromJavaScript(olds))
      .setNews(struct.Struct.fromJavaScript(news));
    return answer<DiffResponse>((done) => this.#client.diff(request, done));
  }

  async read(type: string, id: string, properties: Properties): Promise<{ id: string; properties: Properties }> {
    const request = new provider.ReadRequest()
      .setUrn(urnOf(type))
      .setId(id)
      .setProperties(struct.Struct.fromJavaScript(properties));
    const response = await answer<InstanceType<typeof provider.ReadResponse>>((done) =>
      this.#client.read(request, done),
    );
    return { id: response.getId(), properties: response.getProperties()?.toJavaScript() ?? {} };
  }

  async invoke(token: string): Promise<Properties> {
    const request = new provider.InvokeRequest().setTok(token);
    const response = await answer<InstanceType<typeof provider.InvokeResponse>>((done) =>
      this.#client.invoke(request, done),
    );
    return response.getReturn()?.toJavaScript() ?? {};
  }
}

/** A property's text. */
export function text(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value !== "string") throw new Error(`${name}: expected a string, got ${typeof value}`);
  return value;
}

function urnOf(type: string): string {
  return `urn:pulumi:dev::test::my:component:Parent$${type}::name`;
}

async function answer<Response>(
  call: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}
