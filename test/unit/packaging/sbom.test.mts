import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages } from "../../../packaging/package-build.mts";
import { softwareBillOfMaterials } from "../../../packaging/sbom.mts";

const repository = join(import.meta.dirname, "../../..");

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(repository, name), "utf8"));
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

describe("the software bill of materials", () => {
  it("has what the package depends on and what it bundles, in the versions of the lock file, and nothing else", async () => {
    const { dependencies, version } = readJson("package.json") as {
      dependencies: Readonly<Record<string, string>>;
      version: string;
    };
    const { packages } = readJson("package-lock.json") as { packages: Readonly<Record<string, { version?: string }>> };
    const { bomFormat, metadata, components } = JSON.parse(await softwareBillOfMaterials(repository)) as {
      bomFormat: string;
      metadata: { component: Component };
      components: readonly Component[];
    };
    expect(bomFormat).toBe("CycloneDX");
    expect(metadata.component).toMatchObject({ name: "kubernetes-user", version });
    const listed = components.map((component) => `${component.name}@${component.version}`);
    const direct = Object.keys(dependencies).map(
      (name) => `${name}@${packages[`node_modules/${name}`]?.version ?? ""}`,
    );
    expect(listed).toEqual(expect.arrayContaining(direct));
    const bundled = (await bundledPackages()).map(({ name, version }) => `${name}@${version}`);
    expect(bundled.length).toBeGreaterThan(10);
    expect(listed).toEqual(expect.arrayContaining(bundled));
    const locked = Object.entries(packages).map(
      ([path, one]) => `${path.replace(/^.*node_modules\//, "")}@${one.version ?? ""}`,
    );
    expect(listed.filter((one) => !locked.includes(one))).toEqual([]);
    expect(
      components.filter(({ name }) => /^(?:jest|eslint|typescript|@pulumi\/.*|kubernetes-user.*)$/.test(name)),
    ).toEqual([]);
  }, 60_000);
});
