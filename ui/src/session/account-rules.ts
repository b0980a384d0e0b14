import { z } from "zod";
import { text } from "@/text";

const invalid = text.session.invalid;

/** What the API asks of an account, so that a form can say it at once. */
export const email = z.email(invalid.email);
export const username = z
  .string()
  .trim()
  .toLowerCase()
  .min(3, invalid.usernameLength)
  .max(32, invalid.usernameLength)
  .regex(/^[a-z0-9_-]+$/, invalid.usernameLetters);
export const password = z.string().min(8, invalid.passwordShort).max(128, invalid.passwordLong);
