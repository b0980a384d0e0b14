import { readdirSync } from "node:fs";
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const FEATURES = readdirSync("src/features");
const UPWARDS = { regex: "^\\.\\.?/.*\\.\\./|^\\.\\./", message: "Import from “@/…”." };
const LARGE = { name: "zod", message: "Import from “zod/mini”: it is a third as large." };

/** Files below `folder` may not import what matches one of `patterns`. */
function apart(folder, ...patterns) {
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: {
      "no-restricted-imports": ["error", { paths: [LARGE], patterns: [UPWARDS, ...patterns] }],
    },
  };
}

const NO_APP = { regex: "^@/app/", message: "Only main.tsx and the tests know the app." };
const NO_FEATURES = { regex: "^@/features/", message: "Features are put together by the app." };
const NO_SESSION = { regex: "^@/session/", message: "This is below the session." };

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/client/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      // a handler may be async: its errors go to the query client
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      // routes throw redirects
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  { files: ["public/*.js"], languageOptions: { globals: { document: true, localStorage: true } } },
  apart("app"),
  apart("session", NO_APP, NO_FEATURES),
  apart("components", NO_APP, NO_FEATURES, NO_SESSION),
  apart("client", NO_APP, NO_FEATURES, { regex: "^@/components/" }),
  apart("text", { regex: "^@/(?!text/)" }),
  ...FEATURES.map((feature) =>
    apart(`features/${feature}`, NO_APP, {
      regex: `^@/features/(?!${feature}/)`,
      message: "Features do not import each other.",
    }),
  ),
);
