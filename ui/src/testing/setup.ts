import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// the machine may be slow; what is waited for comes, or never
configure({ asyncUtilTimeout: 60_000 });

afterEach(cleanup);
