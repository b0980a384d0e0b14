"""Checks of crops, extractors, warp, generator and the whole, at the README's tolerances."""

import numpy as np
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.audio import Voice, load_voice
from deployments.kdtalker.kdtalker.crop import Framing, framing, rectangle
from deployments.kdtalker.kdtalker.ddim import Sampler
from deployments.kdtalker.kdtalker.fast_generator import FastGenerator
from deployments.kdtalker.kdtalker.fast_warping import FastWarping
from deployments.kdtalker.kdtalker.golden import Array, Check, Checks, Golden, Vectors, apart
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.motion import MotionModel
from deployments.kdtalker.kdtalker.motion_extractor import HEADS, pose_of
from deployments.kdtalker.kdtalker.picture import (
    as_input,
    averaged,
    cut,
    cut_square,
    mask_in_portrait,
    put_back,
    squashed,
)
from deployments.kdtalker.kdtalker.renderer import Renderer, as_bytes
from deployments.kdtalker.kdtalker.talker import Portrait, Talker
from deployments.kdtalker.kdtalker.warping import Warped

PICTURE, PICTURE_MEAN = 1e-3, 2e-5
"""Allowed of a picture in 0..1: at worst, and on the mean."""
DIFFERENT_BYTES = 0.002
STEP = 1.001 / 255
"""One of a byte's, in 0..1."""
BF16_DECIBELS = 35.0
BATCH = 4


def check_extractor(golden: Golden) -> Checks:
    vectors = golden.vectors("motion_extractor")
    net = golden.net(loading.MOTION)
    for picture in "ab":
        heads = net(vectors.picture(f"image_256_{picture}"))
        for name in HEADS:
            yield vectors.within(f"raw_{picture}_{name}", heads[name], 1e-4)
        pose = pose_of(heads)
        for name in HEADS:
            allowed = 1e-3 if name in ("pitch", "yaw", "roll") else 1e-4
            value: Tensor = getattr(pose, name)
            yield vectors.within(f"info_{picture}_{name}", value.reshape(1, -1), allowed)


def check_appearance(golden: Golden) -> Checks:
    vectors = golden.vectors("appearance")
    net = golden.net(loading.APPEARANCE)
    for form in ("", ", norms folded"):
        feature = net(vectors.picture("image_256"))
        yield vectors.within("feature_3d_sub", feature[:, ::4, ::4, ::4, ::4], 1e-4, form)
        # stored in float16, which keeps eleven bits
        yield vectors.nearly("feature_3d_f16", feature, 1e-4 + 2**-11, form)
        fold_norms(net)


def check_crops(golden: Golden) -> Checks:
    for name in ("crop", "crop_large"):
        vectors = golden.vectors(name)
        for key in [key for key in vectors if key.endswith("_lm68")]:
            yield from _check_rectangle(golden, vectors, key.removesuffix("_lm68"))
    vectors = golden.vectors("crop")
    for key in [key for key in vectors if key.endswith("_pts")]:
        yield from _check_framing(vectors, key.removesuffix("_pts"))
    yield from _check_put_back(golden, vectors)


def _check_rectangle(golden: Golden, vectors: Vectors, case: str) -> Checks:
    height, width = np.asarray(vectors[f"{case}_hw"], int).tolist()
    found = rectangle(np.asarray(vectors[f"{case}_lm68"], np.float64), width, height)
    left, top, right, bottom = found.box()
    yield vectors.exactly(f"{case}_rsize", found.size)
    yield vectors.exactly(f"{case}_crop", found.crop)
    yield vectors.within(f"{case}_quad", found.inner, 1e-6)
    yield vectors.exactly(f"{case}_crop_hw", (bottom - top, right - left))
    if f"{case}_input256" in vectors:
        portrait = golden.image(f"crop_case{case[1:]}.jpg")
        yield vectors.within(f"{case}_input256", squashed(cut(portrait, found)), 1)


def _check_framing(vectors: Vectors, case: str) -> Checks:
    found = _framing(vectors, case)
    # pixels of a picture of 1280: float32 leaves about 1e-4 of them
    yield vectors.within(f"{case}_M_o2c", found.to_crop, 1e-3)
    yield vectors.within(f"{case}_M_c2o", found.to_picture, 1e-3)
    yield vectors.within(f"{case}_center", found.centre, 1e-3)
    yield vectors.within(f"{case}_size", (found.side, found.side), 1e-3)
    yield vectors.within(f"{case}_angle", found.angle, 1e-5)


def _check_put_back(golden: Golden, vectors: Vectors) -> Checks:
    portrait = golden.image("crop_case1.jpg")
    found = _framing(vectors, "lp203_rot")
    square = cut_square(portrait, found)
    yield vectors.within("lp203_rot_img256_area", averaged(square), 1)
    height, width = portrait.shape[:2]
    mask = mask_in_portrait(golden.image("mask_template.png"), found, width, height)
    yield vectors.within("lp203_rot_mask_ori_sub", mask[::4, ::4, 0], STEP)
    pasted = put_back(255 - square, portrait, found, mask)
    yield vectors.within("lp203_rot_pasted_sub", pasted[::3, ::3], 1)


def _framing(vectors: Vectors, case: str) -> Framing:
    landmarks = np.asarray(vectors[f"{case}_pts"], np.float32)
    return framing(landmarks, turned=not case.endswith("norot"))


def check_warp_and_decode(golden: Golden) -> Checks:
    """Plain, and as it is run; then in half precision."""
    vectors = golden.vectors("warp_decode")
    feature = golden.net(loading.APPEARANCE)(vectors.picture("image_256"))
    source, driving = vectors.tensor("kp_source"), vectors.tensor("kp_driving")
    warping, generator = golden.net(loading.WARPING), golden.net(loading.GENERATOR)
    warped = warping(feature, driving, source)
    yield from _check_frame(vectors, warped, generator(warped.map), ", plain")
    fast_warping, fast_generator = FastWarping(warping), FastGenerator(generator)
    warped = fast_warping(fast_warping.source(feature, source), driving)
    yield from _check_frame(vectors, warped, fast_generator(warped.map), ", fast")
    fast_warping.bfloat16()
    warped = fast_warping(fast_warping.source(feature, source), driving)
    half = fast_generator.bfloat16()(warped.map).float()
    noise = 10 ** (-BF16_DECIBELS / 20)
    error = (half[:, :, ::8, ::8] - vectors.tensor("out_sub")).square().mean().sqrt()
    yield Check(vectors.name, "out_sub, root mean square, bf16", float(error), noise)


def _check_frame(vectors: Vectors, warped: Warped, picture: Tensor, form: str) -> Checks:
    yield vectors.within("deformation", warped.deformation, 1e-4, form)
    yield vectors.within("occlusion_map", warped.occlusion, 1e-4, form)
    yield vectors.within("mask_sub", warped.masks[:, :, ::4, ::4, ::4], 1e-4, form)
    yield vectors.within("warped", warped.map, 5e-3, form)
    part = picture[:, :, ::8, ::8]
    yield vectors.within("out_sub", part, PICTURE, form)
    mean = float((part - vectors.tensor("out_sub")).abs().mean())
    yield Check(vectors.name, f"out_sub on the mean{form}", mean, PICTURE_MEAN)
    yield vectors.within("out_f16", picture, PICTURE, form)
    theirs = np.asarray(vectors["out_uint8"])
    yield from _check_bytes(vectors.name, f"out_uint8{form}", as_bytes(picture)[0], theirs)


def check_whole(golden: Golden) -> Checks:
    vectors = golden.vectors("e2e")
    motion, talker = standin_talker(golden)
    portrait = talker.look(as_input(squashed(golden.image("source_512.png"))))
    voice = load_voice(*golden.sound("speech_16k.wav"))
    noise = vectors.tensor("noise")
    yield vectors.exactly("num_frames", voice.frames)
    samples = torch.cat(list(motion.windows(portrait.pose, voice, noise.__getitem__)))
    yield vectors.within("samples_norm", samples[None], 1e-3)
    yield vectors.within("x_s", portrait.source.keypoints, 1e-4)
    absolute = _driven(talker, portrait, voice, noise, False)
    yield vectors.within("x_d_absolute", absolute, 1e-4)
    relative = _driven(talker, portrait, voice, noise, True)
    yield vectors.within("x_d_relative", relative, 1e-4)
    yield from _check_frames(talker, portrait, absolute, vectors)
    number = int(np.asarray(vectors["relative_frame_index"]))
    picture = talker.render(portrait, relative[number : number + 1])
    yield vectors.within("relative_frame_sub", picture[:, :, ::4, ::4], PICTURE)


def standin_talker(golden: Golden) -> tuple[MotionModel, Talker]:
    encoder = golden.net(loading.ENCODER)
    fold_norms(encoder)
    motion = MotionModel(encoder, Sampler(golden.net(loading.POINT)), golden.statistics)
    renderer = Renderer(
        golden.net(loading.APPEARANCE), golden.net(loading.WARPING), golden.net(loading.GENERATOR)
    )
    return motion, Talker(golden.net(loading.MOTION), motion, renderer)


def _driven(
    talker: Talker, portrait: Portrait, voice: Voice, noise: Tensor, relative: bool
) -> Tensor:
    pieces = talker.drive(portrait, voice, noise.__getitem__, relative)
    return torch.cat([piece.keypoints for piece in pieces])


def _check_frames(
    talker: Talker, portrait: Portrait, keypoints: Tensor, vectors: Vectors
) -> Checks:
    """In batches, as frames are drawn."""
    numbers = np.asarray(vectors["frame_index"], np.int64)
    for start in range(0, len(numbers), BATCH):
        chosen = torch.from_numpy(numbers[start : start + BATCH])
        pictures = talker.render(portrait, keypoints[chosen])
        for row, picture in enumerate(pictures, start):
            yield from _check_whole_frame(vectors, row, int(numbers[row]), picture)


def _check_whole_frame(vectors: Vectors, row: int, number: int, picture: Tensor) -> Checks:
    theirs = np.asarray(vectors["frames_out_sub"], np.float32)[row]
    name = f"frame {number}"
    yield Check(vectors.name, name, apart(picture[:, ::4, ::4], theirs), PICTURE)
    ours = as_bytes(picture[None])[0]
    part = np.asarray(vectors["frames_uint8_sub"])[row]
    yield from _check_bytes(vectors.name, f"{name}, bytes", ours[1::4, 2::4], part)
    full = np.asarray(vectors["full_index"]).tolist()
    if number in full:
        whole = np.asarray(vectors["frames_full_uint8"])[full.index(number)]
        yield from _check_bytes(vectors.name, f"{name}, all bytes", ours, whole)


def _check_bytes(file: str, what: str, ours: Tensor, theirs: Array) -> Checks:
    yield Check(file, what, apart(ours, theirs), 1)
    different = float((ours.numpy() != theirs).mean())
    yield Check(file, f"{what} that differ", different, DIFFERENT_BYTES)
