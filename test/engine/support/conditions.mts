import { kubectl } from "./commands.mts";

export async function conditionsOf(name: string): Promise<string> {
  return kubectl(`get csr ${name} -o jsonpath={.status.conditions[*].type}`);
}
