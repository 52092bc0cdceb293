import { createPrivateKey } from "node:crypto";
import { join } from "node:path";
import { Option, type Command } from "commander";
import { createRequest, parseRequest } from "../../components/core/csr/certification-request";
import { ValidationErrors } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { checkGroups, checkUsername } from "../../components/core/options/identity";
import {
  declaredRequestManifest,
  defaultSignerName,
  issuanceRequestOf,
} from "../../components/core/csr/issuance-request";
import { checkOption } from "../../components/core/options/option-table";
import { lifetimeOf, lifetimeOptions } from "../../components/core/options/lifetime";
import { checkSignerName } from "../../components/core/options/user-options";
import { formatYaml } from "../../components/core/kubeconfig/yaml-writer";
import { createFiles } from "../files/create-files";
import { fileNameOf } from "../files/file-name";
import { generateKey, keyAlgorithmNames } from "../keys/key-algorithm";
import { readPrivateKey } from "../keys/read-key";
import { describeUsableKey } from "../keys/usable-key";
import { parseDuration } from "../options/duration";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { repeated } from "../options/repeated-option";
import { type CommandContext } from "../command-context";

interface RequestOptions extends OutputOptions {
  readonly group: readonly string[];
  readonly keyAlgorithm?: string;
  readonly key?: string;
  readonly out: string;
  readonly manifest?: true;
  readonly lifetime?: string;
  readonly signerName?: string;
}

/** What was made. */
interface MadeRequest {
  readonly username: string;
  readonly groups: readonly string[];
  readonly keyAlgorithm: string;
  readonly keySize: number;
  /** SHA-256 of the public key, by which the person and the approver make sure that they mean the same one. */
  readonly fingerprint: string;
  /** File of the private key. */
  readonly keyFile: string;
  /** File of the PKCS#10 request. */
  readonly requestFile: string;
  /** File of the CertificateSigningRequest, and its name in the cluster. */
  readonly manifestFile?: string;
  readonly csrName?: string;
}

const help = `
The key is made on this machine and stays on it; only you can read it. Give the request to whoever gives you access.
Existing files are never overwritten.

Examples:
  kubernetes-user request jane --group developers --group oncall
  kubernetes-user request jane --key-algorithm RSA-4096 --out ~/.kube/acme
  kubernetes-user request jane --group admins --key jane.key --out new   # other groups, the same key
  kubernetes-user request jane --manifest --lifetime 7d                  # to apply with kubectl

Exit codes: 0 made, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user request`. */
export function addRequestCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("request")
    .description("Makes a private key and a PKCS#10 certificate request: NAME.key and NAME.csr.")
    .argument("<name>", "the user's name, which becomes the certificate's CN")
    .option("-g, --group <name>", "group of the user; repeatable", repeated, [])
    .addOption(
      new Option(
        "--key-algorithm <name>",
        `algorithm of the key (choices: ${keyAlgorithmNames.join(", ")}; default: ${String(keyAlgorithmNames[0])})`,
      ),
    )
    .option("--key <file>", "use this private key instead of making one")
    .option("--out <folder>", "folder for the files", ".")
    .option("--manifest", "also write NAME.yaml, a CertificateSigningRequest to apply with kubectl")
    .option("--lifetime <duration>", "lifetime that the manifest requests (default: 1d, at least 10m)")
    .option("--signer-name <name>", `signer that the manifest requests (default: ${defaultSignerName})`);
  addOutputOption(command)
    .addHelpText("after", help)
    .action((name: string, options: RequestOptions) => {
      request(name, options, run);
    });
}

function request(username: string, options: RequestOptions, run: CommandContext): void {
  const expirationSeconds = check(username, options);
  const { group: groups, out } = options;
  const base = join(out, fileNameOf(username));
  const keyPem =
    options.key === undefined
      ? generateKey(options.keyAlgorithm ?? String(keyAlgorithmNames[0]))
      : readPrivateKey(options.key, run).export({ format: "pem", type: "pkcs8" }).toString();
  const { algorithm, size } = describeUsableKey(createPrivateKey(keyPem), options.key ?? `${base}.key`);
  const parsed = parseRequest(createRequest({ username, groups }, keyPem));
  const signerName = options.signerName ?? defaultSignerName;
  const issuanceRequest = issuanceRequestOf(parsed, { signerName, expirationSeconds });
  const manifest = options.manifest === true ? declaredRequestManifest(issuanceRequest) : undefined;
  createFiles([
    ...(options.key === undefined ? [{ path: `${base}.key`, content: keyPem, mode: 0o600 }] : []),
    { path: `${base}.csr`, content: parsed.pem, mode: 0o644 },
    ...(manifest === undefined ? [] : [{ path: `${base}.yaml`, content: formatYaml(manifest), mode: 0o644 }]),
  ]);
  const made: MadeRequest = {
    username,
    groups,
    keyAlgorithm: algorithm,
    keySize: size,
    fingerprint: parsed.fingerprint,
    keyFile: options.key ?? `${base}.key`,
    requestFile: `${base}.csr`,
    ...(manifest === undefined ? {} : { manifestFile: `${base}.yaml`, csrName: manifest.metadata.name }),
  };
  run.result(options.output, made, () => explanation(made));
}

/** The lifetime to ask for, in seconds. Throws everything that is wrong with the options. */
function check(username: string, options: RequestOptions): number {
  const errors = new ValidationErrors();
  checkUsername(errors, "NAME", username);
  checkGroups(errors, "--group", options.group);
  errors.choice("--key-algorithm", options.keyAlgorithm, keyAlgorithmNames);
  if (options.key !== undefined && options.keyAlgorithm !== undefined) {
    errors.add("--key-algorithm", "an existing key has its own algorithm. Leave it out, or leave out --key.");
  }
  for (const [option, value] of [
    ["--lifetime", options.lifetime],
    ["--signer-name", options.signerName],
  ] as const) {
    if (value !== undefined && options.manifest !== true) {
      errors.add(option, "it needs --manifest: a PKCS#10 request alone does not hold it.");
    }
  }
  const lifetime = parseDuration(errors, "--lifetime", options.lifetime);
  checkOption(errors, "--lifetime", lifetime, lifetimeOptions.expirationSeconds);
  checkSignerName(errors, "--signer-name", options.signerName);
  throwErrors("request", errors.all);
  return lifetimeOf({ expirationSeconds: lifetime });
}

function explanation({ username, keyFile, fingerprint, requestFile, manifestFile, csrName }: MadeRequest): string[] {
  const declaration = `new KubernetesUser(${JSON.stringify(username)}, { request: readFileSync(${JSON.stringify(requestFile)}, "utf8") });`;
  return [
    `private key  ${keyFile}    stays with you: give it to nobody, commit it nowhere`,
    `request      ${requestFile}    not secret: give it to whoever gives you access`,
    ...(manifestFile === undefined
      ? []
      : [`manifest     ${manifestFile}    not secret: the request for kubectl apply`]),
    `fingerprint  ${fingerprint}    of the public key: compare it with the approver in person or by phone`,
    "",
    "Put the request into the infrastructure repository, beside a declaration such as",
    `  ${declaration}`,
    ...(csrName === undefined
      ? []
      : [
          "or have the manifest applied and approved:",
          `  kubectl apply -f ${manifestFile ?? ""}`,
          `  kubernetes-user approve -f ${manifestFile ?? ""}`,
        ]),
    "",
    "You get a kubeconfig without a key back. Add yours to it:",
    `  kubernetes-user kubeconfig FILE --key ${keyFile}`,
  ];
}
