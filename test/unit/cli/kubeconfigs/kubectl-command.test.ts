import { kubectlCommand } from "../../../../cli/kubeconfigs/kubectl-command";

describe("kubectlCommand", () => {
  it("lets a shell expand nothing of another's names", () => {
    expect(kubectlCommand("my config", "o'neil@$(id)`id`")).toBe(
      String.raw`kubectl --kubeconfig 'my config' --context 'o'\''neil@$(id)${"`id`"}' auth whoami`,
    );
  });
});
