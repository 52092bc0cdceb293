import { status } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider, {
  type CheckRequest,
  type CheckResponse,
  type CreateRequest,
  type CreateResponse,
  type DiffRequest,
  type DiffResponse,
  type InvokeRequest,
  type ReadRequest,
  type ReadResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

import { RpcError, unary, unimplemented, unimplementedStream } from "../shared/server.mts";
import { certRequest } from "./cert-request.mts";
import { privateKey } from "./private-key.mts";
import {
  differences,
  fromStruct,
  isUnknown,
  type Properties,
  type ResourceKind,
  revealAll,
  secret,
  toStruct,
  unknownValue,
} from "./properties.mts";

/** The release whose behaviour this plugin copies. */
export const pluginVersion = "5.6.1";

const program = "pulumi-resource-tls";

const kinds = new Map<string, ResourceKind>([
  ["tls:index/privateKey:PrivateKey", privateKey],
  ["tls:index/certRequest:CertRequest", certRequest],
]);

/** The ResourceProvider service of the tls plugin, as far as the stub goes. */
export function resourceProvider(): IResourceProviderServer {
  return {
    handshake: unary(() => new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true)),
    getSchema: unary(() =>
      new provider.GetSchemaResponse().setSchema(
        JSON.stringify({
          name: "tls",
          version: pluginVersion,
          resources: Object.fromEntries([...kinds.keys()].map((type) => [type, {}])),
        }),
      ),
    ),
    checkConfig: unary((request) => new provider.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() =>
      new provider.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true),
    ),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    read: unary(read),
    delete: unary(() => new empty.Empty()),
    invoke: unary((request: InvokeRequest) => {
      throw notInStub(request.getTok());
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(pluginVersion)),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => new empty.Empty()),
    // No change of a key or a request keeps it: the engine never asks for these.
    update: unimplemented(program, "Update"),
    parameterize: unimplemented(program, "Parameterize"),
    call: unimplemented(program, "Call"),
    construct: unimplemented(program, "Construct"),
    list: unimplementedStream(program, "List"),
    getMapping: unimplemented(program, "GetMapping"),
    getMappings: unimplemented(program, "GetMappings"),
  };
}

function check(request: CheckRequest): CheckResponse {
  const kind = kindOf(request.getUrn());
  const inputs = revealAll(fromStruct(request.getNews()));
  const unexpected = Object.keys(inputs)
    .filter((name) => !kind.inputs.includes(name) && !name.startsWith("__"))
    .map((property) => ({ property, reason: `not an input; there are: ${kind.inputs.join(", ")}` }));
  const failures = [...kind.check(inputs), ...unexpected];
  return new provider.CheckResponse()
    .setInputs(request.getNews())
    .setFailuresList(
      failures.map(({ property, reason }) => new provider.CheckFailure().setProperty(property).setReason(reason)),
    );
}

function diff(request: DiffRequest): DiffResponse {
  const kind = kindOf(request.getUrn());
  const { ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = provider.PropertyDiff.Kind;
  const kindNumbers = { add: ADD_REPLACE, delete: DELETE_REPLACE, update: UPDATE_REPLACE };
  const found = differences(
    revealAll(fromStruct(request.getOlds())),
    { ...kind.defaults, ...revealAll(fromStruct(request.getNews())) },
    kind.inputs,
  );
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const changed = [...new Set(found.map(({ path }) => path.split(/[.[]/, 1)[0] ?? path))];
  const response = new provider.DiffResponse()
    .setChanges(found.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(changed)
    .setReplacesList(changed)
    .setHasdetaileddiff(true);
  const details = response.getDetaileddiffMap();
  for (const { path, kind: change } of found) {
    details.set(path, new provider.PropertyDiff().setKind(kindNumbers[change]));
  }
  return response;
}

async function create(request: CreateRequest): Promise<CreateResponse> {
  const kind = kindOf(request.getUrn());
  // Echoed with the marks that they came with: what the program called secret stays so.
  const marked = { ...kind.defaults, ...fromStruct(request.getProperties()) };
  const inputs = revealAll(marked);
  if (request.getPreview()) {
    const pending = Object.fromEntries(kind.computed.map((name) => [name, unknownValue]));
    return new provider.CreateResponse().setProperties(toStruct(withSecrets(kind, { ...marked, ...pending })));
  }
  if (isUnknown(inputs)) {
    throw new RpcError(status.INVALID_ARGUMENT, "an input is not known yet: nothing can be created of it");
  }
  const { id, outputs } = await kind.create(inputs);
  return new provider.CreateResponse().setId(id).setProperties(toStruct(withSecrets(kind, { ...marked, ...outputs })));
}

/** Keys and requests live in the state alone: what is there is what there is. */
function read(request: ReadRequest): ReadResponse {
  const kind = kindOf(request.getUrn());
  const state = fromStruct(request.getProperties());
  if (Object.keys(state).length === 0) {
    throw new RpcError(
      status.UNIMPLEMENTED,
      "this resource does not support import: a private key cannot be read back",
    );
  }
  return new provider.ReadResponse()
    .setId(request.getId())
    .setProperties(toStruct(withSecrets(kind, state)))
    .setInputs(request.getInputs());
}

function withSecrets(kind: ResourceKind, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, kind.secrets.includes(name) ? secret(value) : value]),
  );
}

/** The kind of resource that a URN names: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function kindOf(urn: string): ResourceKind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds.get(type);
  if (kind === undefined) throw notInStub(type);
  return kind;
}

function notInStub(name: string): RpcError {
  return new RpcError(
    status.UNIMPLEMENTED,
    `${name} is not in this stub for ${program}, which has ${[...kinds.keys()].join(" and ")}. ` +
      `Install the official tls plugin ${pluginVersion} to use it.`,
  );
}
