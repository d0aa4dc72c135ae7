"""Draw the simulator's clips, their thumbnails and the reference image, and encode them.

    python tests/make_clips.py [NAME ...]

Needs numpy, pillow and ffmpeg with libx264. The files are committed, so run this only after changing a scene. Every
scene is a function of the time in seconds. It draws at twice the final size, and the picture is scaled down.
"""

from __future__ import annotations

import math
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

CLIPS = Path(__file__).parent.parent / "runway_nb" / "simulator" / "clips"
WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 24, 5.0
W, H = 2 * WIDTH, 2 * HEIGHT
TAU = math.tau


def gradient(*stops):
    """Return a vertical gradient through stops of (position 0..1, colour)."""
    rows = np.linspace(0, 1, H)
    places, colours = zip(*stops, strict=True)
    columns = [np.interp(rows, places, [colour[channel] for colour in colours]) for channel in range(3)]
    column = np.stack(columns, axis=1).astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None, :], W, axis=1))


def black():
    return Image.new("RGB", (W, H))


def add(picture, light, blur=0):
    """Add light to a picture. It is blurred at a quarter of the size, which looks the same and is much faster."""
    if blur:
        small = light.resize((W // 4, H // 4), Image.Resampling.BILINEAR)
        light = small.filter(ImageFilter.GaussianBlur(blur / 4)).resize((W, H), Image.Resampling.BICUBIC)
    return ImageChops.add(picture, light)


def mix(a, b, share):
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))


def scaled(colour, factor):
    return tuple(min(255, round(channel * factor)) for channel in colour)


def curve(points, closed=False, steps=14):
    """Return a smooth line through points (Catmull-Rom)."""
    points = [np.array(point, float) for point in points]
    ends = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    line = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        line += [
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            for t in np.linspace(0, 1, steps, endpoint=False)
        ]
    line.append(points[0] if closed else points[-1])
    return [tuple(point) for point in line]


# --- neon cat ---------------------------------------------------------------------------------------------------------

PINK, CYAN, GOLD, VIOLET, LIME = (255, 60, 150), (40, 220, 255), (255, 190, 60), (150, 80, 255), (140, 255, 90)


def neon_cat(t):
    beat = t * 2  # 120 beats per minute
    picture = gradient((0, (14, 6, 34)), (0.6, (42, 12, 66)), (0.68, (24, 8, 44)), (1, (8, 4, 20)))
    picture = add(picture, dance_floor(beat))
    picture = add(picture, beams(t), blur=14)
    picture = add(picture, spots(t), blur=6)
    mirror_ball(picture, t)
    tubes = cat_tubes(t)
    floor_shine = draw_tubes(tubes, 26, 0.35).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    picture = add(picture, ImageChops.offset(floor_shine, 0, 2 * 640 - H + 24), blur=40)
    picture = add(picture, draw_tubes(tubes, 30, 0.75), blur=56)
    picture = add(picture, draw_tubes(tubes, 16, 0.9), blur=14)
    picture = add(picture, draw_tubes(tubes, 9, 1.0))
    return add(picture, draw_tubes([(line, (190, 190, 190)) for line, _ in tubes], 4, 1.0))


def dance_floor(beat):
    light, horizon = black(), 470
    draw = ImageDraw.Draw(light)
    colours = (PINK, CYAN, VIOLET, GOLD)
    depths = [1.0, 1.35, 1.9, 2.9, 5.0, 12.0]
    for row, (near, far) in enumerate(pairwise(depths)):
        y0, y1 = horizon + 250 / near, horizon + 250 / far
        for column in range(-6, 6):
            xs = [W / 2 + (column + side) * 200 / depth for side, depth in ((0, near), (1, near), (1, far), (0, far))]
            corners = list(zip(xs, (y0, y0, y1, y1), strict=True))
            pulse = max(0.0, math.sin(TAU * (beat / 4 + (column * 3 + row * 5) % 8 / 8))) ** 2
            draw.polygon(corners, fill=scaled(colours[(column + row) % 4], 0.05 + 0.33 * pulse / near**0.5))
            draw.line([*corners, corners[0]], fill=(10, 4, 20), width=4)
    return light


def beams(t):
    light = black()
    for place, colour, phase in ((0.12, CYAN, 0.0), (0.32, PINK, 1.7), (0.68, GOLD, 3.1), (0.88, VIOLET, 4.6)):
        layer = black()
        aim = W * (place + 0.34 * math.sin(TAU * t / SECONDS + phase))
        corners = [(W * place, -40), (aim - 95, 700), (aim + 95, 700)]
        ImageDraw.Draw(layer).polygon(corners, fill=scaled(colour, 0.26))
        light = ImageChops.add(light, layer)
    fade = gradient((0, (255, 255, 255)), (0.75, (90, 90, 90)), (1, (0, 0, 0)))
    return ImageChops.multiply(light, fade)


def spots(t):
    light = black()
    draw = ImageDraw.Draw(light)
    for number in range(26):
        angle = number * 2.399 + TAU * t / SECONDS / 2
        x = W / 2 + 760 * math.sin(angle) * (0.5 + (number * 37 % 50) / 100)
        y = 60 + number * 97 % 380
        size = 9 + number * 13 % 12
        colour = (PINK, CYAN, GOLD)[number % 3]
        draw.ellipse([x - size, y - size * 0.7, x + size, y + size * 0.7], fill=scaled(colour, 0.5))
    return light


def mirror_ball(picture, t):
    draw = ImageDraw.Draw(picture)
    cx, cy, radius = W / 2, 56, 46
    draw.line([(cx, 0), (cx, cy - radius)], fill=(90, 80, 120), width=4)
    draw.ellipse([cx - radius, cy - radius, cx + radius, cy + radius], fill=(34, 28, 60))
    for ring in range(-3, 4):
        latitude = ring * 0.42
        for facet in range(14):
            longitude = (facet / 14 * TAU + TAU * t / SECONDS) % TAU
            if math.cos(longitude) < 0.08:
                continue
            x = cx + radius * 0.95 * math.cos(latitude) * math.sin(longitude)
            y = cy + radius * 0.95 * math.sin(latitude)
            w = 7 * math.cos(longitude) * math.cos(latitude)
            shine = max(0.0, math.sin(longitude * 3 + ring * 2 + 4 * TAU * t / SECONDS)) ** 3
            tint = mix((96, 88, 140), (255, 255, 255), shine)
            draw.rectangle([x - w, y - 6, x + w, y + 6], fill=tint)


def cat_tubes(t):
    """Return the cat as neon tubes of (line, colour). It sways and swaps its paws once a second."""
    sway = math.sin(TAU * t)
    bob = abs(math.sin(TAU * t)) * 16
    swap = math.sin(TAU * t + 0.6)
    cx, hip, top = W / 2 + 34 * sway, 530 - bob, 344 - bob
    hx = cx + 26 * sway  # the head leans further than the body
    hy = top - 64
    tilt = 0.16 * sway

    def at(x, y):
        return (hx + x * math.cos(tilt) - y * math.sin(tilt), hy + x * math.sin(tilt) + y * math.cos(tilt))

    head = curve(
        [at(-82, 6), at(-80, -40), at(-74, -96), at(-40, -66), at(0, -72), at(40, -66), at(74, -96), at(80, -40),
         at(82, 6), at(52, 50), at(0, 62), at(-52, 50)],
        closed=True,
    )  # fmt: skip
    body = curve(
        [(cx - 34, top + 2), (cx - 60, top + 80), (W / 2 - 62, hip), (W / 2, hip + 34), (W / 2 + 62, hip),
         (cx + 60, top + 80), (cx + 34, top + 2)],
    )  # fmt: skip
    left, right = 52 * swap, -52 * swap
    paws = [
        curve([(cx - 46, top + 34), (cx - 110, top + 20 + left * 0.4), (cx - 150, top - 36 + left)]),
        curve([(cx + 46, top + 34), (cx + 110, top + 20 + right * 0.4), (cx + 150, top - 36 + right)]),
    ]
    step = 20 * sway
    legs = [
        curve([(W / 2 - 44, hip + 20), (W / 2 - 62 - step * 0.4, hip + 70), (W / 2 - 56, 640 - max(0, step))]),
        curve([(W / 2 + 44, hip + 20), (W / 2 + 62 - step * 0.4, hip + 70), (W / 2 + 56, 640 + min(0, step))]),
        curve([(W / 2 - 56, 640 - max(0, step)), (W / 2 - 88, 642 - max(0, step))]),
        curve([(W / 2 + 56, 640 + min(0, step)), (W / 2 + 88, 642 + min(0, step))]),
    ]
    wave = [math.sin(TAU * t + lag) for lag in (0.0, -0.9, -1.8)]
    tail = curve(
        [(W / 2 + 58, hip + 10), (W / 2 + 130, hip + 30 + 10 * wave[0]), (W / 2 + 190, hip - 40 + 22 * wave[1]),
         (W / 2 + 176 + 20 * wave[2], hip - 120), (W / 2 + 214 + 34 * wave[2], hip - 168)],
    )  # fmt: skip
    squint = 0.35 + 0.65 * abs(math.sin(TAU * t / 2))
    eyes = [curve([at(x - 17, -8), at(x, -8 - 24 * squint), at(x + 17, -8)]) for x in (-34, 34)]
    mouth = [curve([at(side * 24, 22), at(side * 12, 32), at(0, 20)]) for side in (-1, 1)]
    whiskers = [[at(side * 58, 10 + gap), at(side * 122, 4 + 2.2 * gap)] for side in (-1, 1) for gap in (-8, 10)]
    return [
        *((line, VIOLET) for line in (body, tail)),
        *((line, CYAN) for line in (*paws, *legs)),
        (head, PINK),
        *((line, GOLD) for line in (*eyes,)),
        *((line, PINK) for line in mouth),
        *((line, CYAN) for line in whiskers),
    ]


def draw_tubes(tubes, width, strength):
    light = black()
    draw = ImageDraw.Draw(light)
    for line, colour in tubes:
        draw.line(line, fill=scaled(colour, strength), width=width, joint="curve")
        for x, y in (line[0], line[-1]):
            draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=scaled(colour, strength))
    return light


# --- paper city -------------------------------------------------------------------------------------------------------

DAWN = {
    "sky": ((0, (86, 98, 150)), (0.35, (214, 150, 150)), (0.62, (255, 208, 160)), (1, (255, 226, 190))),
    "sun": (255, 240, 205), "far": (244, 190, 162), "near": (58, 50, 92), "window": (255, 214, 120), "lit": True,
}  # fmt: skip
DAY = {
    "sky": ((0, (226, 232, 236)), (1, (246, 240, 230))),
    "sun": None, "far": (222, 226, 224), "near": (126, 140, 150), "window": (246, 240, 230), "lit": False,
}  # fmt: skip


@cache
def skyline(layer):
    """Return the buildings of a layer: (left, width, height, roof, columns, windows), in the layer's units."""
    rng = np.random.default_rng(70 + layer)
    x, buildings = -900.0, []
    while x < W + 900:
        width = rng.uniform(70, 130) * (1 + 0.25 * layer)
        height = rng.uniform(90, 220) * (1 - 0.02 * layer)
        roof = rng.choice(["flat", "gable", "slant", "dome"], p=[0.3, 0.35, 0.25, 0.1])
        columns, rows = int(width // 34), int(height // 42)
        windows = [(c, r, rng.uniform(0.2, 5.5)) for c in range(columns) for r in range(rows) if rng.random() < 0.55]
        buildings.append((x, width, height, str(roof), columns, windows))
        x += width + rng.choice([0, 0, 14, 40])
    return buildings


def paper_city(t, look=DAWN):
    picture = gradient(*look["sky"])
    if look["sun"]:
        picture = add(picture, disc(W * 0.57, 300 - 16 * t, 150, scaled(look["sun"], 0.32)), blur=60)
        picture = Image.composite(
            Image.new("RGB", (W, H), look["sun"]), picture, disc(W * 0.57, 300 - 16 * t, 72, (255,) * 3).convert("L")
        )
    layers = 5
    for layer in range(layers):
        share = layer / (layers - 1)
        zoom = 1 + (0.012 + 0.035 * share**1.5) * t
        shift = -(6 + 34 * share**1.4) * t
        ground = 468 + 62 * layer
        colour = mix(look["far"], look["near"], share**1.15)
        picture = paste_layer(picture, layer, colour, look, t, (zoom, shift, ground))
        if layer == 2:
            paper_plane(picture, t, look)
    return picture


def disc(x, y, radius, colour):
    light = black()
    ImageDraw.Draw(light).ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
    return light


def paste_layer(picture, layer, colour, look, t, view):
    zoom, shift, ground = view
    sheet, mask = Image.new("RGB", (W, H), colour), Image.new("L", (W, H))
    draw, cut = ImageDraw.Draw(sheet), ImageDraw.Draw(mask)

    def place(x, up):
        return (W / 2 + (x - W / 2 + shift) * zoom, ground - up * zoom + 24 * (zoom - 1) * layer)

    for x, width, height, roof, columns, windows in skyline(layer):
        if place(x + width, 0)[0] < -10 or place(x, 0)[0] > W + 10:
            continue
        outline = roofed(x, width, height, roof)
        cut.polygon([place(*corner) for corner in outline], fill=255)
        middle = x + width / 2
        fold = [(middle, -400), (middle, ridge(roof, height, width)), *(at for at in outline if at[0] >= middle)]
        draw.polygon([place(*corner) for corner in outline], fill=mix(colour, (255, 250, 240), 0.10))
        draw.polygon([place(*corner) for corner in ordered(fold)], fill=mix(colour, (30, 24, 60), 0.10))
        for column, row, since in windows:
            wx = x + (column + 0.5) * width / columns
            wy = height - 26 - row * 42
            if wy < 20:
                continue
            glow = min(1.0, max(0.0, (t - since + 1.5) * 2.5)) if look["lit"] else 0.8
            tint = mix(mix(colour, (30, 24, 60), 0.30), look["window"], glow * (0.55 + 0.45 * layer / 4))
            draw.rectangle([*place(wx - 7, wy), *place(wx + 7, wy - 20)], fill=tint)
    cut.rectangle([0, min(H, place(0, 0)[1]) - 2, W, H], fill=255)
    shadow = ImageChops.offset(mask, -10, -8).resize((W // 4, H // 4)).filter(ImageFilter.GaussianBlur(4))
    shadow = shadow.resize((W, H), Image.Resampling.BICUBIC).point(lambda value: value * 0.30)
    picture = Image.composite(Image.new("RGB", (W, H), mix(look["near"], (20, 16, 50), 0.4)), picture, shadow)
    haze = gradient((0, (0,) * 3), (0.45, (0,) * 3), (1, (70 - 12 * layer,) * 3)).convert("L")
    sheet = Image.composite(Image.new("RGB", (W, H), mix(colour, (255, 225, 190), 0.6)), sheet, haze)
    return Image.composite(sheet, picture, mask)


def ridge(roof, height, width):
    """Return the height of a building in the middle, where the paper is folded."""
    return height + width * {"flat": 0, "gable": 0.45, "slant": 0.2, "dome": 0.5}[roof]


def roofed(x, width, height, roof):
    """Return a building's outline as points of (x, height above the ground)."""
    top = {
        "flat": [(x, height), (x + width, height)],
        "gable": [(x, height), (x + width / 2, height + width * 0.45), (x + width, height)],
        "slant": [(x, height), (x + width, height + width * 0.4)],
        "dome": [
            (x + width / 2 - width / 2 * math.cos(a), height + width / 2 * math.sin(a))
            for a in np.linspace(0, math.pi, 13)
        ],
    }[roof]
    return [(x, -400), *top, (x + width, -400)]


def ordered(corners):
    """Sort corners by angle, so that they form a simple polygon."""
    mx = sum(x for x, _ in corners) / len(corners)
    my = sum(y for _, y in corners) / len(corners)
    return sorted(corners, key=lambda corner: math.atan2(corner[1] - my, corner[0] - mx))


def paper_plane(picture, t, look):
    x, y = -60 + 250 * t, 170 - 12 * t + 22 * math.sin(t * 1.8)
    lean = 10 * math.cos(t * 1.8)
    draw = ImageDraw.Draw(picture)
    nose, wing, keel, tail = (x + 92, y - 16 - lean), (x, y - 30), (x + 24, y + 16 + lean / 2), (x + 2, y + 8)
    draw.polygon([nose, wing, tail], fill=(255, 252, 244))
    draw.polygon([nose, tail, keel], fill=mix(look["far"], (110, 90, 120), 0.45))
    draw.polygon([nose, keel, (x - 8, y + 2)], fill=(236, 226, 222))


# --- night sea --------------------------------------------------------------------------------------------------------


def night_sea(t):
    horizon = 300
    picture = gradient(
        (0, (6, 10, 30)), (0.25, (14, 26, 60)), (0.417, (44, 66, 110)), (0.42, (10, 22, 48)), (1, (2, 6, 18))
    )
    stars = black()
    draw = ImageDraw.Draw(stars)
    rng = np.random.default_rng(3)
    for x, y, size, phase in rng.uniform((0, 0, 0.6, 0), (W, 250, 2.0, TAU), (110, 4)):
        bright = 0.5 + 0.4 * math.sin(phase + TAU * t / SECONDS * 2)
        draw.ellipse(
            [x - size, y - size, x + size, y + size], fill=scaled((200, 215, 255), 0.8 * bright * (1 - y / 260))
        )
    picture = add(picture, stars)
    mx, my = W * 0.63, 118
    picture = add(picture, disc(mx, my, 150, (46, 58, 84)), blur=90)
    picture = add(picture, disc(mx, my, 66, (80, 90, 110)), blur=26)
    moon = disc(mx, my, 46, (255,) * 3).filter(ImageFilter.GaussianBlur(1.5)).convert("L")
    picture = Image.composite(Image.new("RGB", (W, H), (250, 246, 226)), picture, moon)
    seas = ImageDraw.Draw(picture)
    for cx, cy, size in ((mx - 14, my - 8, 13), (mx + 16, my + 10, 9), (mx + 4, my - 24, 6)):
        seas.ellipse([cx - size, cy - size, cx + size, cy + size], fill=(232, 228, 208))
    water = np.asarray(picture).astype(float)
    water[horizon:] += swell(t, horizon, mx)
    picture = Image.fromarray(np.clip(water, 0, 255).astype(np.uint8))
    coast(picture, horizon)
    boat(picture, t, horizon)
    return picture


WAVES = (
    (0.5, 1.1, 2, 1.0), (-0.9, 1.7, 3, 0.8), (1.7, 2.6, 4, 0.55),
    (-2.9, 3.9, 5, 0.35), (5.3, 7.1, 7, 0.3), (-9.1, 11.3, 9, 0.22),
)  # fmt: skip
"""Wave numbers along and across, periods in the clip, and height."""


def swell(t, horizon, mx):
    """Return the light on the water: a few waves in perspective, brightest where they reflect the moon."""
    y, x = np.mgrid[horizon:H, 0:W].astype(float)
    depth = 60.0 / (y - horizon + 5)  # larger means farther away
    px, pz = (x - W / 2) * depth / 60, depth * 14
    slope = np.zeros_like(px)
    around = TAU / SECONDS
    for kx, kz, turns, size in WAVES:
        slope += size * np.cos(kx * px + kz * pz * 2.2 + around * turns * t)
    near = np.clip((y - horizon) / (H - horizon), 0, 1)
    body = (8 + 20 * near) * np.clip(slope, -1.2, 2.2)
    body *= np.clip((y - horizon) / 30, 0, 1)
    path = np.exp(-(((x - mx) / (36 + 170 * near)) ** 2))
    glitter = 235 * path * np.clip((slope - 0.35 + 0.9 * (1 - near)) / 1.5, 0, 1) ** 1.5
    light = body[..., None] * np.array((0.35, 0.62, 1.0)) + glitter[..., None] * np.array((1.0, 0.95, 0.78))
    sheen = 34 * np.exp(-(((x - mx) / 420) ** 2)) * (1 - near) ** 2
    return light + sheen[..., None] * np.array((0.6, 0.8, 1.0))


def coast(picture, horizon):
    hills = [(W * 0.0, 0), (60, 16), (150, 30), (250, 22), (330, 34), (420, 12), (470, 0)]
    draw = ImageDraw.Draw(picture)
    draw.polygon([(x, horizon - up) for x, up in curve(hills)] + [(0, horizon + 2)], fill=(9, 15, 34))
    for x, up in ((120, 8), (176, 12), (236, 6), (262, 9), (352, 10)):
        draw.ellipse([x - 2, horizon - up - 2, x + 2, horizon - up + 2], fill=(255, 205, 120))


def boat(picture, t, horizon):
    x = 420 + 84 * t
    y = horizon + 96 + 5 * math.sin(TAU * t / 2.5)
    roll = 0.05 * math.sin(TAU * t / 2.5 + 0.8)
    draw = ImageDraw.Draw(picture)

    def at(dx, dy):
        return (x + dx * math.cos(roll) - dy * math.sin(roll), y + dx * math.sin(roll) + dy * math.cos(roll))

    dark = (5, 9, 22)
    shade = Image.new("L", (W, H))
    ImageDraw.Draw(shade).ellipse([x - 86, y + 6, x + 96, y + 44], fill=150)
    picture.paste(dark, mask=shade.filter(ImageFilter.GaussianBlur(9)))
    draw.polygon([at(-70, -8), at(84, -12), at(58, 20), at(-52, 20)], fill=dark)
    draw.polygon([*curve([at(10, -170), at(52, -90), at(74, -22)]), at(4, -22), at(4, -170)], fill=(58, 66, 92))
    draw.polygon([*curve([at(-2, -158), at(-38, -90), at(-60, -22)]), at(4, -22), at(4, -158)], fill=(34, 42, 68))
    draw.line([at(4, -8), at(4, -176)], fill=dark, width=5)
    draw.ellipse([*at(-58, -20), *at(-50, -12)], fill=(255, 190, 90))


# --- fireflies --------------------------------------------------------------------------------------------------------


@cache
def grove(layer):
    rng = np.random.default_rng(20 + layer)
    count = (15, 11, 6, 3)[layer]
    places = (np.arange(count) + rng.uniform(0.15, 0.85, count)) / count * (W + 500) - 250
    return [(float(x), float(rng.uniform(0.8, 1.25)), float(rng.uniform(-0.03, 0.03))) for x in places]


def fireflies(t):
    picture = gradient((0, (20, 44, 70)), (0.45, (58, 104, 120)), (0.7, (84, 132, 132)), (1, (16, 34, 40)))
    picture = add(picture, disc(W * 0.5, 330, 240, (44, 58, 50)), blur=150)
    for layer in range(4):
        share = layer / 3
        zoom = 1 + (0.010 + 0.045 * share**1.6) * t
        trees = Image.new("L", (W, H))
        draw = ImageDraw.Draw(trees)
        for x, size, lean in grove(layer):
            ground = (500 + 66 * layer) * (1 + 0.05 * (zoom - 1))
            pine(draw, W / 2 + (x - W / 2) * zoom, ground, size * zoom, (layer, lean))
        draw.polygon(ground_line(layer, zoom), fill=255)
        if layer == 3:
            trees = trees.filter(ImageFilter.GaussianBlur(3))  # in front of the focus
        colour = mix((64, 108, 118), (6, 16, 22), share**0.75)
        mist = mix(colour, (112, 160, 152), 0.62 - 0.5 * share)
        foot = gradient((0.42 + 0.1 * share, colour), (0.66 + 0.12 * share, mist), (0.85 + 0.15 * share, colour))
        picture = Image.composite(foot, picture, trees)
        picture = add(picture, swarm(t, layer, 13), blur=26)
        picture = add(picture, swarm(t, layer, 4.5), blur=4)
    return picture


def ground_line(layer, zoom):
    """The rolling ground of a layer, as a shape down to the picture's foot."""
    xs = np.linspace(-20, W + 20, 60)
    far = (xs - W / 2) / zoom
    bumps = 14 * np.sin(far / 170 + 2.1 * layer) + 8 * np.sin(far / 67 + 4.3 * layer)
    line = [(float(x), float(506 + 62 * layer - bump)) for x, bump in zip(xs, bumps, strict=True)]
    return [*line, (W + 20, H), (-20, H)]


def pine(draw, x, ground, size, kind):
    layer, lean = kind
    trunk = (6, 10, 17, 34)[layer] * size
    top = ground - (330, 470, 700, 1000)[layer] * size
    tip = x + lean * (ground - top)
    foot, end = ground + 60, trunk * 0.25
    draw.polygon([(x - trunk, foot), (x + trunk, foot), (tip + end, top), (tip - end, top)], fill=255)
    if layer == 3:
        return
    rows = 9
    for row in range(rows):
        y = top + (ground - top) * (0.02 + 0.78 * row / rows)
        reach = (26, 40, 62)[layer] * size * (0.35 + 1.25 * row / rows)
        drop = (ground - top) * 0.15
        middle = tip + (x - tip) * row / rows
        droop = reach * 0.22 * math.sin(row * 2.4 + x)
        right, left = (middle + reach, y + drop + droop), (middle - reach, y + drop - droop)
        draw.polygon([(middle, y), right, (middle, y + drop * 0.72), left], fill=255)


def swarm(t, layer, radius):
    light = black()
    draw = ImageDraw.Draw(light)
    rng = np.random.default_rng(90 + layer)
    size = radius * (0.55, 0.75, 1.0, 1.5)[layer]
    count = (26, 22, 16, 7)[layer]
    for x, y, phase, wander, turns in rng.uniform((0, 330, 0, 20, 1), (W, 690, TAU, 70, 2.99), (count, 5)):
        turn = TAU * t / SECONDS
        px = x + wander * math.sin(turn + phase) + 8 * math.sin(2 * turn + 3 * phase)
        py = y - 16 * t + 0.5 * wander * math.cos(turn + 2 * phase)
        pulse = max(0.0, math.sin(turn * int(turns) + phase)) ** 1.2
        draw.ellipse([px - size, py - size, px + size, py + size], fill=scaled((238, 255, 128), pulse))
    return light


# --- files ------------------------------------------------------------------------------------------------------------

SCENES = {
    "neon-cat": (neon_cat, 34, 1.3),
    "paper-city": (paper_city, 29, 3.2),
    "night-sea": (night_sea, 31, 2.2),
    "fireflies": (fireflies, 32, 2.6),
}
"""By name: the scene, x264's constant rate factor, and the second shown in the thumbnail."""


def small(picture, width=WIDTH):
    return picture.resize((width, width * HEIGHT // WIDTH), Image.Resampling.LANCZOS)


def encode(name):
    scene, quality, moment = SCENES[name]
    command = (
        f"ffmpeg -y -loglevel error -f rawvideo -pix_fmt rgb24 -s {WIDTH}x{HEIGHT} -r {FPS} -i - "
        f"-c:v libx264 -preset veryslow -tune animation -crf {quality} -pix_fmt yuv420p -bf 3 -g {FPS * 5} "
        f"-map_metadata -1 -fflags +bitexact -flags:v +bitexact -movflags +faststart"
    ).split()
    with subprocess.Popen([*command, str(CLIPS / f"{name}.mp4")], stdin=subprocess.PIPE) as ffmpeg:  # noqa: S603  # ours
        for frame in range(round(FPS * SECONDS)):
            ffmpeg.stdin.write(small(scene(frame / FPS)).tobytes())
        ffmpeg.stdin.close()
    if ffmpeg.returncode:
        sys.exit(f"ffmpeg could not encode {name}")
    small(scene(moment), 480).save(CLIPS / f"{name}.jpg", quality=72, optimize=True, progressive=True)


def main():
    for name in sys.argv[1:] or SCENES:
        encode(name)
    small(paper_city(1.0, DAY), 480).save(CLIPS / "reference.jpg", quality=72, optimize=True, progressive=True)
    for path in sorted([*CLIPS.glob("*.mp4"), *CLIPS.glob("*.jpg")]):
        print(f"{path.stat().st_size / 1000:7.1f} kB  {path.name}")  # noqa: T201  # the script's output


if __name__ == "__main__":
    main()
