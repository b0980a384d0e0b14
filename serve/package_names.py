"""What packages of several lessons are called."""

from typing import Literal

PackageName = Literal["scorm12.zip", "scorm2004.zip", "cmi5.zip"]
