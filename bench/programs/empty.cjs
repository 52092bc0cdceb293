"use strict";

/* What any Pulumi program pays: the engine, the language host and the SDK. */
