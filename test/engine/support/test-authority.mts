import type * as authority from "../../unit/support/test-authority.ts";

/**
 * The authority of unit tests, for tests with a cluster. Jest cannot load it together with a test's file, beside modules
 * of the toolchain, so it is loaded when somebody needs it.
 */
export function testAuthority(): Promise<typeof authority> {
  return import("../../unit/support/test-authority.ts");
}
