"""Checks of all that comes before pictures, at the tolerances of the vectors' README."""

import numpy as np
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.audio import load_voice, mel_basis, resampled
from deployments.kdtalker.kdtalker.ddim import Sampler, alphas, timesteps
from deployments.kdtalker.kdtalker.golden import Check, Checks, Golden, Vectors, apart
from deployments.kdtalker.kdtalker.keypoints import degrees
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.motion_extractor import HEADS, pose_of
from deployments.kdtalker.kdtalker.point import PointModel
from deployments.kdtalker.kdtalker.retargeting import eye_ratios, lip_ratio
from deployments.kdtalker.kdtalker.smoothing import Smoother, smooth

ANGLES = ("pitch", "yaw", "roll")
CLIP_LENGTHS = (2, 3, 25, 150)


def check_audio(golden: Golden) -> Checks:
    audio = golden.vectors("audio")
    voice = load_voice(*golden.sound("speech_16k.wav"))
    yield audio.within("wav16", voice.samples[:], 1e-6)
    yield audio.exactly("num_frames", voice.frames)
    yield audio.within("mel_basis", mel_basis(), 2e-4)
    yield audio.within("mel", voice.mel(0, voice.columns), 2e-4)
    yield audio.within("windows", voice.windows(0, voice.frames), 2e-4)
    sound = golden.sound("speech_44k_stereo.wav")
    yield audio.within("wav44_loaded", resampled(*sound), 1e-4)
    voice = load_voice(*sound)
    yield audio.exactly("num_frames44", voice.frames)
    yield audio.within("windows44", voice.windows(0, voice.frames), 5e-3)


def check_encoder(golden: Golden) -> Checks:
    vectors = golden.vectors("wav2lip")
    encoder = golden.net(loading.ENCODER)
    yield vectors.nearly("features", encoder(vectors.tensor("windows")), 1e-4)
    fold_norms(encoder)
    yield vectors.nearly("features", encoder(vectors.tensor("windows")), 1e-4, ", norms folded")


def check_point_forward(golden: Golden) -> Checks:
    vectors = golden.vectors("point_forward")
    point = golden.net(loading.POINT)
    x, time, context = (vectors.tensor(key) for key in ("x", "t", "context"))
    yield vectors.within("time_mlp", point.time_mlp(time)[:1], 1e-4)
    yield vectors.within("input_projection", point.input_projection(x)[:1], 1e-4)
    yield vectors.within("rel_pos_bias", point.time_rel_pos_bias(x.shape[1]), 1e-4)
    yield vectors.within("eps", point(x, time, context), 1e-4)
    split = point.audio_part(context) + point.time_part(time)
    yield from _check_layers(vectors, point, x, split)
    yield vectors.within("eps", point.denoise(x, split), 1e-4, ", conditioning in two parts")


def _check_layers(vectors: Vectors, point: PointModel, x: Tensor, conditions: Tensor) -> Checks:
    """Of the first of two items."""
    bias = point.time_rel_pos_bias(x.shape[1])
    tokens = point.input_projection(x)
    for number, layer in enumerate(point.layers):
        first, second, attention = layer.children()
        for name, block in (("block1", first), ("block2", second)):
            tokens = block(tokens, conditions[2 * number + (block is second)])
            if number == 0:
                yield vectors.within(f"layer0_{name}", tokens[:1], 1e-4)
        tokens = attention(tokens, bias)
        if number in (0, 5):
            yield vectors.within(f"layer{number}_attn", tokens[:1], 1e-4)


def check_windows(golden: Golden) -> Checks:
    vectors = golden.vectors("point_ddim")
    yield vectors.exactly("timesteps", timesteps())
    yield vectors.within("alphas_cumprod", alphas(), 1e-6)
    sampler = Sampler(golden.net(loading.POINT))
    origin, reference, noise = (vectors.tensor(key) for key in ("ori_kp", "ref_kp", "noise"))
    heard = vectors.tensor("audio_features").view(2, 1, -1, 512)
    states = list(sampler.states(origin, reference, heard[0], noise[0]))
    kept = [states[step] for step in np.asarray(vectors["window0_step_index"], int)]
    yield vectors.within("window0_steps", torch.stack(kept, 1), 2e-3)
    yield vectors.within("window0", states[-1], 2e-3)
    last = sampler.sample(origin, states[-1][:, -1], heard[1], noise[1])
    yield vectors.within("window1", last, 2e-3)


def check_smoothing(golden: Golden) -> Checks:
    vectors = golden.vectors("kalman")
    single = np.asarray(vectors["in_1"], np.float64)
    yield Check(vectors.name, "in_1 stays as it is", apart(smooth(single), single), 1e-5)
    for frames in CLIP_LENGTHS:
        clip = np.asarray(vectors[f"in_{frames}"], np.float64)
        yield vectors.within(f"out_{frames}", smooth(clip), 1e-5)
        smoother = Smoother()
        streamed = [smoother.push(clip[start : start + 7]) for start in range(0, frames, 7)]
        whole = np.concatenate([*streamed, smoother.finish()])
        yield vectors.within(f"out_{frames}", whole, 1e-5, ", streamed")


def check_keypoints(golden: Golden) -> Checks:
    vectors = golden.vectors("keypoints")
    for angle in ANGLES:
        yield vectors.within(f"deg_{angle}", degrees(vectors.tensor(f"in_{angle}")), 2e-4)
    pose = pose_of({name: vectors.tensor(f"in_{name}") for name in HEADS})
    yield vectors.within("R", pose.rotation(), 1e-5)
    yield vectors.within("x", pose.keypoints(), 1e-5)


def check_retargeting(golden: Golden) -> Checks:
    vectors = golden.vectors("keypoints")
    nets = golden.net(loading.RETARGETING)
    source, driving = vectors.tensor("kp_source"), vectors.tensor("kp_driving")
    yield vectors.within("stitch_delta", nets.stitching_delta(source, driving), 1e-5)
    yield vectors.within("stitched", nets.stitched(source, driving), 1e-5)
    eyes = nets.eye_delta(source, vectors.tensor("eye_ratio")).flatten(1)
    yield vectors.within("eye_delta", eyes, 1e-5)
    lips = nets.lip_delta(source, vectors.tensor("lip_ratio")).flatten(1)
    yield vectors.within("lip_delta", lips, 1e-5)
    landmarks = vectors.tensor("landmarks203")
    yield vectors.within("eye_close_ratio", eye_ratios(landmarks), 1e-5)
    yield vectors.within("lip_close_ratio", lip_ratio(landmarks), 1e-5)
