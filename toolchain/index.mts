/** What the tests, the benchmarks and the demo use of this package; certificates have an entry of their own. */
export {
  type ControlPlane,
  type ControlPlaneOptions,
  type ControlPlanePrograms,
  startControlPlane,
} from "./control-plane/control-plane.mts";
export { recordedProcesses } from "./control-plane/folders.mts";
export {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from "./control-plane/process-identity.mts";
export { endGroup, watchInterruption } from "./processes.mts";
export { makeBackend, type PulumiRun, PulumiStack } from "./pulumi-stack.mts";
export { prepareToolchain, type Toolchain } from "./toolchain.mts";
