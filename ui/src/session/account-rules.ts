import * as z from "zod/mini";
import { text } from "@/text";

const invalid = text.session.invalid;

/** What the API asks of an account, so that a form can say it at once. */
export const email = z.email(invalid.email);
export const username = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.minLength(3, invalid.usernameLength),
    z.maxLength(32, invalid.usernameLength),
    z.regex(/^[a-z0-9_-]+$/, invalid.usernameLetters),
  );
export const password = z
  .string()
  .check(z.minLength(8, invalid.passwordShort), z.maxLength(128, invalid.passwordLong));
