"""KDTalker with LivePortrait's renderer: our own implementation.

Motion (audio, wav2lip, point, ddim, smoothing, motion) knows nothing of pictures; the renderer
(appearance, warping, generator) takes keypoints, whoever made them. Sections named in these files
are those of the model's specification.
"""
