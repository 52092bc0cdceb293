import { join } from "node:path";
import { softwareBillOfMaterials } from "./sbom.mts";

/* Prints what the npm package depends on, as CycloneDX: npm run --silent sbom > sbom.json. */

process.stdout.write(await softwareBillOfMaterials(join(import.meta.dirname, "..")));
