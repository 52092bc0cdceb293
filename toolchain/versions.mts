/** Which versions of a program will do. */
export interface VersionRange {
  /** For messages: `1.36.x`. */
  readonly wanted: string;
  accepts(version: string): boolean;
}

/** Any patch release of one minor version: `1.36.4` accepts every 1.36.x. */
export function sameMinor(version: string): VersionRange {
  const [major, minor] = numbersOf(version);
  return {
    wanted: `${major}.${minor}.x`,
    accepts: (candidate) => {
      const [candidateMajor, candidateMinor] = numbersOf(candidate);
      return candidateMajor === major && candidateMinor === minor;
    },
  };
}

/** That version or a newer one with the same major number. */
export function atLeast(version: string): VersionRange {
  const [major] = numbersOf(version);
  return {
    wanted: `${version} or newer, before ${major + 1}.0.0`,
    accepts: (candidate) => numbersOf(candidate)[0] === major && compareVersions(candidate, version) >= 0,
  };
}

/** Negative where `left` is the older one; what follows the three numbers is not looked at. */
export function compareVersions(left: string, right: string): number {
  const others = numbersOf(right);
  for (const [index, number] of numbersOf(left).entries()) {
    const difference = number - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): [number, number, number] {
  const [, major = "0", minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}
