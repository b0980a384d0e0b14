import { common, errors } from "@/text/common";
import { dashboard } from "@/text/dashboard";
import { lesson } from "@/text/lesson";
import { lessonPage } from "@/text/lesson-page";
import { lessons } from "@/text/lessons";
import { library } from "@/text/library";
import { newLesson } from "@/text/new-lesson";
import { quiz } from "@/text/quiz";
import { camera, capture, recorder } from "@/text/recorder";
import { session } from "@/text/session";
import { settings } from "@/text/settings";
import { shell } from "@/text/shell";
import { spokenConsent } from "@/text/spoken-consent";

const english = {
  common,
  errors,
  shell,
  session,
  dashboard,
  lesson,
  lessonPage,
  lessons,
  library,
  newLesson,
  quiz,
  recorder,
  camera,
  capture,
  settings,
  spokenConsent,
};

/** Every sentence the studio says. A translation has this shape. */
export type Catalogue = typeof english;

/** The language in use: English is the one there is. */
export const text: Catalogue = english;
export const locale = "en";
