import fc from "fast-check";

// Whether a mutant is noticed does not depend on the smallest example that shows it.
fc.configureGlobal({ endOnFailure: true });
