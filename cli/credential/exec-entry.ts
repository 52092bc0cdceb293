import { isAbsolute } from "node:path";
import { isRecord, isStrings } from "../../components/core/options/validation-errors";

type Fields = Readonly<Record<string, unknown>>;

/** What kubectl says when it does not find the command. */
const installHint =
  "This kubeconfig takes its certificate from the command kubernetes-user. Install it with: npm install --global kubernetes-user";

/**
 * The content of a user entry by which kubectl gets its certificate from a credential file. A certificate must not stand
 * beside it: kubectl would use that one, and never start the command.
 *
 * @param command a name that is found in PATH, or an absolute path.
 * @param file the credential file's absolute path.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execEntry(command: string, file: string): Fields {
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      args: ["credential", file],
      interactiveMode: "Never",
      provideClusterInfo: true,
      installHint,
    },
  };
}

/** The credential file of a user entry that {@link execEntry} has made; undefined for every other one. */
export function credentialFileOf({ exec, ...others }: Fields): string | undefined {
  const { args, env } = isRecord(exec) ? exec : {};
  const [word, file, ...more] = isStrings(args) ? args : [];
  const alone = Object.values(others).every((value) => value === undefined) && (env === undefined || env === null);
  return alone && word === "credential" && file !== undefined && isAbsolute(file) && more.length === 0
    ? file
    : undefined;
}
