import { isDeepStrictEqual } from "node:util";

import plugin, { type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider, {
  type CheckRequest,
  type CheckResponse,
  type ConfigureRequest,
  type ConfigureResponse,
  type CreateRequest,
  type CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  type DiffResponse,
  type GetSchemaRequest,
  type GetSchemaResponse,
  type InvokeRequest,
  type InvokeResponse,
  type ProviderHandshakeRequest,
  type ProviderHandshakeResponse,
  type ReadRequest,
  type ReadResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import empty, { type Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import struct, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";

import { fail, unary, unimplemented, UnimplementedError } from "../server.mts";
import { certRequest, privateKey, type Properties, type ResourceKind, unknownValue } from "./resources.mts";

/** The release whose behaviour this plugin copies. */
export const pluginVersion = "5.6.1";

const program = "pulumi-resource-tls";

const kinds = new Map<string, ResourceKind>([
  ["tls:index/privateKey:PrivateKey", privateKey],
  ["tls:index/certRequest:CertRequest", certRequest],
]);

/**
 * The ResourceProvider service of the tls plugin, as far as the stub goes. It takes and gives secrets in clear: the
 * engine keeps those encrypted that the SDK's classes declare, which are all that hold a key.
 */
export function resourceProvider(): IResourceProviderServer {
  const left = <Request, Response>(method: string) => unimplemented<Request, Response>(program, method);
  const nothing = () => new empty.Empty();
  return {
    handshake: unary<ProviderHandshakeRequest, ProviderHandshakeResponse>(
      () => new provider.ProviderHandshakeResponse(),
    ),
    getSchema: unary<GetSchemaRequest, GetSchemaResponse>(() => {
      const resources = Object.fromEntries([...kinds.keys()].map((type) => [type, {}]));
      const schema = { name: "tls", version: pluginVersion, resources };
      return new provider.GetSchemaResponse().setSchema(JSON.stringify(schema));
    }),
    checkConfig: unary<CheckRequest, CheckResponse>((request) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary<DiffRequest, DiffResponse>(() =>
      new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE),
    ),
    configure: unary<ConfigureRequest, ConfigureResponse>(() =>
      new provider.ConfigureResponse().setSupportspreview(true),
    ),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    read: unary(read),
    delete: unary<DeleteRequest, Empty>(nothing),
    invoke: unary<InvokeRequest, InvokeResponse>((request) => {
      throw notInStub(request.getTok());
    }),
    getPluginInfo: unary<Empty, PluginInfo>(() => new plugin.PluginInfo().setVersion(pluginVersion)),
    attach: unary(nothing),
    cancel: unary(nothing),
    // No change of a key or a request keeps it: the engine never asks for these.
    update: left("Update"),
    parameterize: left("Parameterize"),
    call: left("Call"),
    construct: left("Construct"),
    list: (call) => {
      fail(call, notInStub("List"));
    },
    getMapping: left("GetMapping"),
    getMappings: left("GetMappings"),
  };
}

function check(request: CheckRequest): CheckResponse {
  const kind = kindOf(request.getUrn());
  const inputs = fromStruct(request.getNews());
  const unexpected = Object.keys(inputs)
    .filter((name) => !kind.inputs.includes(name) && !name.startsWith("__"))
    .map((property) => ({ property, reason: `not an input of this stub, which has ${kind.inputs.join(", ")}` }));
  return new provider.CheckResponse()
    .setInputs(request.getNews())
    .setFailuresList(
      [...kind.check(inputs), ...unexpected].map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function diff(request: DiffRequest): DiffResponse {
  const kind = kindOf(request.getUrn());
  const olds = fromStruct(request.getOlds());
  const news: Properties = { ...kind.defaults, ...fromStruct(request.getNews()) };
  const changed = kind.inputs.filter((name) => !isDeepStrictEqual(olds[name], news[name]));
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  return new provider.DiffResponse()
    .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(changed)
    .setReplacesList(changed);
}

async function create(request: CreateRequest): Promise<CreateResponse> {
  const kind = kindOf(request.getUrn());
  const inputs: Properties = { ...kind.defaults, ...fromStruct(request.getProperties()) };
  const response = new provider.CreateResponse();
  if (request.getPreview()) {
    const pending = Object.fromEntries(kind.computed.map((name) => [name, unknownValue]));
    return response.setProperties(toStruct({ ...inputs, ...pending }));
  }
  const { id, outputs } = await kind.create(inputs);
  return response.setId(id).setProperties(toStruct({ ...inputs, ...outputs }));
}

/** Keys and requests live in the state alone: what is there is what there is. */
function read(request: ReadRequest): ReadResponse {
  kindOf(request.getUrn());
  const state = request.getProperties();
  if (Object.keys(fromStruct(state)).length === 0) {
    throw new UnimplementedError("this resource does not support import: a private key cannot be read back");
  }
  return new provider.ReadResponse().setId(request.getId()).setProperties(state).setInputs(request.getInputs());
}

/** The properties of a message; those that are null count as absent. */
function fromStruct(message: Struct | undefined): Properties {
  return Object.fromEntries(Object.entries(message?.toJavaScript() ?? {}).filter(([, value]) => value !== null));
}

function toStruct(properties: Properties): Struct {
  return struct.Struct.fromJavaScript({ ...properties });
}

/** The kind of resource that a URN names: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function kindOf(urn: string): ResourceKind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds.get(type);
  if (kind === undefined) throw notInStub(type);
  return kind;
}

function notInStub(name: string): UnimplementedError {
  const has = [...kinds.keys()].join(" and ");
  return new UnimplementedError(`${name} is not in this stub for ${program}, which has ${has}.`);
}
