import { kubectlCommand } from "../../../../cli/kubeconfigs/complete";

describe("kubectlCommand", () => {
  it("lets a shell expand nothing of another's names", () => {
    expect(kubectlCommand("my config", "o'neil@$(id)`id`")).toBe(
      String.raw`kubectl --kubeconfig 'my config' --context 'o'\''neil@$(id)${"`id`"}' auth whoami`,
    );
  });

  it("names a context whose name hides something, and shows what it is", () => {
    expect(kubectlCommand("-f", "-x\u2028y\u202e")).toBe(
      String.raw`kubectl --kubeconfig '-f' --context $'-x\342\200\250y\342\200\256' auth whoami`,
    );
  });
});
